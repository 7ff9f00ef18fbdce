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
	"cresset/store/postgres"
)

// findings says whether the state can be opened there, without opening it: a bot
// may be running on it.
func (p place) findings(ctx context.Context) []chat.Finding {
	if p.server != "" {
		return serverFindings(ctx, p.server, postgres.Options{})
	}
	return []chat.Finding{fileFinding(p.file)}
}

// serverFindings are what a database promises, and whether its clock is ours.
func serverFindings(ctx context.Context, url string, o postgres.Options) []chat.Finding {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	seen, err := postgres.Examine(ctx, url, o)
	if err != nil {
		return []chat.Finding{{What: "takes writes", Detail: err.Error(), Advice: "until it does, the bot does not start"}}
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
func fileFinding(path string) chat.Finding {
	found := chat.Finding{What: "file", Detail: path}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		found.Detail += ", which the first start makes"
		info, err = os.Stat(filepath.Dir(path))
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is no folder", filepath.Dir(path))
		}
	} else if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if found.OK = err == nil; !found.OK {
		found.Detail, found.Advice = path+": "+err.Error(), "name a file in a folder that is there, as in `store: bolt:cresset.db`"
	}
	return found
}
