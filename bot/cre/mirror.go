package cre

import (
	"slices"
	"strings"

	"cresset/bot/chat"
)

// A Mirror is a war room of an incident besides the one at its home.
type Mirror struct {
	Platform string      `json:"platform"`
	Host     chat.Person `json:"host"` // who asked for it
	RoomRecord
}

// A RoomRecord is what is known of a war room. On a platform without rooms it is
// the thread of the announcement.
type RoomRecord struct {
	Room        *chat.Room `json:"room,omitempty"`      // nil: it is still to be opened, or archived
	RoomName    string     `json:"room_name,omitempty"` // what the room was or will be called
	RoomTrouble string     `json:"room_trouble,omitempty"`
	Shared      bool       `json:"room_shared,omitempty"` // people of another organisation read it
}

// A WarRoom is where an incident is worked on, on one platform; it has at most
// one on each. What is changed in it is changed in the incident.
type WarRoom struct {
	Platform string
	Host     chat.Person // who is brought in first
	*RoomRecord
}

// Usable reports whether something can be said in the room, as far as is known.
func (r RoomRecord) Usable() bool { return r.Room != nil && r.RoomTrouble == "" }

// IsThread reports whether the room is the thread of the announcement.
func (r RoomRecord) IsThread() bool { return r.Room != nil && r.Room.Place.Thread != "" }

// Is reports whether a place is in the room.
func (r RoomRecord) Is(place chat.Place) bool {
	return r.Room != nil && r.Room.Place.Key() == place.Key() && (!r.IsThread() || r.Room.Place.Thread == place.Thread)
}

// Rooms lists the war rooms, the one where the incident was declared first.
func (i *Incident) Rooms() []WarRoom {
	all := []WarRoom{{i.Home.Platform, i.Declarer, &i.RoomRecord}}
	for k := range i.Mirrors {
		m := &i.Mirrors[k]
		all = append(all, WarRoom{m.Platform, m.Host, &m.RoomRecord})
	}
	return all
}

// HasRoom reports whether there is a room that can be told something.
func (i *Incident) HasRoom() bool {
	return i.room(func(r WarRoom) bool { return r.Room != nil }) != nil
}

// OwnRooms lists the rooms that are nothing but the incident's, and end with it: no
// threads.
func (i *Incident) OwnRooms() []WarRoom {
	return slices.DeleteFunc(i.Rooms(), func(r WarRoom) bool { return r.Room == nil || r.IsThread() })
}

// RoomOn is the war room on a platform, nil if the incident has none there.
func (i *Incident) RoomOn(platform string) *WarRoom {
	return i.room(func(r WarRoom) bool { return r.Platform == platform })
}

// RoomAt is the war room that a place is in, nil if it is in none.
func (i *Incident) RoomAt(place chat.Place) *WarRoom {
	return i.room(func(r WarRoom) bool { return r.Is(place) })
}

func (i *Incident) room(which func(WarRoom) bool) *WarRoom {
	all := i.Rooms()
	if n := slices.IndexFunc(all, which); n >= 0 {
		return &all[n]
	}
	return nil
}

// Mirror adds a war room on another platform.
func (i *Incident) Mirror(platform string, host chat.Person) *WarRoom {
	i.Mirrors = append(i.Mirrors, Mirror{Platform: platform, Host: host})
	return i.RoomOn(platform)
}

// Elsewhere lists the platforms where the incident has no room.
func (i *Incident) Elsewhere(platforms []string) []string {
	return slices.DeleteFunc(slices.Clone(platforms), func(p string) bool { return i.RoomOn(p) != nil })
}

// MirrorOn is the platform that a person means where the incident is to have
// another room: the one that they name, or the only one that is left.
func (i *Incident) MirrorOn(platforms []string, word string) (string, error) {
	if !i.Status.Open() {
		return "", Errorf(Conflict, "**%s** is %s, so it needs no other room. To work on it again, say `incident reopen`.", i.ID, string(i.Status))
	}
	left := i.Elsewhere(platforms)
	named := strings.ToLower(strings.TrimSpace(word))
	there := i.RoomOn(named)
	switch {
	case len(platforms) < 2:
		return "", Errorf(Conflict, "There is no other platform. Whoever runs the bot can add one under `integrations`.")
	case there != nil && there.Room != nil:
		return "", Errorf(Conflict, "**%s** already has a room on **%s**: %s", i.ID, PlatformLabel(named), chat.Channel(there.Room.Place, there.Room.Name)).About("platform")
	case there != nil:
		return "", Errorf(Conflict, "The room of **%s** on **%s** is not open yet. To open it, say `incident repair %s`.", i.ID, PlatformLabel(named), i.ID).About("platform")
	case len(left) == 0:
		return "", Errorf(Conflict, "**%s** already has a room on every platform.", i.ID)
	case named == "" && len(left) == 1, slices.Contains(left, named):
		if named == "" {
			named = left[0]
		}
		return named, nil
	case named == "":
		return "", Errorf(Invalid, "Say on which platform, %s: for example `incident mirror %s %s`.", strings.Join(left, " or "), i.ID, left[0]).About("platform")
	}
	return "", Errorf(NotFound, "There is no platform %s. **%s** can have a room on %s.", word, i.ID, strings.Join(left, " or ")).About("platform")
}

// PlatformLabel is a platform as people call it: "Slack".
func PlatformLabel(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
