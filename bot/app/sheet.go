package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"cresset/bot/cre"
	"cresset/integrations/sheet"
)

// Import files the requests of a sheet in the running bot, or only tries. It prints
// why a row was refused, and what became of the others. from names the sheet, "" for
// the name of the file.
func (e Environment) Import(ctx context.Context, file, from string, dry bool, address string) error {
	address, token, err := e.bot(address)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := countRows(f)
	if err != nil {
		return err
	}
	if from == "" {
		from = filepath.Base(file)
	}
	resp, err := callBot(ctx, http.MethodPost, address, token, "/api/v1/import?dry_run="+strconv.FormatBool(dry)+"&from="+url.QueryEscape(from), f)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return e.followImport(resp.Body, rows, dry)
}

// countRows counts the rows, and leaves the file at its beginning.
func countRows(f *os.File) (rows int, err error) {
	for part, err := range cre.SheetParts(f, 1) {
		if err != nil {
			return 0, err
		}
		if part != "" {
			rows++
		}
	}
	_, err = f.Seek(0, io.SeekStart)
	return rows, err
}

// followImport prints what the bot says while it files.
func (e Environment) followImport(r io.Reader, rows int, dry bool) error {
	bar := e.newProgress("import", rows)
	var filed, known, refused int
	var ignored string
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return fmt.Errorf("the bot went away after %d rows; run it again, what was filed is not filed twice: %w", filed+known+refused, err)
		}
		var p sheet.Progress
		if err := json.Unmarshal(line, &p); err != nil {
			return fmt.Errorf("the bot said what is no progress: %w", err)
		}
		filed, known, refused = filed+p.Filed, known+p.Known, refused+len(p.Refused)
		for _, why := range p.Refused {
			fmt.Fprintln(e.Out, why)
		}
		if p.Ignored != "" {
			ignored = p.Ignored
		}
		bar.show("the sheet", filed+known+refused)
		if p.Error == "" && !p.Done {
			continue
		}
		bar.end(filed + known + refused)
		did := "filed"
		if dry {
			did = "would be filed"
		}
		fmt.Fprintf(e.Out, "%d %s, %d were imported before, %d are refused.\n", filed, did, known, refused)
		if ignored != "" {
			fmt.Fprintln(e.Out, ignored)
		}
		if p.Error != "" {
			return errors.New(p.Error)
		}
		if refused > 0 {
			return ErrRefused
		}
		return nil
	}
}

// Export writes the requests of the running bot into a new file.
func (e Environment) Export(ctx context.Context, file, address string) (err error) {
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("%s is there already; name another file", file)
	}
	address, token, err := e.bot(address)
	if err != nil {
		return err
	}
	resp, err := callBot(ctx, http.MethodGet, address, token, "/api/v1/requests.csv", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, resp.Body)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("the requests did not arrive whole: %w", err), os.Remove(file))
	}
	_, err = fmt.Fprintln(e.Out, "The requests are in", file+".")
	return err
}

// callBot sends a request to the running bot. An answer that is no success is an error in
// the words of the bot.
func callBot(ctx context.Context, method, address, token, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(address, "/")+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the bot at %s: %w", address, err)
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10)) // what came is enough
		return nil, fmt.Errorf("the bot at %s answered %s: %s", address, resp.Status, strings.TrimSpace(string(said)))
	}
	return resp, nil
}
