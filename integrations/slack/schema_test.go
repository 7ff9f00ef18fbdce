package slack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cresset/bot/chat"
)

// Everything that the bot sends has the shape of Slack's own types.
func TestSlacksTypes(t *testing.T) {
	schema := slackTypes(t)
	check := func(what string, v any) {
		t.Helper()
		js := indented(t, v)
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(js))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%s: %v\n%s", what, err, js)
		}
	}
	for called, m := range fixtures() {
		for _, picture := range []string{"", "F024BE91L"} {
			check(called, map[string]any{"blocks": second(render(m, picture))})
		}
	}
	form := declareForm(chat.Event{Place: room})
	check("form", map[string]any{"view": modal(form)})
	check("form on a message", map[string]any{"view": modal(chat.Form{Line: "x", About: &chat.Post{Text: strings.Repeat("x", 9000)}})})
	check("invitation", map[string]any{"blocks": second(render(invitation(form), ""))})
	if err := schema.Validate(map[string]any{"blocks": []any{map[string]any{"type": "header"}}}); err == nil {
		t.Error("the schema takes a header without text")
	}
}

// slackTypes is the JSON schema of @slack/types, which npm makes once for each
// version of testdata/types.
func slackTypes(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir := installed(t, "types")
	file := filepath.Join(dir, "schema.json")
	if _, err := os.Stat(file); err != nil {
		js := npm(t, dir, "run", "--silent", "schema")
		if err := os.WriteFile(file, js, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// installed is a folder outside the tree with the npm packages that
// testdata/what locks.
func installed(t *testing.T, what string) string {
	t.Helper()
	from := filepath.Join("testdata", what)
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, "%s %d\n%s", f.Name(), len(content), content)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "cresset-test", hex.EncodeToString(sum.Sum(nil))[:16])
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	return install(t, from, dir)
}

// install prepares beside the place and moves there, so that a test that is
// stopped leaves nothing half done.
func install(t *testing.T, from, dir string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	beside, err := os.MkdirTemp(filepath.Dir(dir), "new-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(beside)
	if err := os.CopyFS(beside, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	npm(t, beside, "ci", "--no-audit", "--no-fund")
	if err := os.Rename(beside, dir); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	return dir
}

func npm(t *testing.T, dir string, args ...string) []byte {
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
