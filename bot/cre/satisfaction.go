package cre

import (
	"fmt"
	"time"
)

// RatingEvery is how long nobody is asked again how a request went.
const RatingEvery = 14 * 24 * time.Hour

// SatisfactionSpan is over how long what people thought is summed up.
const SatisfactionSpan = 90 * 24 * time.Hour

// Satisfaction is what requesters thought of the requests of one customer: support's
// indicator beside ours.
type Satisfaction struct {
	Good, All int
	Last      string // the latest sentence that somebody gave with a bad one
}

// Add counts the rating of a request. Ratings are added the latest first.
func (s *Satisfaction) Add(r *Rating) {
	s.All++
	if r.Good {
		s.Good++
	} else if s.Last == "" {
		s.Last = r.Text
	}
}

// Words say it with its base, "" where nobody said anything.
func (s Satisfaction) Words() string {
	switch s.All {
	case 0:
		return ""
	case 1, 2, 3, 4: // no share of so few
		return fmt.Sprintf("%d of %s good", s.Good, Count(s.All, "rating"))
	}
	return Percent(float64(s.Good)/float64(s.All)) + " of " + Count(s.All, "rating") + " good"
}
