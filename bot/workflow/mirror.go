package workflow

import (
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// Mirror opens a war room for the incident on another platform, for who asks
// there. There is one record; each room hears what goes on it.
func (s *Step) Mirror(inc *cre.Incident, word string) (*cre.WarRoom, error) {
	if offered := s.mirrorsOffered(inc); word == "" && len(offered) == 1 {
		word = offered[0]
	}
	platform, err := inc.MirrorOn(s.Rules.Platforms, word)
	if err != nil {
		return nil, err
	}
	r := inc.Mirror(platform, s.By)
	crew, err := s.crew(inc, r)
	if err != nil {
		return nil, err
	}
	if inc.Private && !s.Rules.HasRooms(platform) {
		return nil, cre.Errorf(cre.Conflict, "**%s** is private, and **%s** has no rooms to keep it private.", inc.ID, cre.PlatformLabel(platform))
	}
	if inc.Private && len(crew) == 0 {
		return nil, cre.Errorf(cre.Conflict, "**%s** is private, and I know nobody in it on **%s**. `cre link` links your account there.", inc.ID, cre.PlatformLabel(platform))
	}
	s.Changed(inc.ID)
	return r, s.begin(inc, r)
}

// MirrorsOffered lists the platforms where an incident may get another room, as it
// is meant by [Step.Incident].
func (s *Step) MirrorsOffered(id string) ([]string, error) {
	inc, err := s.Incident(id)
	if err != nil || !inc.Status.Open() {
		return nil, err
	}
	return s.mirrorsOffered(inc), nil
}

func (s *Step) mirrorsOffered(inc *cre.Incident) []string {
	return slices.DeleteFunc(inc.Elsewhere(s.Rules.Platforms), func(p string) bool { return inc.Private && !s.Rules.HasRooms(p) })
}

// joined tells the rooms of each other, and what crosses.
func (s *Step) joined(inc *cre.Incident) error {
	if all := rooms(inc); len(all) > 1 {
		m := chat.Message{Key: "rooms", Text: chat.Textf("**%s** has rooms on %s. Updates, notes, decisions, tasks and 📌 are copied between them. Chat is not.", inc.ID, chat.Join(all, " and "))}
		if err := s.sayInRooms(inc, m); err != nil {
			return err
		}
	}
	return s.save(inc)
}

// rooms names the platforms of the rooms that can be used, and leads there.
func rooms(inc *cre.Incident) (all []chat.Text) {
	for _, r := range inc.Rooms() {
		if r.Usable() {
			all = append(all, chat.Link(cre.PlatformLabel(r.Platform), r.Room.Link))
		}
	}
	return all
}

// sayInRooms says the same in every room of the incident.
func (s *Step) sayInRooms(inc *cre.Incident, m chat.Message) error {
	return s.inRooms(inc, func(*cre.WarRoom) (store.Errand, error) { return store.Errand{Message: &m}, nil })
}

// inRooms says something in every room of the incident, as it is said there; what
// has no message is not said.
func (s *Step) inRooms(inc *cre.Incident, words func(*cre.WarRoom) (store.Errand, error)) error {
	for _, r := range inc.Rooms() {
		if r.Room == nil {
			continue
		}
		e, err := words(&r)
		if err != nil {
			return err
		}
		if e.Message == nil {
			continue
		}
		if err := s.sayIn(inc, &r, e); err != nil {
			return err
		}
	}
	return nil
}

// Cross says in the rooms of the incident what was said elsewhere: in each but
// the one where it was.
func (s *Step) Cross(inc *cre.Incident, m chat.Message) error {
	return s.inRooms(inc, func(r *cre.WarRoom) (store.Errand, error) {
		if r.Is(s.At) {
			return store.Errand{}, nil
		}
		signed := s.signed(m, r)
		return store.Errand{Message: &signed}, nil
	})
}

// signed names where a message comes from that crosses to another platform, and
// who it is from if its words do not.
func (s *Step) signed(m chat.Message, to *cre.WarRoom) chat.Message {
	if s.At.Platform == "" || s.At.Platform == to.Platform {
		return m
	}
	from := chat.Textf("From %s on %s.", s.By.Shown(), cre.PlatformLabel(s.At.Platform))
	if strings.Contains(string(m.Text), string(chat.Mention(s.By))) {
		from = chat.Textf("From %s.", cre.PlatformLabel(s.At.Platform))
	}
	if m.Footer != "" {
		from += " " + m.Footer
	}
	m.Footer = from
	return m
}
