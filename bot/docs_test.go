package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cresset/config"
)

// What docs/reliability.md promises is proven by the tests that it names: each
// of them exists, and each row of its table names one, or says why there is none.
func TestReliabilityNamesTestsThatExist(t *testing.T) {
	text := read(t, "docs/reliability.md")
	tests := testsOfAll(t)
	named := regexp.MustCompile(`\b(Test|Fuzz)[A-Z]\w*`)
	for _, name := range named.FindAllString(text, -1) {
		if tests[name] != 1 {
			t.Errorf("docs/reliability.md names %s, of which there are %d", name, tests[name])
		}
	}
	rows := 0
	for line := range strings.Lines(text) {
		if !regexp.MustCompile(`^\| \d+ \|`).MatchString(line) {
			continue
		}
		rows++
		if !named.MatchString(line) && !strings.Contains(line, "not tested") {
			t.Errorf("no test is named in %s", line)
		}
	}
	if rows < 34 {
		t.Errorf("%d faults are listed, at least 34 are known", rows)
	}
}

// testsOfAll counts the tests and fuzz targets by their names.
func testsOfAll(t *testing.T) map[string]int {
	found := map[string]int{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil {
				found[f.Name.Name]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// The configuration beside the compose file is right, and asks for nothing that
// the compose file does not give.
func TestReplicasConfiguration(t *testing.T) {
	compose := read(t, "docs/replicas/compose.yaml")
	given := func(name string) (string, bool) {
		return "xoxb-not-a-real-one", strings.Contains(compose, "\n      "+name+": ${")
	}
	if _, err := config.Parse("cresset.yaml", []byte(read(t, "docs/replicas/cresset.yaml")), given); err != nil {
		t.Error(err)
	}
}
