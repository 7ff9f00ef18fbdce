package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The usage calls the program as the README does, and says how else it is run.
func TestUsageNamesTheProgram(t *testing.T) {
	if wrong := regexp.MustCompile(`(?m)^ +bot\b.*`).FindString(usage); wrong != "" {
		t.Errorf("the usage says %q", wrong)
	}
	if n := strings.Count(usage, "go run ./bot"); n != 1 {
		t.Errorf("the usage names `go run ./bot` %d times, want once", n)
	}
}

// A file that is not there is a wrong configuration.
func TestAConfigurationThatIsNotThere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nowhere.yaml")
	for _, command := range []string{"run", "check"} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"-config", file, command}, &out, &errs); code != 2 || !strings.Contains(errs.String(), file) {
			t.Errorf("%s: exit %d, said %q; want 2 and the file", command, code, &errs)
		}
	}
}
