package prometheus

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestSelectorsAreUnderstood(t *testing.T) {
	for text, want := range map[string][2]string{ // the selector and its family
		`up`: {`up`, `up`},
		` shop:requests_total { job = "shop" , code=~"5..", } `: {`shop:requests_total{job="shop",code=~"5.."}`, `shop:requests_total{job="shop"}`},
		`a{}`:                               {`a`, `a`},
		`a{customer="acme",namespace!="x"}`: {`a{customer="acme",namespace!="x"}`, `a{namespace!="x"}`},
		`{__name__="a",b='c'}`:              {`a{b='c'}`, `a`},
		`a{b="}\",{",c=` + "`\\d`}":         {`a{b="}\",{",c=` + "`\\d`}", `a`},
		`a{b="Grüße"}`:                      {`a{b="Grüße"}`, `a`},
	} {
		s, err := parseSelector(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if s.String() != want[0] || s.family().String() != want[1] {
			t.Errorf("%s: is %s of %s, want %s of %s", text, s, s.family(), want[0], want[1])
		}
		if again, err := parseSelector(s.String()); err != nil || again.String() != s.String() {
			t.Errorf("%s: read again it is %s, %v", s, again, err)
		}
	}
}

func TestMoreThanASelectorIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		``:                         "names no metric",
		`{job="a"}`:                "names no metric",
		`{__name__=~"a|b"}`:        "names no metric",
		`rate(a[5m])`:              "more than a counter",
		`a[5m]`:                    "more than a counter",
		`a offset 5m`:              "more than a counter",
		`a + b`:                    "more than a counter",
		`a{b="c"} or vector(0)`:    "more than a counter",
		`sum(a)`:                   "more than a counter",
		`a{b="c"`:                  "not closed",
		`a{b="c" d="e"}`:           "not closed",
		`a{b=c}`:                   "cannot be read",
		`a{b="c}`:                  "cannot be read",
		`a{b="c"}) or count(x`:     "more than a counter",
		"a{b=\"c\nd\"}":            "cannot be read",
		`a{b="c"}{d="e"}`:          "more than a counter",
		`a{b=="c"}`:                "cannot be read",
		`a{"quoted.name"}`:         "cannot be read",
		`a{__name__="b"} # remark`: "more than a counter",
	} {
		if s, err := parseSelector(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %s, %v; want %q", text, s, err, want)
		}
	}
}

func FuzzSelector(f *testing.F) {
	f.Add(`a{b="c",d=~'e'} `)
	f.Add("{__name__=`a`}")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSelector(text)
		if err != nil {
			return
		}
		again, err := parseSelector(s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%q is %q, read again %q, %v", text, s, again, err)
		}
	})
}

// TestBounds: the same bound is written in different ways, other bounds are not
// taken for it.
func TestBounds(t *testing.T) {
	for _, test := range []struct {
		threshold time.Duration
		is, not   []string
	}{
		{300 * time.Millisecond, []string{"0.3", "0.30"}, []string{"0.31", "0x3", "10.3", "3", "+Inf"}},
		{time.Second, []string{"1", "1.0", "1.00"}, []string{"10", "1.5", "0.1", "1x0"}},
		{10 * time.Second, []string{"10", "10.0"}, []string{"1", "100"}},
		{2500 * time.Millisecond, []string{"2.5", "2.50"}, []string{"2.55", "25"}},
		{50 * time.Microsecond, []string{"0.00005", "5e-05"}, []string{"5", "0.0005"}},
	} {
		quoted := bound(test.threshold).value
		pattern, err := strconv.Unquote(quoted) // PromQL reads double quotes as Go does
		if err != nil {
			t.Fatalf("%s: %v", quoted, err)
		}
		full := regexp.MustCompile("^(?:" + pattern + ")$")
		for _, le := range test.is {
			if !full.MatchString(le) {
				t.Errorf("%s does not find le=%q", quoted, le)
			}
		}
		for _, le := range test.not {
			if full.MatchString(le) {
				t.Errorf("%s takes le=%q for %s", quoted, le, test.threshold)
			}
		}
	}
}
