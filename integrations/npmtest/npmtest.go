// Package npmtest gives tests clients that nobody here wrote: packages from npm
// that judge whether a fake of ours is believable.
//
// It promises that a folder of a test is installed once on a machine, whole or not
// at all, with the versions of its lock file. Without npm the test fails and says so.
package npmtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Installed is a folder in the user's cache with a copy of from and the npm
// packages that its lock file names.
func Installed(t testing.TB, from fs.FS) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "cresset-test", sumOf(t, from))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	return install(t, from, dir)
}

func sumOf(t testing.TB, from fs.FS) string {
	t.Helper()
	files, err := fs.ReadDir(from, ".")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, f := range files {
		content, err := fs.ReadFile(from, f.Name())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, "%s %d\n%s", f.Name(), len(content), content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// install prepares beside the place and moves there, so that a test that is
// stopped leaves nothing half done.
func install(t testing.TB, from fs.FS, dir string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	beside, err := os.MkdirTemp(filepath.Dir(dir), "new-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(beside)
	if err := os.CopyFS(beside, from); err != nil {
		t.Fatal(err)
	}
	Run(t, beside, "ci", "--no-audit", "--no-fund")
	if err := os.Rename(beside, dir); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	return dir
}

// Run runs npm in a folder and gives what it prints.
func Run(t testing.TB, dir string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("npm")
	if err != nil {
		t.Fatal("this test needs npm, which comes with Node.js: apt-get install npm")
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = dir
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("npm %s: %v\n%s", strings.Join(args, " "), err, problems.String())
	}
	return out
}
