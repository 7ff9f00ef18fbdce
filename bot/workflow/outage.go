package workflow

import (
	"fmt"
	"slices"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// staleAfter is when nobody wants to hear any more that a platform went or came.
const staleAfter = time.Hour

// PlatformDown notes that a platform takes nothing, and tells the people of each
// open incident that has a room there on another platform, once.
func (s *Step) PlatformDown(platform string, since time.Time) error {
	out, err := store.Outages.Get(s.Tx, store.Key(platform))
	if err != nil {
		return err
	}
	news := out == nil
	if news {
		out = &store.Outage{Platform: platform, Since: since}
	}
	for inc, err := range store.Incidents.By(s.Tx, "open", nil, store.Page{}) {
		if err != nil {
			return err
		}
		if inc.RoomOn(platform) == nil || slices.ContainsFunc(out.Told, func(t store.Told) bool { return t.Incident == inc.ID }) {
			continue
		}
		told, err := s.sendElsewhere(inc, out)
		if err != nil {
			return err
		}
		news, out.Told = news || len(told) > 0, append(out.Told, told...)
	}
	if !news {
		return nil
	}
	return store.Outages.Put(s.Tx, out)
}

// sendElsewhere tells the people of an incident where it goes on: in its other
// rooms, or where they may open one. It gives where it told them.
func (s *Step) sendElsewhere(inc *cre.Incident, out *store.Outage) (told []store.Told, err error) {
	say := func(place chat.Place, m chat.Message) {
		if err == nil {
			told = append(told, store.Told{Incident: inc.ID, Place: place})
			m.Key = downKey(out, inc.ID)
			_, err = s.say(store.Errand{Kind: store.Say, Place: place, Message: &m, Subject: inc.ID, Priority: store.ForRoom, Until: s.Now.Add(staleAfter)})
		}
	}
	down := chat.Textf("**%s** has not answered since %s.", cre.PlatformLabel(out.Platform), s.clock(out.Since))
	up, err := s.othersUp(out.Platform)
	if err != nil {
		return nil, err
	}
	for _, platform := range up {
		if r := inc.RoomOn(platform); r != nil && r.Usable() {
			place, err := s.spot(inc, r)
			if err != nil {
				return nil, err
			}
			say(place, chat.Message{Tone: chat.Warning, Text: chat.Textf("%s **%s** continues here.", down, inc.ID)})
		}
	}
	if len(told) > 0 {
		return told, err
	}
	for _, platform := range up {
		if inc.Private && !s.Rules.HasRooms(platform) {
			continue
		}
		m := chat.Message{Tone: chat.Warning, Text: chat.Textf("%s **%s** %s can continue here.", down, inc.ID, inc.Title)}
		if inc.RoomOn(platform) == nil {
			m.Buttons = []chat.Button{{Label: "Continue here", Line: "incident mirror " + inc.ID + " " + platform, Style: chat.Good}}
		} else {
			m.Buttons = []chat.Button{newRoomButton(inc)}
		}
		places, err := s.heardOn(platform, inc)
		if err != nil {
			return nil, err
		}
		for _, place := range places {
			say(place, m)
		}
	}
	return told, err
}

// downKey names what is said of an outage to the people of an incident.
func downKey(out *store.Outage, incident string) string {
	return fmt.Sprintf("down %s %s %d", out.Platform, incident, out.Since.Unix())
}

// heardOn is where an incident that has no room on a platform is heard of there: in
// the incidents channel, a private one only by those who are in it.
func (s *Step) heardOn(platform string, inc *cre.Incident) (places []chat.Place, err error) {
	if !inc.Private {
		return []chat.Place{s.incidentsChannel(platform)}, nil
	}
	crew, err := s.crew(inc, &cre.WarRoom{Platform: platform})
	for _, who := range crew {
		places = append(places, direct(who))
	}
	return places, err
}

// othersUp are the other platforms that take something.
func (s *Step) othersUp(platform string) (up []string, err error) {
	for _, p := range s.Rules.Platforms {
		out, err := store.Outages.Get(s.Tx, store.Key(p))
		if err != nil {
			return nil, err
		}
		if p != platform && out == nil {
			up = append(up, p)
		}
	}
	return up, nil
}

// PlatformUp notes that a platform takes something again, and says so where its
// outage was told and where its incidents went on. What it took nothing of is tried
// again.
func (s *Step) PlatformUp(platform string) error {
	out, err := store.Outages.Get(s.Tx, store.Key(platform))
	if err != nil || out == nil {
		return err
	}
	m := chat.Message{Tone: chat.Good, Text: chat.Textf("**%s** answers again, after %s.", cre.PlatformLabel(platform), cre.Short(s.Now.Sub(out.Since)))}
	var heard []string
	say := func(place chat.Place, subject string) error {
		if slices.Contains(heard, place.Key()) || place.Platform == platform {
			return nil
		}
		heard = append(heard, place.Key())
		_, err := s.say(store.Errand{Kind: store.Say, Place: place, Message: &m, Subject: subject, Priority: store.ForRoom, Until: s.Now.Add(staleAfter)})
		return err
	}
	for _, t := range out.Told {
		unsaid, err := s.takeBack(t.Place, downKey(out, t.Incident))
		if err != nil {
			return err
		}
		if unsaid { // that platform was down, too
			heard = append(heard, t.Place.Key())
		}
		if err := say(t.Place, t.Incident); err != nil {
			return err
		}
		inc, err := s.find(t.Incident)
		if err != nil {
			return err
		}
		for _, r := range roomsOf(inc) {
			place, err := s.spot(inc, &r)
			if err != nil {
				return err
			}
			if err := say(place, t.Incident); err != nil {
				return err
			}
		}
	}
	if err := s.resume(platform); err != nil {
		return err
	}
	return store.Outages.Delete(s.Tx, store.Key(platform))
}

// takeBack gives up what is still to be said in a place under a key, and reports whether
// that is so.
func (s *Step) takeBack(place chat.Place, key string) (bool, error) {
	waiting, err := s.lastWaiting(&store.Errand{Place: place, Message: &chat.Message{Key: key}})
	if err != nil || waiting == nil || waiting.State != store.Todo {
		return false, err
	}
	return true, s.giveUp(waiting, "it is over")
}

// resume takes up what was parked because the platform took nothing, as far as it is
// still needed.
func (s *Step) resume(platform string) error {
	for e, err := range store.Errands.By(s.Tx, "parked", nil, store.Page{}) {
		if err != nil {
			return err
		}
		if !e.Barred || e.Platform() != platform {
			continue
		}
		why, err := s.obsolete(e)
		if err == nil && why == "" {
			err = s.takeUp(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// roomsOf are the rooms of an open incident that can be used.
func roomsOf(inc *cre.Incident) []cre.WarRoom {
	if inc == nil || !inc.Status.Open() {
		return nil
	}
	return slices.DeleteFunc(inc.Rooms(), func(r cre.WarRoom) bool { return !r.Usable() })
}

// Outages lists the platforms that take nothing now. One that was taken out of the
// configuration meanwhile is none any more.
func (s *Step) Outages() (all []store.Outage, err error) {
	for out, err := range store.Outages.All(s.Tx, store.Page{}) {
		if err != nil {
			return nil, err
		}
		if slices.Contains(s.Rules.Platforms, out.Platform) {
			all = append(all, *out)
		}
	}
	return all, nil
}
