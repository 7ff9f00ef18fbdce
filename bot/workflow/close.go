package workflow

import (
	"fmt"
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
	Seen    *chat.RoomState // nil: the platform cannot look
	Room    *chat.Room
	Refused []chat.Refusal
	Buckets []cre.Bucket
	Prose   *cre.Prose
}

// next is the step that follows an errand, by the name it was left with.
func next(then string) func(*Step, *store.Errand, Outcome) error {
	switch then {
	case "":
		return func(*Step, *store.Errand, Outcome) error { return nil }
	case roomOpened:
		return (*Step).roomOpened
	case declarerIn:
		return (*Step).declarerIn
	case peopleIn:
		return (*Step).peopleIn
	case cardSaid:
		return (*Step).cardSaid
	case roomResting:
		return (*Step).roomResting
	case roomClosed:
		return (*Step).roomClosed
	case roomInspected:
		return (*Step).roomInspected
	case roomGivenUp:
		return (*Step).roomGivenUp
	case clockWarning:
		return (*Step).clockWarning
	case clockDue:
		return (*Step).clockDue
	case requestAnchored:
		return (*Step).requestAnchored
	case sliMeasured:
		return (*Step).sliMeasured
	case digestDue:
		return (*Step).digestDue
	case proseDrafted:
		return (*Step).proseDrafted
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
	case o.Trouble == "":
		return s.roomHears(e)
	case e.State != store.Parked || e.Place.IsZero() && e.Kind != store.OpenRoom:
		return nil
	case o.Gone:
		if lost, err := s.roomLost(e); err != nil || lost {
			return err
		}
	}
	return s.tellTrouble(e, o.Trouble)
}

// tellTrouble says in the war room what did not happen there, with the way out.
// A trouble of the room itself stands in the incident's announcement instead.
func (s *Step) tellTrouble(e *store.Errand, trouble string) error {
	inc, err := s.find(e.Subject)
	if err != nil || inc == nil {
		return err
	}
	if e.Kind == store.OpenRoom {
		inc.RoomTrouble = trouble
		return s.save(inc)
	}
	if inc.Room == nil || inc.RoomTrouble != "" || e.Place.Key() == inc.Room.Place.Key() && e.Kind == store.Say {
		return nil // the room hears nothing
	}
	m := chat.Message{
		Tone:    chat.Warning,
		Text:    chat.Textf("I could not do this (%s): %s", deed(e), trouble),
		Buttons: []chat.Button{RetryButton(e, "Try again"), DropButton(e, "Drop")},
	}
	if e.Message != nil && e.Message.Key != "" {
		m.Key = "trouble " + e.Message.Key // the next try of the same message would say the same again
	}
	_, err = s.Say(inc.Room.Place, m, store.ForRoom)
	return err
}

func deed(e *store.Errand) string {
	if strings.HasPrefix(e.Place.Channel, "#") {
		return fmt.Sprintf("%s in %s", e.Kind, e.Place.Channel)
	}
	return string(e.Kind)
}
