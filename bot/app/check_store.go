package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cresset/bot/chat"
	"cresset/store"
	"cresset/store/bolt"
	"cresset/store/postgres"
)

// findings says whether the state can be opened there, without opening it: a bot
// may be running on it.
func (p place) findings(ctx context.Context) []chat.Finding {
	if p.server != "" {
		return serverFindings(ctx, p.server, postgres.Options{})
	}
	return []chat.Finding{p.fileFinding()}
}

// serverFindings are what a database promises, and whether its clock is ours.
func serverFindings(ctx context.Context, url string, o postgres.Options) []chat.Finding {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	seen, err := postgres.Examine(ctx, url, o, place{server: url}.mayStart)
	if err != nil {
		return []chat.Finding{{What: "database", Detail: err.Error(), Advice: "until then the bot does not start"}}
	}
	return []chat.Finding{
		{OK: true, What: "takes writes", Detail: "PostgreSQL " + seen.Version},
		{OK: true, What: "fsync", Detail: seen.Fsync},
		{OK: !seen.Forgets(), What: "synchronous_commit", Detail: seen.SynchronousCommit,
			Advice: "a crash of the server may lose what was acknowledged: set synchronous_commit to on, or to remote_apply"},
		{OK: !seen.Skewed(), What: "clock", Detail: clockWords(seen.Ahead),
			Advice: "run NTP on both machines: reminders and digests come by the clock"},
	}
}

func clockWords(ahead time.Duration) string {
	switch ahead = ahead.Round(100 * time.Millisecond); {
	case ahead > 0:
		return fmt.Sprintf("%v before this machine's", ahead)
	case ahead < 0:
		return fmt.Sprintf("%v behind this machine's", -ahead)
	}
	return "as this machine's"
}

// fileFinding looks at the file, or at the folder where it will be made.
func (p place) fileFinding() chat.Finding {
	found := chat.Finding{What: "file", Detail: p.file, Advice: "until then the bot does not start"}
	new, err := isNew(p.file)
	if err != nil {
		found.Detail, found.Advice = p.file+": "+err.Error(), "name a file in a folder that is there, as in `store: bolt:cresset.db`"
		return found
	}
	err = bolt.Examine(p.file, p.mayStart)
	switch {
	case errors.Is(err, bolt.ErrRunning):
		found.Detail, err = found.Detail+", which a running cresset uses", nil
	case errors.Is(err, fs.ErrPermission):
		found.Advice = "run the bot as the user whose file or folder it is, or name a file in a folder of its own"
	case err == nil && new:
		found.Detail += ", which the first start makes"
	}
	if found.OK = err == nil; !found.OK {
		found.Detail = err.Error()
	}
	return found
}

// isNew reports whether there is a folder for the file, but no file.
func isNew(path string) (bool, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	info, err = os.Stat(filepath.Dir(path))
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is no folder", filepath.Dir(path))
	}
	return true, err
}

// mayStart says why no bot starts on a state, without changing it.
func (p place) mayStart(tx store.Tx) error {
	m, err := store.LastMove(tx)
	if err == nil {
		err = p.away(m)
	}
	if err == nil {
		err = mustBeReadable(tx)
	}
	if errors.Is(err, store.ErrReadOnly) { // a layout that was never noted is the first
		return nil
	}
	return err
}
