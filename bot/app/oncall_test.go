package app

import (
	"testing"
	"time"

	"cresset/config"
)

// The rota of the configuration turns at the hour of its zone.
func TestTheRotaOfTheConfiguration(t *testing.T) {
	c, err := config.Parse("test.yaml", []byte(`
timezone: Europe/Paris
oncall: [{team: cre, people: ["@ada slack:U1 discord:7", "@bob"], since: 2026-03-23T09:00}]
`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	rules, problems := settingsOf(c)
	if len(problems) > 0 || len(rules.OnCall) != 1 {
		t.Fatalf("%v, %+v", problems, rules.OnCall)
	}
	for at, want := range map[string]string{"2026-03-23T08:00:00Z": "ada", "2026-03-30T06:59:00Z": "ada", "2026-03-30T07:00:00Z": "bob"} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		turn, _ := rules.OnCall[0].At(now)
		if turn.Who.Name != want {
			t.Errorf("at %s %q is on call, want %q", at, turn.Who.Name, want)
		}
	}
	if known := rules.OnCall[0].People[0].Accounts; len(known) != 2 || known[1].Key() != "discord:7" || known[1].Name != "ada" {
		t.Errorf("accounts: %+v", known)
	}
}
