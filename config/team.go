package config

import "fmt"

// Team is who works on requests in one place.
type Team struct {
	Name     string `yaml:"name" required:"true" doc:"Lower-case letters, digits and dashes, unique."`
	Hours    Hours  `yaml:"hours" default:"Mon-Fri 09:00-17:00" doc:"When this team is at work."`
	Timezone Zone   `yaml:"timezone" doc:"IANA time zone of its hours; the top-level timezone when left out."`
	Holidays []Date `yaml:"holidays" doc:"Days on which this team is not at work, as 2026-12-25."`
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
