package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const maxSecretFile = 64 << 10

var (
	reference = regexp.MustCompile(`\$\$|\$\{[^}\n]*\}|\$\{`)
	complete  = regexp.MustCompile(`\$\{(?:[A-Za-z_]\w*(?::-[^}\n]*)?|file:[^}\n]*)\}`)
	envName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// YAML gives braces, commas and colons a meaning of their own inside {…} and
// […]. They are hidden from it inside references, so that {token: ${TOKEN}} is
// read as it looks.
const shields = "\uE0F0\uE0F1\uE0F2\uE0F3\uE0F4\uE0F5\uE0F6"

var (
	hide     = strings.NewReplacer("{", "\uE0F0", "}", "\uE0F1", "[", "\uE0F2", "]", "\uE0F3", ",", "\uE0F4", ":", "\uE0F5", "#", "\uE0F6")
	unshield = strings.NewReplacer("\uE0F0", "{", "\uE0F1", "}", "\uE0F2", "[", "\uE0F3", "]", "\uE0F4", ",", "\uE0F5", ":", "\uE0F6", "#")
)

func shield(text string) string {
	return complete.ReplaceAllStringFunc(text, hide.Replace)
}

// replace returns the text with its references replaced, and what is wrong
// with those that could not be.
func (d *document) replace(text string) (value string, complaints []string) {
	value = reference.ReplaceAllStringFunc(text, func(ref string) string {
		if ref == "$$" {
			return "$"
		}
		got, err := d.resolve(ref)
		if err != nil {
			complaints = append(complaints, err.Error())
		}
		return got
	})
	return value, complaints
}

func (d *document) resolve(ref string) (string, error) {
	body, closed := strings.CutSuffix(strings.TrimPrefix(ref, "${"), "}")
	if !closed {
		return "", fmt.Errorf("has a ${ without its }; write ${NAME}, or $${ for the characters themselves")
	}
	if path, ok := strings.CutPrefix(body, "file:"); ok {
		return d.readSecret(path)
	}
	name, fallback, hasFallback := strings.Cut(body, ":-")
	if !envName.MatchString(name) {
		return "", fmt.Errorf("refers to %s; write ${NAME}, ${NAME:-default} or ${file:PATH}", ref)
	}
	value, ok := d.getenv(name)
	switch {
	case hasFallback && value == "":
		return fallback, nil
	case !ok:
		return "", fmt.Errorf("needs %s, which the environment does not set; set it, or write ${%s:-default}", name, name)
	}
	return value, nil
}

// readSecret reads a file, relative to the folder of the configuration.
func (d *document) readSecret(path string) (string, error) {
	if path == "" {
		return "", fmt.Errorf("refers to no file; write ${file:PATH}")
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(d.file), path)
	}
	info, err := os.Stat(path) // before opening: opening a pipe would wait
	switch {
	case err != nil:
		return "", fmt.Errorf("needs the file %s: %w", path, reason(err))
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("needs %s, which is not a file", path)
	case info.Mode().Perm()&0o004 != 0:
		return "", fmt.Errorf("needs %s, which everybody on this machine may read; run: chmod 600 %s", path, path)
	case info.Size() > maxSecretFile:
		return "", fmt.Errorf("needs %s, which is larger than %d bytes; is it the right file?", path, maxSecretFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("needs the file %s: %w", path, reason(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecretFile))
	if err != nil {
		return "", fmt.Errorf("needs the file %s: %w", path, reason(err))
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r"), nil
}

// reason leaves out the path, which the sentence has already.
func reason(err error) error {
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
