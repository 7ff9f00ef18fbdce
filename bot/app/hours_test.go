package app

import (
	"testing"
	"time"

	"cresset/bot/cre"
	"cresset/config"
)

func rulesOf(t *testing.T, text string) *cre.Settings {
	t.Helper()
	c, err := config.Parse("test.yaml", []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	rules, problems := settingsOf(c)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return rules
}

// The hours of the configuration are those of one team, or of several.
func TestTheHoursOfTheConfiguration(t *testing.T) {
	one := rulesOf(t, `
timezone: Europe/Paris
requests: {hours: Mon-Thu 10:00-16:00, holidays: [2026-07-14]}
`)
	two := rulesOf(t, `
timezone: Europe/Paris
requests: {teams: [{name: tokyo, timezone: Asia/Tokyo}, {name: paris, holidays: [2026-07-14]}]}
`)
	monday := time.Date(2026, 7, 13, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		rules *cre.Settings
		day   int
		hours time.Duration
	}{
		{one, 0, 6}, {one, 1, 0}, {one, 4, 0},
		{two, 0, 15}, {two, 1, 8}, {two, 4, 15}, {two, 5, 0}, // Tokyo 00-08, Paris 07-15 in UTC
	} {
		from := monday.AddDate(0, 0, test.day)
		if got := test.rules.Hours.Between(from, from.AddDate(0, 0, 1)); got != test.hours*time.Hour {
			t.Errorf("%v are open on %v, want %dh", got, from, test.hours)
		}
	}
	if name := two.Hours[1].Team; name != "paris" {
		t.Errorf("the second team is %q", name)
	}
}

// What the configuration promises of a tier, of a kind and of all are targets.
func TestThePromisesOfTheConfiguration(t *testing.T) {
	rules := rulesOf(t, `
requests: {next_response: 6h, warn_at: 75%, target: 90%, kinds: [{name: bug, resolution: 16h}, {name: access, first_look: 2h}]}
tiers: {gold: {first_look: 1h, kinds: {bug: {next_response: 3h}}}}
`)
	hour := time.Hour
	for of, want := range map[cre.Group]cre.Targets{
		{}:                            {FirstResponse: 4 * hour, NextResponse: 6 * hour, Resolution: 40 * hour, WarnAt: 0.75},
		{Tier: "tin", Kind: "access"}: {FirstResponse: 2 * hour, NextResponse: 6 * hour, Resolution: 40 * hour, WarnAt: 0.75},
		{Tier: "gold", Kind: "bug"}:   {FirstResponse: 1 * hour, NextResponse: 3 * hour, Resolution: 16 * hour, WarnAt: 0.75},
	} {
		if got := rules.Targets(of.Tier, of.Kind); got != want {
			t.Errorf("%+v: %+v, want %+v", of, got, want)
		}
	}
	if rules.KeepShare != 0.9 {
		t.Errorf("%v of clocks are to be met", rules.KeepShare)
	}
}
