package slacktest

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

//go:embed testdata/types
var types embed.FS

// TypesSchema is a file with the JSON schema of what an app sends, made of
// Slack's own types: {"blocks": […]} and {"view": {…}}. It is made once for each
// version of testdata/types, and kept in the user's cache.
func TypesSchema(t testing.TB) string {
	t.Helper()
	from, err := fs.Sub(types, "testdata/types")
	if err != nil {
		t.Fatal(err)
	}
	dir := Installed(t, from)
	file := filepath.Join(dir, "schema.json")
	if _, err := os.Stat(file); err == nil {
		return file
	}
	js := npm(t, dir, "run", "--silent", "schema")
	beside, err := os.MkdirTemp(dir, "schema-") // another test may be reading
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(beside)
	made := filepath.Join(beside, "schema.json")
	if err := os.WriteFile(made, js, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(made, file); err != nil {
		t.Fatal(err)
	}
	return file
}

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
	npm(t, beside, "ci", "--no-audit", "--no-fund")
	if err := os.Rename(beside, dir); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	return dir
}

// npm runs npm in a folder and gives what it prints.
func npm(t testing.TB, dir string, args ...string) []byte {
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
