package config

import (
	"math/big"
	"regexp"
	"strings"
)

// SLO is one objective. Exactly one of Probe, Ratio and Latency is set.
type SLO struct {
	Name      string    `yaml:"name" required:"true" doc:"What people type: lower-case letters, digits and dashes, unique."`
	Title     string    `yaml:"title" doc:"What people read; the name when left out."`
	Customers []string  `yaml:"customers" doc:"Keys of the customers it is about; empty is the whole platform."`
	Objective Objective `yaml:"objective" required:"true" doc:"The part of events that must be good, above 0% and below 100%: 99.9% or 0.999."`
	Window    Window    `yaml:"window" default:"30d" doc:"Rolling length such as 30d, or the calendar's week, month or quarter."`
	Probe     *Probe    `yaml:"probe" doc:"Measured by the bot, by asking a URL."`
	Ratio     *Ratio    `yaml:"ratio" doc:"Measured from two counters in Prometheus."`
	Latency   *Latency  `yaml:"latency" doc:"Measured from a histogram in Prometheus."`
}

// Probe asks a URL; an answer with an expected status in time is good.
type Probe struct {
	URL     string   `yaml:"url" required:"true" doc:"The http or https address to ask."`
	Every   Duration `yaml:"every" default:"30s" doc:"How often, 5s or more."`
	Timeout Duration `yaml:"timeout" default:"5s" doc:"How long an answer may take, not longer than every."`
	Expect  Statuses `yaml:"expect" default:"200-399" doc:"Which status is good: 200, 200-399 or 2xx."`
}

// Ratio compares two counters. Exactly one of Good and Bad is set.
type Ratio struct {
	Source string `yaml:"source" default:"main" doc:"Name of the Prometheus source."`
	Good   string `yaml:"good" doc:"PromQL selector of the counter of good events. Write good or bad, not both."`
	Bad    string `yaml:"bad" doc:"PromQL selector of the counter of bad events."`
	Total  string `yaml:"total" required:"true" doc:"PromQL selector of the counter of all events."`
}

// Latency counts the part of a histogram that is fast enough.
type Latency struct {
	Source    string   `yaml:"source" default:"main" doc:"Name of the Prometheus source."`
	Histogram string   `yaml:"histogram" required:"true" doc:"Name of the histogram metric in seconds, without _bucket."`
	Matchers  string   `yaml:"matchers" doc:"PromQL label matchers without braces, such as job=\"api\"."`
	Threshold Duration `yaml:"threshold" required:"true" doc:"What is fast enough, such as 300ms; the histogram needs a bucket with this bound."`
}

// Objective is an exact decimal between 0 and 1, both excluded.
type Objective struct{ text string }

var objectiveShape = regexp.MustCompile(`^\d{1,3}(\.\d{1,12})?%?$`)

// UnmarshalText reads 99.9% or 0.999.
func (o *Objective) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	if !objectiveShape.MatchString(s) {
		return wrong("is not an objective; write 99.9% or 0.999")
	}
	r := Objective{s}.Ratio()
	one := big.NewRat(1, 1)
	switch {
	case r.Sign() == 0:
		return wrong("promises nothing; write an objective above 0%, such as 99.9%")
	case r.Cmp(one) == 0:
		return wrong("leaves no error budget: a budget of zero cannot be spent; write less than 100%, such as 99.9%")
	case r.Cmp(one) > 0:
		return wrong("is above 100%; write a percentage with its sign, such as 99.9%, or a ratio, such as 0.999")
	}
	o.text = s
	return nil
}

// Ratio returns the objective as a new exact number, and nil when it is zero.
func (o Objective) Ratio() *big.Rat {
	digits, percent := strings.CutSuffix(o.text, "%")
	r, ok := new(big.Rat).SetString(digits)
	if !ok {
		return nil
	}
	if percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	return r
}

// String returns the objective as it was written.
func (o Objective) String() string { return o.text }

// MarshalText writes what UnmarshalText reads.
func (o Objective) MarshalText() ([]byte, error) { return []byte(o.text), nil }

// Window is what an objective is measured over: either Rolling is above zero,
// or Calendar is "week", "month" or "quarter".
type Window struct {
	Rolling  Duration
	Calendar string
}

// UnmarshalText reads 30d, week, month or quarter.
func (w *Window) UnmarshalText(text []byte) error {
	switch s := string(text); s {
	case "week", "month", "quarter":
		*w = Window{Calendar: s}
		return nil
	}
	var d Duration
	if err := d.UnmarshalText(text); err != nil {
		return wrong("is not a window; write a length such as 30d, or week, month or quarter")
	}
	if d < hour || d > 366*day {
		return wrong("is not a useful window; write a length from 1h to 366d, such as 30d")
	}
	*w = Window{Rolling: d}
	return nil
}

// String writes what UnmarshalText reads.
func (w Window) String() string {
	if w.Calendar != "" {
		return w.Calendar
	}
	return w.Rolling.String()
}

// MarshalText writes what UnmarshalText reads.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }
