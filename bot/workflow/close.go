package workflow

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// An Outcome is what doing an errand brought. With Trouble set it failed, and an
// errand that is parked will not happen unless a person decides so.
type Outcome struct {
	Trouble string
	Gone    bool // the trouble is that the place, or the message, is not there any more
	Ref     chat.Ref
	Lost    chat.Ref        // the message that was to be replaced, which somebody deleted; Ref took its place
	Seen    *chat.RoomState // nil: the platform cannot look
	Room    *chat.Room
	Refused []chat.Refusal
	Buckets []cre.Bucket
	Prose   *cre.Prose
	Issue   cre.IssueRef    // the issue that was opened
	State   *cre.IssueState // how an issue stands
}

// next is the step that follows an errand, by the name it was left with.
func next(then string) func(*Step, *store.Errand, Outcome) error {
	switch then {
	case "":
		return func(*Step, *store.Errand, Outcome) error { return nil }
	case roomOpened:
		return (*Step).roomOpened
	case hostIn:
		return (*Step).hostIn
	case peopleIn:
		return (*Step).peopleIn
	case announced:
		return (*Step).announced
	case cardSaid:
		return (*Step).cardSaid
	case hungAgain:
		return (*Step).hungAgain
	case roomResting:
		return (*Step).roomResting
	case roomClosed:
		return (*Step).roomClosed
	case roomInspected:
		return (*Step).roomInspected
	case roomGivenUp:
		return (*Step).roomGivenUp
	case roomChanged:
		return (*Step).roomChanged
	case roomMoved:
		return (*Step).roomMoved
	case clockWarning:
		return (*Step).clockWarning
	case clockDue:
		return (*Step).clockDue
	case clockMoment:
		return (*Step).clockMoment
	case clockWarned:
		return (*Step).clockWarned
	case requestAnchored:
		return (*Step).requestAnchored
	case sliMeasured:
		return (*Step).sliMeasured
	case digestDue:
		return (*Step).digestDue
	case toilDue:
		return (*Step).toilDue
	case proseDrafted:
		return (*Step).proseDrafted
	case issueOpened:
		return (*Step).issueOpened
	case issueAsked:
		return (*Step).issueAsked
	case loopDue:
		return (*Step).loopDue
	}
	return nil
}

// Close takes the step that follows an errand that was done or parked. What was
// parked is told in the room of its incident, if that is still there.
func (s *Step) Close(e *store.Errand, o Outcome) error {
	step := next(e.Then)
	if step == nil {
		return fmt.Errorf("errand %d wants a step %q that does not exist", e.ID, e.Then)
	}
	if err := step(s, e, o); err != nil {
		return err
	}
	switch {
	case !o.Lost.IsZero():
		return cmp.Or(s.replaced(e, o), s.roomHears(e))
	case o.Trouble == "":
		return s.roomHears(e)
	case e.State != store.Parked || e.Place.IsZero() && e.Kind != store.OpenRoom:
		return nil
	}
	notice := tellsTrouble(e.Message)
	if o.Gone && e.Place.Thread != "" {
		if hung, err := s.threadLost(e); err != nil || hung {
			return err
		}
	} else if o.Gone {
		if lost, err := s.roomLost(e); err != nil || lost && !notice {
			return err
		}
	}
	if notice {
		return s.giveUp(e, "what it tells of stays parked")
	}
	return s.tellTrouble(e, o.Trouble)
}

// tellTrouble says in a war room what did not happen, with the way out: in the
// one that it concerns, or in another if that hears nothing. Where there is none
// because none could be opened, whoever leads the incident waits for it, and hears.
func (s *Step) tellTrouble(e *store.Errand, trouble string) error {
	inc, r, err := s.roomOf(e)
	if err != nil || inc == nil {
		return err
	}
	if e.Kind == store.OpenRoom && r != nil {
		r.RoomTrouble = trouble
		if err := s.save(inc); err != nil {
			return err
		}
	}
	m, err := s.troubleNotice(inc, e, trouble)
	if err != nil {
		return err
	}
	hears := func(r cre.WarRoom) bool { return r.Usable() && !(r.Is(e.Place) && e.Kind == store.Say) }
	if r == nil || !hears(*r) {
		all := inc.Rooms()
		n := slices.IndexFunc(all, hears)
		switch {
		case n < 0 && (e.Kind == store.OpenRoom || e.Then == announced): // so there is no room, or no thread
			_, err := s.Say(directly(inc), *m, store.ForRoom)
			return err
		case n < 0:
			return nil
		}
		r = &all[n]
	}
	return s.sayIn(inc, r, store.Errand{Message: m, Subject: inc.ID})
}

// troubleNotice is one message for all that is parked for the same cause: each
// that joins them replaces it.
func (s *Step) troubleNotice(inc *cre.Incident, e *store.Errand, trouble string) (*chat.Message, error) {
	all, err := s.errandsOf(inc)
	if err != nil {
		return nil, err
	}
	deeds := []string{Deed(e)}
	for _, other := range all {
		if deed := Deed(&other); other.State == store.Parked && other.Trouble == trouble && !slices.Contains(deeds, deed) {
			deeds = append(deeds, deed)
		}
	}
	m := &chat.Message{
		Key:     fmt.Sprintf("trouble %x", sha256.Sum256([]byte(trouble))),
		Tone:    chat.Warning,
		Text:    chat.Textf("I could not do this for **%s** (%s): %s", inc.ID, strings.Join(deeds, ", "), trouble),
		Buttons: []chat.Button{RetryButton(e, "Try again"), DropButton(e, "Drop")},
	}
	if len(deeds) > 1 {
		m.Text += "\n`cre status` lists them."
		m.Buttons = []chat.Button{RetryAllButton()}
	}
	return m, nil
}
