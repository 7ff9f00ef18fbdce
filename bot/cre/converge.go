package cre

import (
	"slices"
	"time"

	"cresset/bot/chat"
)

// Converge is when requests are taken for one thing that is wrong: so many, of so many
// customers, within a time.
type Converge struct {
	Requests, Customers int
	Within              time.Duration
}

// A Convergence is several requests about one thing, the oldest first.
type Convergence struct {
	Requests []*Request
	About    []string // the version, the component or the words that all share
}

// Symptom reports whether a request may be a sign of something that is wrong, by its
// kind. One of no kind may.
func (s *Settings) Symptom(r *Request) bool { return r.Kind == "" || s.RequestKind(r.Kind).Symptom }

// Converging finds the requests of the window that are about the same as r, by its
// version, else by its component, else by words; nil if there are too few. all are
// those that were filed within the window, r among them. like gives the words that r
// shares with one of them, none if it is not like it.
func (c Converge) Converging(r *Request, all []*Request, like func(*Request) []string) *Convergence {
	for _, shared := range []func(*Request) []string{
		func(q *Request) []string {
			return equal("version "+r.Facts["version"], "version "+q.Facts["version"], r.Facts["version"])
		},
		func(q *Request) []string { return equal(r.Component, q.Component, r.Component) },
		like,
	} {
		found := &Convergence{}
		customers := map[string]bool{}
		for _, q := range all {
			about := []string(nil)
			if q != r {
				if about = shared(q); len(about) == 0 {
					continue
				}
			}
			found.Requests = append(found.Requests, q)
			found.share(about)
			customers[q.Customer] = true
		}
		delete(customers, "")
		if len(found.Requests) >= c.Requests && len(customers) >= c.Customers {
			slices.SortFunc(found.Requests, func(a, b *Request) int { return int(a.Number) - int(b.Number) })
			return found
		}
	}
	return nil
}

// equal is what two requests share that say the same of something, if they say it.
func equal(a, b, said string) []string {
	if said == "" || a != b {
		return nil
	}
	return []string{a}
}

// share keeps what all share so far.
func (c *Convergence) share(about []string) {
	switch {
	case about == nil:
	case c.About == nil:
		c.About = slices.Clone(about)
	default:
		if both := slices.DeleteFunc(slices.Clone(c.About), func(w string) bool { return !slices.Contains(about, w) }); len(both) > 0 {
			c.About = both
		}
	}
}

// Customers are the customers that it touches, each once, in order.
func (c *Convergence) Customers() []string {
	return c.each(func(r *Request) string { return r.Customer })
}

// Components are what it is about by the requests, each once, in order.
func (c *Convergence) Components() []string {
	return c.each(func(r *Request) string { return r.Component })
}

func (c *Convergence) each(of func(*Request) string) (words []string) {
	for _, r := range c.Requests {
		if word := of(r); word != "" {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// First is who saw it first.
func (c *Convergence) First() chat.Person { return c.Requests[0].Requester }
