package config_test

import (
	"encoding"
	"math/big"
	"testing"
	"time"

	"cresset/config"
)

// text reads one value and writes it again, "" when it is refused.
func text(v interface {
	encoding.TextUnmarshaler
	encoding.TextMarshaler
}, in string) string {
	if v.UnmarshalText([]byte(in)) != nil {
		return ""
	}
	out, _ := v.MarshalText()
	return string(out)
}

func TestDurations(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "0s": "0", "90s": "1m30s", "30m": "30m", "1h30m": "1h30m", "24h": "1d", "7d": "7d", "4w": "28d", "1w2d3h": "219h",
		"300ms": "300ms", "1.5h": "1h30m", "60m": "1h",
		"": "", "30": "", "-1h": "", "1y": "", "h": "", "1d-2h": "", "1.2.3s": "", "99999999999h": "", "9999999d": "", " 1h": "",
	} {
		if got := text(new(config.Duration), in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestDurationsAreReadBack(t *testing.T) {
	for _, d := range []time.Duration{0, time.Millisecond, time.Second, 90 * time.Minute, 10 * time.Hour, 26 * time.Hour, 30 * 24 * time.Hour, time.Hour + time.Second} {
		var back config.Duration
		if err := back.UnmarshalText([]byte(config.Duration(d).String())); err != nil || back.Std() != d {
			t.Errorf("%s: got %s, %v", d, back, err)
		}
	}
}

func TestHours(t *testing.T) {
	for in, want := range map[string]string{
		"Mon-Fri 09:00-17:00": ".MTWTF. 9h0m0s 17h0m0s",
		"sat 00:00-24:00":     "......S 0s 24h0m0s",
		"Fri-Mon 08:30-12:15": "SM...FS 8h30m0s 12h15m0s",
		"Mon-Sun 00:00-24:00": "SMTWTFS 0s 24h0m0s",
		"Mon-Fri 17:00-09:00": "", "Mon-Fri 09:60-17:00": "", "Mon-Fri 09:00-24:01": "", "Mon-Fry 09:00-17:00": "", "Mon-Fri": "", "": "",
	} {
		var h config.Hours
		got := ""
		if h.UnmarshalText([]byte(in)) == nil {
			for i, on := range h.Days {
				got += map[bool]string{true: "SMTWTFS"[i : i+1], false: "."}[on]
			}
			got += " " + h.From.String() + " " + h.To.String()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestOtherValues(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{text(new(config.Statuses), "204"), "204"},
		{text(new(config.Statuses), "2xx"), "200-299"},
		{text(new(config.Statuses), "2XX-3xx"), "200-399"},
		{text(new(config.Statuses), "399-200"), ""},
		{text(new(config.Statuses), "600"), ""},
		{text(new(config.Date), "2026-02-28"), "2026-02-28"},
		{text(new(config.Date), "2026-02-30"), ""},
		{text(new(config.Zone), "Europe/Paris"), "Europe/Paris"},
		{text(new(config.Zone), "../etc/passwd"), ""},
		{text(new(config.Window), "month"), "month"},
		{text(new(config.Window), "4w"), "28d"},
		{text(new(config.Window), "2y"), ""},
		{text(new(config.Objective), "99.9%"), "99.9%"},
		{text(new(config.Objective), "1.0"), ""},
		{text(new(config.Objective), "1/2"), ""},
		{text(new(config.Objective), "0.00%"), ""},
		{text(new(config.Objective), "1e-3"), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if s := (config.Statuses{From: 200, To: 299}); s.Contain(199) || !s.Contain(200) || !s.Contain(299) || s.Contain(300) {
		t.Error("Contain is wrong")
	}
}

func TestObjectiveIsExact(t *testing.T) {
	for in, want := range map[string]*big.Rat{
		"99.9%": big.NewRat(999, 1000), "0.999": big.NewRat(999, 1000), "99.99999%": big.NewRat(9999999, 10000000), "0.5%": big.NewRat(1, 200),
	} {
		var o config.Objective
		if err := o.UnmarshalText([]byte(in)); err != nil || o.Ratio().Cmp(want) != 0 {
			t.Errorf("%s: got %v, %v", in, o.Ratio(), err)
		}
	}
	if r := (config.Objective{}).Ratio(); r != nil {
		t.Errorf("the zero Objective is %v", r)
	}
}
