package router

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// FuzzDuration: a length of time is between none and a year, and reads as itself.
func FuzzDuration(f *testing.F) {
	for _, s := range []string{"", "30", "30m", "2h", "1d", "-1d", "366d", "367d", "1h30m", "1ns", "9223372036854775807", "1e9h", "+5m", "0x10m", "d", "٣d", "1.5h", "1d1d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseDuration(s)
		if err != nil {
			return
		}
		if d < 0 || d > 366*24*time.Hour {
			t.Errorf("%q is %s", s, d)
		}
		if d >= time.Minute {
			if again, err := parseDuration(d.String()); err != nil || again != d {
				t.Errorf("%q is %s, which is %s, %v", s, d, again, err)
			}
		}
	})
}

// FuzzDay: a day ends at 23:59 of the zone, on whatever day one asks.
func FuzzDay(f *testing.F) {
	for _, s := range []string{"today", "tomorrow", "fri", "friday", "3d", "2026-03-29", "2026-10-25", "0001-01-01", "9999-12-31", "366d", "mo", "2026-02-30", "FRIDAY", "İ"} {
		f.Add(s, int64(1774742400))
	}
	f.Fuzz(func(t *testing.T, s string, at int64) {
		now := time.Unix(at%4e9, 0)
		for _, name := range []string{"UTC", "Europe/Paris", "America/St_Johns", "Pacific/Apia"} {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			day, err := parseDay(s, now, zone)
			if err != nil {
				continue
			}
			if got := day.In(zone).Format("15:04"); got != "23:59" {
				t.Errorf("%q on %s in %s is %s", s, now, name, day)
			}
			if days := day.Sub(now).Hours() / 24; strings.HasSuffix(s, "d") && (days < -1 || days > 368) {
				t.Errorf("%q on %s is %s", s, now, day)
			}
		}
	})
}

// FuzzFind: every line is a command or gets the nearest one, in one piece and
// with nothing in it that could mention, link or format.
func FuzzFind(f *testing.F) {
	for _, s := range []string{"", "/", "incident", "cre incident declare x", "INCIDENT  DECLARE x", "incident\u00a0declare", "incidentdeclare", "\xff\xfe", "`code` **b** <!here>", strings.Repeat("a ", 5000), "help help help", "cre cre cre", "/ /incident"} {
		f.Add(s)
	}
	r := New([]Command{command[openArgs]("incident declare"), command[taskArgs]("cre request")}, With{Rules: &cre.Settings{}})
	f.Fuzz(func(t *testing.T, s string) {
		ev := chat.Event{Line: s, By: chat.Person{Platform: "slack", ID: "U1"}}
		valid(&ev)
		c, rest := r.find(ev.Line)
		if c != nil {
			if !strings.HasSuffix(ev.Line, rest) && !strings.HasSuffix(strings.TrimSpace(ev.Line), rest) {
				t.Errorf("%q: the rest %q is not of it", s, rest)
			}
			return
		}
		reply := r.unknown(&ev, alone(r, ev.By, ev.Role))
		if reply.Message.IsZero() || !utf8.ValidString(string(reply.Message.Text)) {
			t.Errorf("%q is answered %+v", s, reply)
		}
		for _, l := range reply.Message.Text.Lines() {
			for _, span := range l.Spans {
				if span.Kind == chat.SpanLink || span.Kind == chat.SpanMention || span.Kind == chat.SpanChannel || span.Kind == chat.SpanItalic {
					t.Errorf("%q is answered with a %v: %+v", s, span.Kind, span)
				}
			}
		}
	})
}
