package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"cresset/store/bolt"
)

// Backup copies the state to a file: by itself while no bot runs, else by asking
// the bot that does.
func (e Environment) Backup(ctx context.Context, file string) error {
	path, err := e.onlyFile()
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no state to back up: %w", err)
	}
	db, err := bolt.Open(path, bolt.Options{Log: e.Log})
	if errors.Is(err, bolt.ErrRunning) {
		err = e.askForBackup(ctx, path, file)
	} else if err == nil {
		if err = (place{file: path}).mustBeHere(ctx, db); err == nil {
			err = db.Backup(ctx, file, e.progress("backup"))
		}
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Out, "%s is a backup of %s.\n", file, path)
	return nil
}

// askForBackup has the running bot write the copy beside its state, where it
// may write, and moves it from there.
func (e Environment) askForBackup(ctx context.Context, path, file string) error {
	address, token, err := e.bot("")
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(address, "/")+"/api/v1/backup", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask the bot at %s: %w", address, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the bot at %s refused the backup: %s; it takes an API token with the role admin", address, resp.Status)
	}
	temp := file + ".part"
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	report := e.progress("backup")
	_, err = io.Copy(f, &counting{r: resp.Body, total: resp.ContentLength, report: report})
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("backup to %q: %w", file, err), os.Remove(temp))
	}
	return os.Rename(temp, file)
}

// counting reports how much was read.
type counting struct {
	r           io.Reader
	done, total int64
	report      func(done, total int64)
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	c.report(c.done, c.total)
	return n, err
}

// backup streams a checked copy of the state to an admin.
func (a *App) backup(w http.ResponseWriter, r *http.Request) {
	given, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	for _, t := range a.tokens {
		if t.Role == "admin" && t.Secret.Matches(given) {
			a.streamBackup(w, r)
			return
		}
	}
	status(w, http.StatusUnauthorized, map[string]string{"token": "a backup takes an API token with the role admin"})
}

func (a *App) streamBackup(w http.ResponseWriter, r *http.Request) {
	file, ok := a.db.(*bolt.DB)
	if !ok {
		status(w, http.StatusConflict, map[string]string{"backup": errServer.Error()})
		return
	}
	dir, err := os.MkdirTemp(a.place.dir(), ".backup-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = file.Backup(r.Context(), filepath.Join(dir, "copy"), nil)
	}
	if err != nil {
		a.log.Error("backup failed", "err", err)
		status(w, http.StatusInternalServerError, map[string]string{"backup": err.Error()})
		return
	}
	http.ServeFile(w, r, filepath.Join(dir, "copy"))
}
