package cre

import (
	"strconv"
	"strings"
	"time"
)

// An Effort is how long something takes of work, in hours: a day of work has eight
// of them, a week five days.
type Effort time.Duration

const dayOfWork = 8 * time.Hour

// UnmarshalText reads 90m, 16h, 3d or 1w.
func (e *Effort) UnmarshalText(text []byte) error {
	word := strings.ToLower(strings.TrimSpace(string(text)))
	d, err := time.ParseDuration(word)
	for unit, length := range map[string]time.Duration{"d": dayOfWork, "w": 5 * dayOfWork} {
		if n, ok := strings.CutSuffix(word, unit); ok {
			var count float64
			count, err = strconv.ParseFloat(n, 64)
			d = time.Duration(count * float64(length))
		}
	}
	if err != nil || d < time.Minute || d > 1000*dayOfWork {
		return Errorf(Invalid, "%s is not an effort. Write hours, like `16h`, or days of eight hours, like `3d`.", string(text)).About("effort")
	}
	*e = Effort(d.Round(time.Minute))
	return nil
}

// Looks reports whether a word is meant as an effort.
func (e Effort) Looks(word string) bool { return word != "" && word[0] >= '0' && word[0] <= '9' }

// String is the effort in hours of work.
func (e Effort) String() string {
	minutes := int(time.Duration(e).Minutes())
	switch h, m := minutes/60, minutes%60; {
	case h == 0:
		return strconv.Itoa(m) + "m"
	case m == 0:
		return strconv.Itoa(h) + "h"
	default:
		return strconv.Itoa(h) + "h" + strconv.Itoa(m) + "m"
	}
}
