package workflow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// Add adds to a request what its filing left out, or more words. Whoever it waited
// for on the asking side thereby gives the ball back. The filing's Detail is what is
// said besides; its Title is of no use.
func (s *Step) Add(r *cre.Request, f Filing) error {
	if err := r.Must(); err != nil {
		return err
	}
	added, err := s.tell(r, f)
	if err != nil {
		return err
	}
	if words := strings.TrimSpace(chat.Clean(f.Detail)); words != "" {
		note := fmt.Sprintf("%s, %s: %s", s.By.Shown(), s.Now.In(s.Rules.Zone).Format("2 Jan 15:04"), words)
		r.Detail = strings.TrimSpace(r.Detail + "\n\n" + note)
		added = append(added, chat.Quote(words))
	}
	if err := s.giveBack(r); err != nil {
		return err
	}
	if err := s.changeRequest(r, chat.Textf("%s added to **%s**:\n%s", s.By, r.ID, chat.Join(added, "\n"))); err != nil {
		return err
	}
	return s.joinSame(r)
}

// tell sets the facts of a request that are said, and lists them.
func (s *Step) tell(r *cre.Request, f Filing) (told []chat.Text, err error) {
	say := func(fact, value string) { told = append(told, chat.Textf("**%s** %s", fact, value)) }
	if f.Kind != "" {
		if r.Kind, err = s.Rules.CheckKind(f.Kind); err != nil {
			return nil, err
		}
		say("kind", r.Kind)
	}
	if f.Customer != "" {
		if err := s.giveCustomer(r, f.Customer); err != nil {
			return nil, err
		}
		say("customer", r.Customer)
	}
	for _, one := range []struct {
		fact, value string
		field       *string
	}{{"component", f.Component, &r.Component}, {"environment", f.Environment, &r.Environment}, {"impact", string(f.Impact), (*string)(&r.Impact)}} {
		if one.value != "" {
			*one.field = one.value
			say(one.fact, one.value)
		}
	}
	if err := s.stillToCome(f.Due); err != nil {
		return nil, err
	}
	if !f.Due.IsZero() {
		r.Due = f.Due
		say("due", f.Due.In(s.Rules.Zone).Format("Mon 2 Jan"))
	}
	if err := s.checkFacts(r.Kind, f.Facts); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(f.Facts)) {
		say(name, f.Facts[name])
	}
	if r.Facts == nil {
		r.Facts = f.Facts
	} else {
		maps.Copy(r.Facts, f.Facts)
	}
	return told, nil
}

// giveCustomer says for whom a request is.
func (s *Step) giveCustomer(r *cre.Request, word string) error {
	c, err := s.Customer(word)
	if err != nil || c.Key == r.Customer {
		return err
	}
	r.Customer = c.Key
	return s.leaveChannel(r)
}

func (s *Step) stillToCome(due time.Time) error {
	if !due.IsZero() && due.Before(s.Now) {
		return cre.Errorf(cre.Invalid, "The due day is over. Give a day that is still to come.").About("due")
	}
	return nil
}

// giveBack gives the ball back to the team, when somebody else than the team adds to a
// request that waits for the asking side.
func (s *Step) giveBack(r *cre.Request) error {
	eyes, err := s.Eyes()
	if err != nil {
		return err
	}
	asker, err := s.Mine(r.Requester)
	if err != nil || eyes.CRE && !asker || r.Status != cre.OnRequester && r.Status != cre.OnCustomer {
		return err
	}
	r.Pass(ours(r), s.Now)
	r.Reason = ""
	r.Ask(s.Now)
	return nil
}

// Reply says a word of the team's to who asked. With wait the request then waits for
// them.
func (s *Step) Reply(r *cre.Request, words string, wait bool) error {
	if err := r.Must(); err != nil {
		return err
	}
	text := chat.Textf("%s, a message from %s about **%s**:\n%s", r.Requester, s.By, r.ID, chat.Quote(words))
	if wait {
		r.Pass(cre.OnRequester, s.Now)
		r.Reason = words
		text += chat.Textf("\n**%s** waits for your answer: `cre detail %s …`.", r.ID, r.ID)
	}
	return s.respond(r, text)
}

// Reads says where who asked reads what is said to them, and when, if not now.
func (s *Step) Reads(r *cre.Request) (chat.Text, error) {
	if !isHeard(r) {
		return chat.Textf("I cannot reach %s. Write to them where they asked for **%s**.", r.Requester.Shown(), r.ID), nil
	}
	where := chat.Textf("in the thread of **%s**", r.ID)
	if r.Asked.Direct != "" {
		where = "in private"
	}
	reads := chat.Textf("%s will see it ", r.Requester.Shown()) + where
	out, err := store.Outages.Get(s.Tx, store.Key(r.Asked.Platform))
	if err != nil || out == nil {
		return reads + ".", err
	}
	return reads + chat.Textf(" when **%s** answers again. It has not since %s.", cre.PlatformLabel(out.Platform), s.clock(out.Since)), nil
}

// Withdraw takes the request out of the queue, for who asked or the team.
func (s *Step) Withdraw(r *cre.Request, why string) error {
	if err := r.Must(); err != nil {
		return err
	}
	if err := s.mustOwn(r, "withdraw"); err != nil {
		return err
	}
	r.End(cre.Withdrawn, why, s.Now)
	return s.changeRequest(r, chat.Textf("%s withdrew **%s**.", s.By, r.ID)+because(why))
}

// mustOwn refuses what only who asked and the team may do.
func (s *Step) mustOwn(r *cre.Request, do string) error {
	eyes, err := s.Eyes()
	if err != nil || eyes.CRE {
		return err
	}
	asker, err := s.Mine(r.Requester)
	if err != nil || asker {
		return err
	}
	return cre.Errorf(cre.Forbidden, "Only %s and the CRE team may %s **%s**. Add what you know with `cre detail %s …`.", r.Requester.Shown(), do, r.ID, r.ID)
}

// respond is [Step.changeRequest] for what a CRE says or does: with that the request
// has its first response, and nobody waits for the next word.
func (s *Step) respond(r *cre.Request, text chat.Text, buttons ...chat.Button) error {
	eyes, err := s.Eyes()
	if err != nil {
		return err
	}
	if eyes.CRE {
		if err := s.answered(r); err != nil {
			return err
		}
	}
	return s.changeRequest(r, text, buttons...)
}
