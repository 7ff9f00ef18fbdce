package workflow

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// announced is the step after an incident was announced where there are no rooms.
const announced = "announced"

// announced makes the thread of the announcement the place where the incident is
// worked on. Who is named in it is called: nobody has to be brought in.
func (s *Step) announced(e *store.Errand, o Outcome) error {
	inc, r, err := s.roomOf(e)
	if err != nil || r == nil || r.Room != nil || o.Trouble != "" {
		return err
	}
	channel := s.Rules.Channels.Incidents
	r.Room, r.RoomTrouble = &chat.Room{Place: under(o.Ref), Name: channel, Own: true, Created: s.Now}, ""
	if err := s.happened(inc, r, "worked on in the thread of its announcement in #%s", channel); err != nil {
		return err
	}
	if err := s.keep(inc); err != nil {
		return err
	}
	if err := s.sayCard(inc, r, 0); err != nil {
		return err
	}
	if err := s.bringOnCall(inc, r); err != nil || len(inc.Mirrors) == 0 {
		return err
	}
	return s.joined(inc)
}

// under is the thread of a message.
func under(m chat.Ref) chat.Place { return m.Place.In(m.ID) }

// Whereabouts says where people will work on an incident on a platform.
func (s *Step) Whereabouts(platform string) chat.Text {
	if s.Rules.HasRooms(platform) {
		return "Its war room is on its way."
	}
	return chat.Textf("Work on it in the thread of its announcement in **#%s**.", s.Rules.Channels.Incidents)
}

// keepsPrivate refuses a private incident where there are no rooms. Everybody reads
// the thread of an announcement, and direct messages would make as many
// conversations of one as there are people in it.
func (s *Step) keepsPrivate(platform string) error {
	if s.Rules.HasRooms(platform) {
		return nil
	}
	var others []chat.Text
	for _, p := range s.Rules.Platforms {
		if s.Rules.HasRooms(p) {
			others = append(others, chat.Textf("**%s**", cre.PlatformLabel(p)))
		}
	}
	where := chat.Join(others, " or ")
	if len(others) == 0 {
		where = "the console, which whoever runs the bot can add under `integrations`"
	}
	return cre.Errorf(cre.Conflict, "**%s** has no rooms, so it can keep no incident private. Declare it on %s.", cre.PlatformLabel(platform), where)
}

// repairThread is the repair where there are no rooms.
func (s *Step) repairThread(inc *cre.Incident, r *cre.WarRoom) (chat.Text, error) {
	s.Changed(inc.ID)
	if r.Room == nil {
		return chat.Textf("**%s** is announced%s again. Work on it in the thread of that.", inc.ID, which(inc, r)), s.announce(inc, r, 0)
	}
	return chat.Textf("What belongs in the thread of **%s**%s is done again.", inc.ID, which(inc, r)),
		s.mend(inc, r, &store.Errand{Place: r.Room.Place}, Outcome{})
}
