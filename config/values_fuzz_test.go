package config_test

import (
	"encoding"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/config"
)

// FuzzValues: no value of the file ends the bot, and what is read is written so
// that it is read as the same.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"", "90s", "1h30m", "7d", "4w", "-1s", "1d-1h", "99999999999999d", "UTC", "Europe/Paris", "../../etc/passwd", "Mon-Fri 09:00-17:00", "Sun-Mon 23:00-24:00", "Mon 17:00-09:00",
		"2026-12-25", "2026-02-30", "204", "200-399", "2xx", "2xx-3xx", "9xx", "99.9%", "0.999", "100%", "-1%", "1e-300", "30d", "week", "quarter", "٣d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, into := range []encoding.TextUnmarshaler{new(config.Duration), new(config.Zone), new(config.Hours), new(config.Date), new(config.Statuses), new(config.Objective), new(config.Window)} {
			if into.UnmarshalText([]byte(s)) != nil {
				continue
			}
			written, can := into.(encoding.TextMarshaler)
			if !can {
				continue
			}
			once, err := written.MarshalText()
			if err != nil {
				t.Errorf("%T %q: %v", into, s, err)
			}
			before := fmt.Sprintf("%v", into)
			if err := into.UnmarshalText(once); err != nil || fmt.Sprintf("%v", into) != before {
				t.Errorf("%T %q is written %q, which is %v, %v", into, s, once, into, err)
			}
		}
		var d config.Duration
		if d.UnmarshalText([]byte(s)) == nil && d.Std() < -100*366*24*time.Hour {
			t.Errorf("%q is %s", s, d)
		}
	})
}

// FuzzProblems: whatever is wrong with a file is said with its place: a line, a
// path, or, when it is about the whole file, the file.
func FuzzProblems(f *testing.F) {
	for _, s := range []string{"listen: 7\nlistn: x", "customers: [{key: A B}]", "slos: [{name: x}]", "store: 7\napi: {tokens: [{}]}", "digests: [{schedule: x}]", "roles: []", "a:\n- b\n c", "timezone: ${X}", "timezone: ${file:}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, err := config.Parse("cresset.yaml", []byte(s), env("NAME", "value"))
		var problems config.Problems
		if !errors.As(err, &problems) {
			return
		}
		for _, p := range problems {
			if said := p.String(); p.Line == 0 && p.Path == "" && !strings.HasPrefix(said, "cresset.yaml") || strings.Contains(p.Text, "%!") || p.Text == "" {
				t.Errorf("%q: %s", s, said)
			}
		}
	})
}
