package cre

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

// readSheet reads a whole sheet in parts of two rows.
func readSheet(t *testing.T, text string) (lines []SheetLine, ignored []string, err error) {
	t.Helper()
	zone, _ := time.LoadLocation("Europe/Paris")
	for part, err := range SheetParts(strings.NewReader(text), 2) {
		if err != nil {
			return lines, ignored, err
		}
		sheet, some, err := ReadSheetPart(part, []string{"version"}, zone)
		if err != nil {
			return lines, ignored, err
		}
		lines, ignored = append(lines, some...), sheet.Ignored
	}
	return lines, ignored, nil
}

func TestSheetsOfOtherTools(t *testing.T) {
	at := func(text string) time.Time {
		d, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for name, c := range map[string]struct {
		text string
		want SheetRow
	}{
		"a tracker": {"Issue key,Summary,Reporter,Assignee,Status,Priority,Created,Due Date,Labels,Issue Type\nCRE-7,The export is slow,eve,bob,In Progress,Highest,02/Mar/26 9:05 AM,2026-03-06,x,Story\n",
			SheetRow{Ref: "CRE-7", Title: "The export is slow", Kind: "feature", Requester: "eve", Owner: "bob", Status: OnUs, Impact: Critical,
				Created: at("2026-03-02T09:05:00+01:00"), Due: at("2026-03-06T00:00:00+01:00")}},
		"a help desk": {"\ufeffTicket ID;Subject;Organization;Status;Created at;Solved at\n12;\"Two\nlines; and \"\"quotes\"\"\";Acme GmbH;solved;2026-03-02 08:00:00 UTC;2026-03-03 08:00:00 UTC\n",
			SheetRow{Ref: "12", Title: "Two\nlines; and \"quotes\"", Customer: "Acme GmbH", Status: Done,
				Created: at("2026-03-02T08:00:00Z"), Ended: at("2026-03-03T08:00:00Z")}},
		"a spreadsheet": {"title\tversion\tminutes\ttype\n'=cmd()\t2.4.1\t30\tTask\n", SheetRow{Title: "=cmd()", Status: New, Minutes: 30, Facts: map[string]string{"version": "2.4.1"}}},
	} {
		lines, _, err := readSheet(t, c.text)
		if err != nil || len(lines) != 1 || lines[0].Err != nil {
			t.Fatalf("%s: %+v, %v", name, lines, err)
		}
		got := *lines[0].SheetRow
		for _, pair := range [][2]*time.Time{{&got.Created, &c.want.Created}, {&got.Due, &c.want.Due}, {&got.Ended, &c.want.Ended}} {
			if !pair[0].Equal(*pair[1]) {
				t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
			}
			*pair[0] = *pair[1] // the zones differ
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n%+v, want\n%+v", name, got, c.want)
		}
	}
}

func TestEveryRowThatIsWrongIsExplained(t *testing.T) {
	lines, ignored, err := readSheet(t, "title,status,created,due,minutes,impact,colour,class\n"+
		"fine,new,2026-03-02,,,,red,\n"+
		",gone,03/02/2026,soon,-1,huge,,fun\n"+
		"\"two\nlines\",,,,,,\n"+
		"late,done,2026-03-02,,,,\n"+
		"fine\n")
	if err != nil || len(lines) != 5 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if !slices.Equal(ignored, []string{"colour"}) {
		t.Errorf("ignored %q", ignored)
	}
	for i, want := range []int{2, 3, 4, 6, 7} { // one row stands on two lines
		if lines[i].Line != want {
			t.Errorf("row %d stands on line %d, want %d", i, lines[i].Line, want)
		}
		if wrong := lines[i].Err != nil; wrong != (i == 1) {
			t.Errorf("line %d: %v", want, lines[i].Err)
		}
	}
	for _, word := range []string{"title is empty", `status is "gone"; write new`, `created is "03/02/2026"; write 2026-03-02`, `due is "soon"`, `minutes is "-1"`, `impact is "huge"`, `class is "fun"; write toil`} {
		if !strings.Contains(lines[1].Err.Error(), word) {
			t.Errorf("%q does not say %q", lines[1].Err, word)
		}
	}
	for text, want := range map[string]string{
		"customer,detail\nacme,x\n":                      "No column is the title",
		"title,summary\na,b\n":                           "Two columns are the title",
		"title\na\"b\n":                                  "Line 2 of the sheet cannot be read",
		"title\nfine\ncaf\xe9\n":                         "Line 3 of the sheet is not in UTF-8",
		"title,created,ended\na,2026-03-02,2026-03-01\n": "ended is before created",
	} {
		lines, _, err := readSheet(t, text)
		if err == nil && len(lines) == 1 {
			err = lines[0].Err
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// What is given out is read back as it was, and holds nothing that a spreadsheet runs.
func TestASheetIsReadBack(t *testing.T) {
	zone := time.UTC
	for _, title := range []string{"the export is slow", "=1+1", "'quoted'", "@eve asks", "+1", "-1", "a;b,c\t\"d\"\ne"} {
		r := &Request{ID: "R-3", Title: title, Detail: title, Customer: "acme", Kind: "bug", Status: CloseLoop, Impact: High, Component: "checkout",
			Environment: "production", Department: "sales", Requester: chat.Person{Platform: "slack", ID: "U1", Name: "eve"}, Owner: chat.Person{Platform: "slack", ID: "U2", Name: "bob"},
			Created: noon, Due: noon.Add(time.Hour), Ended: noon.Add(2 * time.Hour), Minutes: 30, Class: ToilWork, Reason: "the index", Facts: map[string]string{"version": "2.4.1"}}
		facts := []string{"version"}
		cells := r.SheetCells(facts)
		for _, c := range cells {
			if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
				t.Errorf("a spreadsheet runs %q", c)
			}
		}
		s, err := ReadSheetHeader(SheetHeader(facts), facts)
		if err != nil {
			t.Fatal(err)
		}
		row, err := s.Read(cells, zone)
		want := &SheetRow{Ref: "R-3", Title: title, Detail: title, Customer: "acme", Kind: "bug", Status: CloseLoop, Impact: High, Component: "checkout",
			Environment: "production", Department: "sales", Requester: "eve", Owner: "bob", Created: noon.UTC(), Due: noon.Add(time.Hour).UTC(),
			Ended: noon.Add(2 * time.Hour).UTC(), Minutes: 30, Class: ToilWork, Answer: "the index", Facts: map[string]string{"version": "2.4.1"}}
		if err != nil || !reflect.DeepEqual(row, want) {
			t.Errorf("%q:\n%+v, %v, want\n%+v", title, row, err, want)
		}
	}
}

func FuzzSheet(f *testing.F) {
	f.Add("title,status\na,new\n")
	f.Add("title;created\n\"a\nb\";2026-03-02\n")
	f.Fuzz(func(t *testing.T, text string) {
		for part, err := range SheetParts(strings.NewReader(text), 3) {
			if err != nil {
				return
			}
			_, lines, err := ReadSheetPart(part, []string{"version"}, time.UTC)
			var wrong *Error
			if err != nil && !errors.As(err, &wrong) {
				t.Fatalf("%q: %v is no refusal", text, err)
			}
			for _, l := range lines {
				if l.Err == nil && l.Title == "" {
					t.Fatalf("%q: a row without a title", text)
				}
			}
		}
	})
}
