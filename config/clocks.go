package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Team is who works on requests in one place.
type Team struct {
	Name     string `yaml:"name" required:"true" doc:"Lower-case letters, digits and dashes, unique."`
	Hours    Hours  `yaml:"hours" default:"Mon-Fri 09:00-17:00" doc:"When this team is at work."`
	Timezone Zone   `yaml:"timezone" doc:"IANA time zone of its hours; the top-level timezone when left out."`
	Holidays []Date `yaml:"holidays" doc:"Days on which this team is not at work, as 2026-12-25."`
}

// Promise is what one tier is promised for one kind of requests.
type Promise struct {
	FirstLook    Duration `yaml:"first_look" doc:"Business time until one is looked at and answered first; that of the tier when left out."`
	NextResponse Duration `yaml:"next_response" doc:"Business time until each later answer; that of the tier when left out."`
	Resolution   Duration `yaml:"resolution" doc:"Business time until one is done; that of the tier when left out."`
}

// Share is a part of something, above 0 and at most 1.
type Share float64

// UnmarshalText reads 80% or 0.8.
func (s *Share) UnmarshalText(text []byte) error {
	const complaint = wrong("is not a part above 0% and up to 100%; write it like 80% or 0.8")
	if !objectiveShape.Match(text) {
		return complaint
	}
	digits, percent := strings.CutSuffix(string(text), "%")
	if percent {
		digits += "e-2" // and not a division, so that 99.9% is 0.999
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil || f <= 0 || f > 1 {
		return complaint
	}
	*s = Share(f)
	return nil
}

func (k *checker) clocks() {
	k.teams()
	var kinds []string
	for _, kind := range k.config.Requests.Kinds {
		kinds = append(kinds, kind.Name)
	}
	for name, tier := range k.config.Tiers {
		for kind := range tier.Kinds {
			if !slices.Contains(kinds, kind) {
				k.add("tiers."+name+".kinds."+kind, "is not a kind of request; choose one of %s", strings.Join(kinds, ", "))
			}
		}
	}
}

func (k *checker) teams() {
	names := unique{}
	for i, t := range k.config.Requests.Teams {
		k.named(fmt.Sprintf("requests.teams[%d].name", i), t.Name, names)
	}
	requests := k.config.root.child("requests")
	for _, name := range []string{"hours", "holidays", "timezone"} {
		if len(k.config.Requests.Teams) > 0 && requests.Has(name) {
			k.add("requests."+name, "stands beside requests.teams; write it in each team, or take the teams out")
		}
	}
}
