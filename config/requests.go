package config

import (
	"fmt"
	"slices"
)

// Member is somebody of the team that works on requests.
type Member struct {
	Person Person   `yaml:"person" required:"true" doc:"Who it is: @name with the accounts, such as \"@ada slack:U024BE7LH discord:80351110224678912\". The name is the one under which customers name their owner."`
	Skills []string `yaml:"skills" doc:"Components and kinds of requests that the person knows."`
	Limit  int      `yaml:"limit" doc:"How many requests the person has in work at once; requests.limit when left out."`
}

func (k *checker) team() {
	r := k.config.Requests
	for i, m := range r.Members {
		path := fmt.Sprintf("requests.members[%d]", i)
		if m.Person.Name != "" && len(m.Person.Accounts) == 0 {
			k.add(path+".person", `has no account; write it like "@%s slack:U024BE7LH"`, m.Person.Name)
		}
		k.notBelowZero(path+".limit", m.Limit)
	}
	k.notBelowZero("requests.limit", r.Limit)
	k.notBelowZero("requests.bumps_per_week", r.BumpsPerWeek)
	if r.Manager != "" && !slices.ContainsFunc(k.config.OnCall, func(o OnCall) bool { return o.Team == r.Manager }) {
		k.add("requests.manager", "is %q, which is not a team under oncall; write one of those", k.written("requests.manager"))
	}
}

func (k *checker) notBelowZero(path string, n int) {
	if n < 0 {
		k.add(path, "is below 0; write 0 or more")
	}
}

// Handoff says which product team a component is of.
type Handoff struct {
	Component string `yaml:"component" required:"true" doc:"A component of requests: what customers call critical."`
	To        string `yaml:"to" required:"true" doc:"The name of a tracker under integrations."`
}

// Weights are the most points that each thing gives a request. A score is their sum,
// so 100 at most as it is built in.
type Weights struct {
	Tier     int `yaml:"tier" default:"20" doc:"The tier of the customer: all of it for the heaviest, else as tiers.NAME.weight is to that."`
	Impact   int `yaml:"impact" default:"20" doc:"How much the customer is held up: all of it for critical, a quarter less for each step below."`
	Deadline int `yaml:"deadline" default:"20" doc:"The due day: all of it on the day and after it, a tenth less for each day that is left."`
	Calendar int `yaml:"calendar" default:"10" doc:"A day that matters to the customer, as cre event notes it: all of it on the day, an eighth less for each day until then."`
	Budget   int `yaml:"budget" default:"5" doc:"The customer's error budget: as much of it as is spent of the worst."`
	Age      int `yaml:"age" default:"10" doc:"How long it is open: all of it after 14 days, a fourteenth for each."`
	Bumps    int `yaml:"bumps" default:"10" doc:"How often somebody bumped it: all of it after three times, a third for each."`
	Alike    int `yaml:"alike" default:"5" doc:"Requests like it in the week before it: all of it for four, a quarter for each."`
}
