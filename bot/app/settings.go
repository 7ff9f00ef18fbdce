package app

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/commands"
	"cresset/config"
	"cresset/integrations/prometheus"
)

// settingsOf turns the configuration into the rules of the house, and reports
// what only makes sense across sections.
func settingsOf(c *config.Config) (*cre.Settings, config.Problems) {
	s := &cre.Settings{
		Zone:       c.Timezone.Location(),
		Severities: map[cre.Severity]cre.SeverityRule{},
		Channels:   cre.Channels{Incidents: c.Channels.Incidents, Requests: c.Channels.Requests, Digests: c.Channels.Digests},
		Hours:      calendarOf(c),
		Promised:   promisedOf(c),
		WarnAt:     float64(c.Requests.WarnAt),
		KeepShare:  float64(c.Requests.Target),
		ToilLimit:  float64(c.Requests.ToilLimit),
		TierWeight: map[string]int{},
		Weights:    cre.Weights(c.Requests.Weights),
		Limit:      c.Requests.Limit,
		Bumps:      c.Requests.BumpsPerWeek,
		Manager:    c.Requests.Manager,
		HandoffAt:  c.Requests.HandoffAfter.Std(),
		Roles:      cre.Access{Admin: c.Roles.Admin, Commander: c.Roles.Commander, Responder: c.Roles.Responder},
	}
	for name, rule := range c.Severities {
		s.Severities[cre.Severity(name)] = cre.SeverityRule{Means: rule.Means, UpdateEvery: rule.UpdateEvery.Std(), CustomerUpdateEvery: rule.CustomerUpdateEvery.Std()}
	}
	for name, tier := range c.Tiers {
		s.TierWeight[name] = tier.Weight
	}
	for _, one := range c.Customers {
		s.Customers = append(s.Customers, cre.Customer{Key: one.Key, Name: one.Name, Tier: one.Tier, Owner: one.Owner,
			Contacts: one.Contacts, Channel: one.Channel, SharedChannel: one.SharedChannel, Services: one.Services,
			Environments: one.Environments, SeenBy: one.SeenBy, Domains: one.Domains})
	}
	for _, one := range c.Departments {
		s.Departments = append(s.Departments, cre.Department{Name: one.Name, Members: one.Members})
	}
	s.Converge = cre.Converge{Requests: c.Requests.Converge.Requests, Customers: c.Requests.Converge.Customers, Within: c.Requests.Converge.Within.Std()}
	for _, one := range c.Requests.Kinds {
		s.Kinds = append(s.Kinds, kindOf(one))
	}
	s.Handoff = cre.Handoff{Names: c.Requests.HandoffNames, To: map[string]string{}}
	for _, one := range c.Requests.Handoff {
		s.Handoff.To[one.Component] = one.To
	}
	for _, one := range c.Requests.Listen {
		s.Listen = append(s.Listen, cre.Listening{Channel: one.Channel, Customer: one.Customer, Always: one.File == "always"})
	}
	for _, one := range c.Requests.Members {
		s.Team = append(s.Team, cre.Member{Duty: dutyOf(one.Person), Skills: one.Skills, Limit: one.Limit})
	}
	for _, one := range c.SLOs {
		s.SLOs = append(s.SLOs, sloOf(c, one))
	}
	for _, one := range c.OnCall {
		s.OnCall = append(s.OnCall, rotaOf(one))
	}
	_, s.Model = c.Integrations.Find("openai")
	digests, problems := digestsOf(c)
	s.Digests = digests
	return s, problems
}

// vocabularyOf is what people can do besides typing, and what is heard of them.
func vocabularyOf(c *config.Config) chat.Vocabulary {
	v := commands.Vocabulary(c.Prefix)
	var channels []string
	for _, l := range c.Requests.Listen {
		channels = append(channels, l.Channel)
	}
	v.Overhear = commands.Overhear(channels)
	return v
}

func kindOf(one config.Kind) cre.RequestKind {
	k := cre.RequestKind{Name: one.Name, Means: one.Means, Symptom: one.Symptom, Told: one.CloseLoop}
	for _, f := range one.Facts {
		k.Facts = append(k.Facts, cre.Fact{Name: f.Name, Help: f.Help, Required: f.Required, Choices: f.Choices})
	}
	return k
}

func rotaOf(one config.OnCall) cre.Rota {
	r := cre.Rota{Team: one.Team, Every: one.Every.Std(), Since: one.Since.In(one.Timezone.Location())}
	for _, p := range one.People {
		r.People = append(r.People, dutyOf(p))
	}
	return r
}

func dutyOf(p config.Person) cre.Duty {
	d := cre.Duty{Name: p.Name}
	for _, key := range p.Accounts {
		platform, id, _ := strings.Cut(key, ":")
		d.Accounts = append(d.Accounts, chat.Person{Platform: platform, ID: id, Name: p.Name})
	}
	return d
}

func calendarOf(c *config.Config) cre.Calendar {
	r := c.Requests
	if len(r.Teams) == 0 {
		return cre.Calendar{hoursOf(config.Team{Hours: r.Hours, Timezone: r.Timezone, Holidays: r.Holidays})}
	}
	var calendar cre.Calendar
	for _, team := range r.Teams {
		calendar = append(calendar, hoursOf(team))
	}
	return calendar
}

func promisedOf(c *config.Config) map[cre.Group]cre.Targets {
	of := func(first, next, resolution config.Duration) cre.Targets {
		return cre.Targets{FirstResponse: first.Std(), NextResponse: next.Std(), Resolution: resolution.Std()}
	}
	r := c.Requests
	promised := map[cre.Group]cre.Targets{{}: of(r.FirstLook, r.NextResponse, r.Resolution)}
	for _, kind := range r.Kinds {
		promised[cre.Group{Kind: kind.Name}] = of(kind.FirstLook, kind.NextResponse, kind.Resolution)
	}
	for name, tier := range c.Tiers {
		promised[cre.Group{Tier: name}] = of(tier.FirstLook, tier.NextResponse, tier.Resolution)
		for kind, p := range tier.Kinds {
			promised[cre.Group{Tier: name, Kind: kind}] = of(p.FirstLook, p.NextResponse, p.Resolution)
		}
	}
	return promised
}

func hoursOf(team config.Team) cre.Hours {
	h := cre.Hours{Team: team.Name, From: team.Hours.From, To: team.Hours.To, Zone: team.Timezone.Location()}
	for day, open := range team.Hours.Days {
		if open {
			h.Days = append(h.Days, time.Weekday(day))
		}
	}
	for _, d := range team.Holidays {
		h.Holidays = append(h.Holidays, cre.DayOf(d.Year, d.Month, d.Day))
	}
	return h
}

func sloOf(c *config.Config, one config.SLO) cre.SLO {
	budget, _ := new(big.Rat).Sub(big.NewRat(1, 1), one.Objective.Ratio()).Float64()
	slo := cre.SLO{Name: one.Name, Title: one.Title, Customers: one.Customers, Objective: one.Objective.String(), Budget: budget,
		Window: cre.Window{Length: one.Window.Rolling.Std(), Calendar: one.Window.Calendar, Zone: c.Timezone.Location()}}
	switch {
	case one.Probe != nil:
		slo.SLI = cre.SLI{Source: "probe", Every: one.Probe.Every.Std(), Probe: &cre.Probe{URL: one.Probe.URL, Timeout: one.Probe.Timeout.Std()}}
		for status := one.Probe.Expect.From; status <= one.Probe.Expect.To; status++ {
			slo.SLI.Probe.Expect = append(slo.SLI.Probe.Expect, status)
		}
	case one.Ratio != nil:
		slo.SLI = cre.SLI{Source: one.Ratio.Source, Ratio: &cre.Ratio{Good: one.Ratio.Good, Bad: one.Ratio.Bad, Total: one.Ratio.Total}}
	case one.Latency != nil:
		slo.SLI = cre.SLI{Source: one.Latency.Source, Histo: &cre.Latency{Histogram: one.Latency.Histogram, Matchers: one.Latency.Matchers, Threshold: one.Latency.Threshold.Std()}}
	}
	return slo
}

// unhandable reports components that are handed off to no tracker.
func unhandable(c *config.Config, trackers []string) config.Problems {
	var problems config.Problems
	for i, one := range c.Requests.Handoff {
		if !slices.Contains(trackers, one.To) {
			problems = append(problems, c.Problem(indexed("requests.handoff", i, "to"), "is %q, which is not a tracker under integrations.github, gitlab or jira", one.To))
		}
	}
	return problems
}

// someday is any time, to ask a schedule whether it ever comes.
var someday = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func digestsOf(c *config.Config) ([]cre.Digest, config.Problems) {
	var all []cre.Digest
	var problems config.Problems
	for i, one := range c.Digests {
		schedule, err := cron.ParseStandard(one.Schedule)
		if err != nil {
			problems = append(problems, c.Problem(indexed("digests", i, "schedule"), "is not a schedule: %v; write it like \"0 9 * * MON-FRI\"", err))
			continue
		}
		if schedule.Next(someday).IsZero() {
			problems = append(problems, c.Problem(indexed("digests", i, "schedule"), "is %q, which never comes", one.Schedule))
			continue
		}
		zone := one.Timezone.Location()
		all = append(all, cre.Digest{Name: one.Name, About: cre.DigestAbout(one.About), To: one.To, Customer: one.Customer, Department: one.Department, Zone: zone,
			Next: func(after time.Time) time.Time { return schedule.Next(after.In(zone)) }})
	}
	return all, problems
}

// unmeasurable reports SLOs whose source no integration is, or whose queries
// no Prometheus could read.
func unmeasurable(c *config.Config, s *cre.Settings, known []string) config.Problems {
	var problems config.Problems
	for i, slo := range s.SLOs {
		if !slices.Contains(known, slo.SLI.Source) {
			problems = append(problems, c.Problem(indexed("slos", i, ""), "is measured by the source %q, which is not under integrations.prometheus", slo.SLI.Source))
		} else if slo.SLI.Probe == nil {
			if err := prometheus.CheckSLI(slo.SLI); err != nil {
				problems = append(problems, c.Problem(indexed("slos", i, ""), "cannot be measured: %v", err))
			}
		}
	}
	return problems
}
