package workflow

import (
	"slices"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A Shift is who of a team is on call now.
type Shift struct {
	Team string
	cre.Turn
}

// OnCall lists who is on call now: of one team, or of all where none is named.
func (s *Step) OnCall(team string) ([]Shift, error) {
	var shifts []Shift
	for _, r := range s.Rules.OnCall {
		if turn, ok := r.At(s.Now); ok && (team == "" || r.Team == team) {
			shifts = append(shifts, Shift{r.Team, turn})
		}
	}
	switch {
	case len(s.Rules.OnCall) == 0:
		return nil, cre.Errorf(cre.NotFound, "Nobody is on call: the configuration has no `oncall`.")
	case len(shifts) == 0 && team == "":
		return nil, cre.Errorf(cre.NotFound, "Nobody is on call yet.")
	case len(shifts) == 0:
		return nil, cre.Errorf(cre.NotFound, "Nobody of %s is on call now. `cre oncall` shows all teams.", team).About("team")
	}
	return shifts, nil
}

// OnDuty calls somebody who is on call by their account where the step is, or by
// name.
func (s *Step) OnDuty(d cre.Duty) (chat.Text, error) { return s.called(s.At.Platform, d) }

func (s *Step) called(platform string, d cre.Duty) (chat.Text, error) {
	there, err := s.dutyOn(platform, d)
	if err != nil || there.IsZero() {
		return chat.Plain(d.Shown()), err
	}
	return chat.Mention(there), nil
}

// dutyOn is the account of somebody on call on a platform, nobody if none is
// known: one that the configuration names, or one linked with it.
func (s *Step) dutyOn(platform string, d cre.Duty) (chat.Person, error) {
	if i := slices.IndexFunc(d.Accounts, func(p chat.Person) bool { return p.Platform == platform }); i >= 0 {
		return d.Accounts[i], nil
	}
	for _, p := range d.Accounts {
		if there, err := s.on(platform, p); err != nil || !there.IsZero() {
			return there, err
		}
	}
	return chat.Person{}, nil
}

// bringOnCall brings who is on call into a new room, and says in it who that is. A
// private incident is not told to anybody.
func (s *Step) bringOnCall(inc *cre.Incident, r *cre.WarRoom) error {
	if inc.Private || len(s.Rules.OnCall) == 0 {
		return nil
	}
	crew, err := s.crew(inc, r)
	if err != nil {
		return err
	}
	var names []chat.Text
	var missing []chat.Person
	for _, rota := range s.Rules.OnCall {
		turn, ok := rota.At(s.Now)
		if !ok {
			continue
		}
		who, err := s.called(r.Platform, turn.Who)
		if err != nil {
			return err
		}
		names = append(names, chat.Textf("%s (%s)", who, rota.Team))
		there, err := s.dutyOn(r.Platform, turn.Who)
		if err != nil {
			return err
		}
		if !there.IsZero() && !slices.ContainsFunc(append(crew, missing...), is(there)) {
			missing = append(missing, there)
		}
	}
	if len(names) == 0 {
		return nil
	}
	for _, who := range missing {
		if err := s.invite(inc, r, who); err != nil {
			return err
		}
	}
	return s.sayIn(inc, r, store.Errand{Message: &chat.Message{Text: "On call: " + chat.Join(names, ", ") + "."}})
}
