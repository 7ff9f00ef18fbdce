package cre

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// SheetParts cuts a sheet of comma-separated values into parts of at most so many
// rows, each to be read by [ReadSheetPart]. Semicolons and tabs between the cells are
// understood; the text is UTF-8.
func SheetParts(from io.Reader, rows int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		buffered := bufio.NewReaderSize(from, 64<<10)
		reader := csv.NewReader(buffered)
		reader.Comma, reader.FieldsPerRecord = separator(buffered), -1
		header, err := next(reader)
		if errors.Is(err, io.EOF) {
			err = Errorf(Invalid, "The sheet is empty. Its first line names the columns: title, customer, requester and more.")
		}
		if err != nil {
			yield("", err)
			return
		}
		for {
			part, err := readPart(reader, header, rows)
			if part != "" && !yield(part, nil) {
				return
			}
			if err != nil && !errors.Is(err, io.EOF) {
				yield("", err)
			}
			if err != nil {
				return
			}
		}
	}
}

// separator is what stands between the cells of the first line.
func separator(r *bufio.Reader) rune {
	first, _ := r.Peek(4 << 10) // a shorter sheet is there whole
	first, _, _ = bytes.Cut(first, []byte("\n"))
	best := ','
	for _, c := range ";\t" {
		if bytes.Count(first, []byte(string(c))) > bytes.Count(first, []byte(string(best))) {
			best = c
		}
	}
	return best
}

// readPart is a part of at most so many rows, "" at the end. The first cell of each
// row is the line on which it stands in the sheet.
func readPart(reader *csv.Reader, header []string, rows int) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	write := func(first string, cells []string) { _ = w.Write(append([]string{first}, cells...)) } // a Builder takes all
	write("line", header)
	for n := range rows {
		cells, err := next(reader)
		if err != nil {
			w.Flush()
			if n == 0 {
				return "", err
			}
			return b.String(), err
		}
		line, _ := reader.FieldPos(0)
		write(strconv.Itoa(line), cells)
	}
	w.Flush()
	return b.String(), nil
}

// next is the next row, or in words what is wrong with it.
func next(reader *csv.Reader) ([]string, error) {
	cells, err := reader.Read()
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong):
		return nil, Errorf(Invalid, "Line %d of the sheet cannot be read: %s. What stands before it was read.", wrong.Line, wrong.Err.Error())
	case errors.Is(err, io.EOF):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("read the sheet: %w", err)
	}
	if slices.ContainsFunc(cells, func(c string) bool { return !utf8.ValidString(c) }) {
		line, _ := reader.FieldPos(0)
		return nil, Errorf(Invalid, "Line %d of the sheet is not in UTF-8. Save the sheet as CSV UTF-8.", line)
	}
	return cells, nil
}

// A SheetLine is a row of a part with the line on which it stands in the sheet; Err
// says what is wrong with it.
type SheetLine struct {
	Line int
	*SheetRow
	Err error
}

// ReadSheetPart reads a part that [SheetParts] made.
func ReadSheetPart(part string, facts []string, zone *time.Location) (*Sheet, []SheetLine, error) {
	reader := csv.NewReader(strings.NewReader(part))
	reader.FieldsPerRecord = -1
	all, err := reader.ReadAll()
	if err != nil || len(all) == 0 {
		return nil, nil, Errorf(Invalid, "This is not part of a sheet. Use `cresset import FILE`.")
	}
	sheet, err := ReadSheetHeader(all[0][1:], facts)
	if err != nil {
		return nil, nil, err
	}
	var lines []SheetLine
	for _, cells := range all[1:] {
		line, err := strconv.Atoi(cells[0])
		if err != nil {
			return nil, nil, Errorf(Invalid, "This is not part of a sheet. Use `cresset import FILE`.")
		}
		row, err := sheet.Read(cells[1:], zone)
		lines = append(lines, SheetLine{line, row, err})
	}
	return sheet, lines, nil
}

// The labels of what an import says of a part.
const (
	ImportFiled   = "Filed"
	ImportKnown   = "Imported before"
	ImportRefused = "Refused"
)
