package chart

import (
	"strings"
	"testing"
	"time"
)

func TestReadable(t *testing.T) {
	cv := newCanvas()
	for in, want := range map[string]string{
		"acme · checkout ≈ −5 %…":  "acme · checkout ≈ −5 %…",
		"東京 login":                 "□□ login",
		"ＡＢＣ１２":                    "ABC12",
		"cafe\u0301":               "cafe",
		"two\nlines\t and\u00a0so": "two lines and so",
		"👍🏽 ok":                    "□ ok",
		"non\u2011breaking":        "non-breaking",
		"\u202eevil\u200b":         "evil",
		"bad \xff byte":            "bad " + string(cv.known('\ufffd')) + " byte",
		"":                         "",
	} {
		if got := cv.readable(in); got != want {
			t.Errorf("readable(%q) = %q, want %q", in, got, want)
		}
	}
	if got := cv.readable(strings.Repeat("x", 1_000_000)); len([]rune(got)) != longest+1 {
		t.Errorf("a long text keeps %d characters, want %d", len([]rune(got)), longest+1)
	}
}

func TestCutFits(t *testing.T) {
	cv := newCanvas()
	for _, s := range []string{"short", "a name that is much longer than its room", strings.Repeat("wide ", 50)} {
		got := cv.cut(body, s, 200)
		if cv.measure(body, got) > 200 {
			t.Errorf("cut(%q) = %q, which is too wide", s, got)
		}
		if got != s && !strings.HasSuffix(got, "…") {
			t.Errorf("cut(%q) = %q, without an ellipsis", s, got)
		}
	}
}

func TestTimeTicks(t *testing.T) {
	paris := time.FixedZone("CET", 3600)
	at := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range []struct{ from, to, want string }{
		{"2026-02-01 09:58", "2026-02-01 10:08", "09:58 10:00 10:02 10:04 10:06 10:08"},
		{"2026-02-01 09:30", "2026-02-01 10:30", "09:30 09:40 09:50 10:00 10:10 10:20 10:30"},
		{"2026-02-01 13:20", "2026-02-01 19:20", "14:00 15:00 16:00 17:00 18:00 19:00"},
		{"2026-02-01 12:00", "2026-02-02 12:00", "12:00 15:00 18:00 21:00 2 Feb 03:00 06:00 09:00 12:00"},
		{"2026-02-01 00:00", "2026-02-03 00:00", "1 Feb 06:00 12:00 18:00 2 Feb 06:00 12:00 18:00 3 Feb"},
		{"2026-02-01 09:00", "2026-02-08 09:00", "2 Feb 3 Feb 4 Feb 5 Feb 6 Feb 7 Feb 8 Feb"},
		{"2026-02-01 00:00", "2026-03-01 00:00", "1 Feb 5 Feb 9 Feb 13 Feb 17 Feb 21 Feb 25 Feb 1 Mar"},
		{"2026-02-01 00:00", "2026-05-02 00:00", "1 Feb 15 Feb 1 Mar 15 Mar 29 Mar 12 Apr 26 Apr"},
		{"2025-09-10 00:00", "2026-04-10 00:00", "Oct Nov Dec 2026 Feb Mar Apr"},
		{"1990-06-01 00:00", "2026-04-10 00:00", "1995 2000 2005 2010 2015 2020 2025"},
	} {
		var labels []string
		for _, k := range timeTicks(at(tt.from), at(tt.to)) {
			labels = append(labels, k.label)
		}
		if got := strings.Join(labels, " "); got != tt.want {
			t.Errorf("%s to %s: %s\nwant %s", tt.from, tt.to, got, tt.want)
		}
	}
	from := time.Date(2026, 2, 1, 23, 30, 0, 0, paris)
	if got := timeTicks(from, from.UTC().Add(time.Hour))[3].label; got != "2 Feb" {
		t.Errorf("midnight in Paris is labelled %q, want 2 Feb", got)
	}
}

func TestTimeTicksWhereTheClocksChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatalf("%v; install the time zone database", err)
	}
	for _, from := range []time.Time{time.Date(2026, 3, 29, 0, 0, 0, 0, berlin), time.Date(2026, 10, 25, 0, 0, 0, 0, berlin)} {
		for hours := 1; hours < 60; hours++ {
			ticks := timeTicks(from, from.Add(time.Duration(hours)*time.Hour))
			for i := 1; i < len(ticks); i++ {
				if !ticks[i].at.After(ticks[i-1].at) || ticks[i].label == ticks[i-1].label {
					t.Errorf("%v + %d h: %q after %q", from, hours, ticks[i].label, ticks[i-1].label)
				}
			}
		}
	}
}
