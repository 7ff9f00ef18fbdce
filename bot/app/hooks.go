package app

import (
	"fmt"
	"slices"
	"strings"

	"cresset/bot/cre"
	"cresset/config"
	"cresset/integrations/hooks"
)

// intake is what takes deliveries in.
func (a *App) intake() *hooks.Intake {
	return hooks.New(hooks.With{Hooks: a.config.Hooks, DB: a.db, Rules: a.rules, Now: a.now, Log: a.log, Handle: a.Handle,
		OnBadSignature: func() { a.metrics.badSignature(hooks.Name) }, Count: a.metrics.delivery})
}

// undeliverable reports hooks of a kind that there is not, and mail domains that
// say nothing of whose people write from there.
func undeliverable(c *config.Config) config.Problems {
	var problems config.Problems
	for i, h := range c.Hooks {
		if h.Kind != "" && !slices.Contains(hooks.Kinds(), h.Kind) {
			problems = append(problems, c.Problem(indexed("hooks", i, "kind"), "is %q, which is not a kind; choose one of %s", h.Kind, strings.Join(hooks.Kinds(), ", ")))
		}
	}
	for i, one := range c.Customers {
		for j, domain := range one.Domains {
			if cre.FreeMail(domain) {
				problems = append(problems, c.Problem(indexed("customers", i, fmt.Sprintf("domains[%d]", j)), "is %q, where everybody gets an address; leave it out", domain))
			}
		}
	}
	return problems
}
