package cre

import (
	"slices"
	"strings"
)

// Affects reports whether the service is one of those that the incident is about.
func (i *Incident) Affects(service string) bool {
	return slices.ContainsFunc(i.Services, func(s string) bool { return strings.EqualFold(s, service) })
}

// leastEchoes is how many words make it likely that two texts are about the same.
const leastEchoes = 2

// Echoes are the words of the incident's title that the request of a customer says
// too, where they tell that both are about the same: two at least, and half of the
// title. The customer's own names tell nothing.
func (i *Incident) Echoes(r *Request, c *Customer) (echoes []string) {
	said, names := Terms(r.Title, r.Detail), Terms(c.Key, c.Name)
	telling := 0
	for _, w := range Words(i.Title, "") {
		if slices.Contains(names, w.Term) {
			continue
		}
		telling++
		if slices.Contains(said, w.Term) {
			echoes = append(echoes, w.Said)
		}
	}
	if len(echoes) < leastEchoes || 2*len(echoes) < telling {
		return nil
	}
	return echoes
}
