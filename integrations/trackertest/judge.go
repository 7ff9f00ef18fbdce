package trackertest

import (
	"bufio"
	"embed"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cresset/integrations/npmtest"
)

//go:embed testdata/judge
var judges embed.FS

// Judge runs a script of testdata/judge, which asks a server with a client that
// nobody here wrote, and checks what it tells. The server limits it when it asks to
// be waited for.
func Judge(t *testing.T, s *Server, script string, env []string, want ...string) {
	t.Helper()
	folder, err := fs.Sub(judges, "testdata/judge")
	if err != nil {
		t.Fatal(err)
	}
	dir := npmtest.Installed(t, folder)
	node := exec.CommandContext(t.Context(), filepath.Join(dir, "node_modules", ".bin", "node"), script)
	node.Dir = dir
	node.Env = append(append(os.Environ(), "TRACKER_URL="+s.URL), env...)
	node.Stderr = t.Output()
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	var told []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() != "wait for me" {
			told = append(told, lines.Text())
			continue
		}
		s.Limit(10 * time.Minute)
		if _, err := in.Write([]byte("go\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := node.Wait(); err != nil {
		t.Errorf("%s: %v", script, err)
	}
	if !slices.Equal(told, want) {
		t.Errorf("%s tells\n%q\nwant\n%q", script, told, want)
	}
}
