package slacktest

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"cresset/integrations/npmtest"
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
	dir := npmtest.Installed(t, from)
	file := filepath.Join(dir, "schema.json")
	if _, err := os.Stat(file); err == nil {
		return file
	}
	js := npmtest.Run(t, dir, "run", "--silent", "schema")
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
