package workflow

import (
	"fmt"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// mostButtons is one row of them on a phone; those that come last can be typed.
const mostButtons = 5

// mostTasks is how many open tasks a card shows: it is read at a glance.
const mostTasks = 6

// cardKey is the key of the card in each room.
const cardKey = "card"

// announceAfter is how long an announcement waits for the room it links to, and
// cardAfter how long the card waits for the declarer.
const (
	announceAfter = 5 * time.Second
	cardAfter     = 2 * time.Second
)

// refresh leaves the cards and the announcements as they must now read.
func (s *Step) refresh(inc *cre.Incident) error {
	for _, r := range inc.Rooms() {
		if r.Usable() {
			if err := s.showCard(inc, &r); err != nil {
				return err
			}
		}
		wait := time.Duration(0)
		if r.Room == nil && r.RoomTrouble == "" {
			wait = announceAfter
		}
		if err := s.announce(inc, &r, wait); err != nil {
			return err
		}
	}
	return nil
}

// showCard leaves the card in a room as it must now read.
func (s *Step) showCard(inc *cre.Incident, r *cre.WarRoom) error {
	_, err := s.say(store.Errand{Kind: store.Say, Place: r.Room.Place, Message: s.card(inc), Priority: store.ForRoom})
	return err
}

// announce leaves the line in the incidents channel beside a room, or, where there
// are none, above the thread that stands for it. A private incident has none; a past
// one neither.
func (s *Step) announce(inc *cre.Incident, r *cre.WarRoom, wait time.Duration) error {
	if inc.Private || inc.Past {
		return nil
	}
	e := store.Errand{Kind: store.Say, Place: s.incidentsChannel(r.Platform), Message: s.announcement(inc, r), Subject: inc.ID, Priority: store.ForAnnouncement,
		Due: s.Now.Add(wait)}
	if r.Room == nil && !s.Rules.HasRooms(r.Platform) {
		e.Then, e.Priority, e.Due = announced, store.ForRoom, s.Now
	}
	_, err := s.say(e)
	return err
}

func (s *Step) incidentsChannel(platform string) chat.Place {
	return chat.Place{Platform: platform, Channel: "#" + s.Rules.Channels.Incidents}
}

// card is the pinned message that says how the incident stands.
func (s *Step) card(inc *cre.Incident) *chat.Message {
	m := &chat.Message{Key: cardKey, Tone: tone(inc), Title: heading(inc), Fields: s.facts(inc)}
	if inc.Clock.Running() {
		next := chat.Textf("by %s", s.clock(inc.Clock.Due))
		if inc.Clock.Late {
			next = chat.Textf("late since %s", s.clock(inc.Clock.Due))
		}
		m.Fields = append(m.Fields, chat.Field{Label: "Next update", Value: next})
	}
	open := openTasks(inc)
	if more := len(open) - mostTasks; more > 0 {
		open = append(open[:mostTasks], chat.Textf("- _%d more_", more))
	}
	m.Text = chat.Join(open, "\n")
	m.Buttons = s.cardButtons(inc)
	m.Footer = chat.Textf("Declared by %s. A 📌 on a message puts it on the timeline.", inc.Declarer.Shown())
	if inc.Quiet {
		m.Footer += " My messages are in this thread."
	}
	return m
}

// Card is the card for somebody who asks for it, wherever they are.
func (s *Step) Card(inc *cre.Incident) chat.Message {
	m := *s.card(inc)
	m.Key = ""
	return m
}

func (s *Step) facts(inc *cre.Incident) []chat.Field {
	fields := []chat.Field{
		{Label: "Status", Value: chat.Textf("**%s**", string(inc.Status))},
		{Label: "Severity", Value: chat.Plain(inc.Severity.String())},
	}
	for _, role := range cre.IncidentRoles {
		if who, ok := inc.Roles[role]; ok {
			fields = append(fields, chat.Field{Label: label(string(role)), Value: chat.Mention(who)})
		} else if role == cre.Lead {
			fields = append(fields, chat.Field{Label: "Lead", Value: "nobody yet: `incident lead me`"})
		}
	}
	if len(inc.Customers) > 0 {
		fields = append(fields, chat.Field{Label: "Customers", Value: chat.Plain(strings.Join(inc.Customers, ", "))})
	}
	if len(inc.Services) > 0 {
		fields = append(fields, chat.Field{Label: "Services", Value: chat.Plain(strings.Join(inc.Services, ", "))})
	}
	if all := rooms(inc); len(all) > 1 {
		fields = append(fields, chat.Field{Label: "Rooms", Value: chat.Join(all, ", ")})
	}
	if len(inc.Requests) > 0 {
		fields = append(fields, chat.Field{Label: "Requests", Value: chat.Plain(strings.Join(inc.Requests, ", "))})
	}
	began := chat.Field{Label: "Since", Value: chat.Plain(s.clock(inc.Began()))}
	if !inc.Status.Open() {
		began = chat.Field{Label: "Lasted", Value: chat.Plain(cre.Short(inc.Lasted(s.Now)))}
	}
	return append(fields, began)
}

func (s *Step) cardButtons(inc *cre.Incident) []chat.Button {
	on := func(label, verb string, style chat.Tone) chat.Button {
		return chat.Button{Label: label, Line: "incident " + verb + " " + inc.ID, Style: style}
	}
	switch {
	case inc.Status == cre.Resolved || inc.Status == cre.Closed:
		return []chat.Button{
			{Label: "Draft postmortem", Line: "postmortem draft " + inc.ID, Style: chat.Good},
			on("Recap", "recap", ""), on("Reopen", "reopen", ""),
		}
	case !inc.Status.Open():
		return []chat.Button{on("Recap", "recap", ""), on("Reopen", "reopen", "")}
	}
	var buttons []chat.Button
	if _, led := inc.Roles[cre.Lead]; !led { // else one slip of a thumb would take it away
		buttons = append(buttons, chat.Button{Label: "Take the lead", Line: "incident lead me " + inc.ID, Style: chat.Good})
	}
	buttons = append(buttons, updateButton(inc))
	if inc.Status != cre.Mitigated {
		buttons = append(buttons, on("Mitigated", "mitigate", ""))
	}
	resolved := on("Resolved", "resolve", "")
	resolved.Confirm = "Is " + inc.ID + " over for every customer?"
	buttons = append(buttons, resolved, on("Severity…", "severity", ""), on("Recap", "recap", ""))
	return buttons[:min(len(buttons), mostButtons)]
}

func openTasks(inc *cre.Incident) []chat.Text {
	var lines []chat.Text
	for _, t := range inc.Tasks {
		if t.Done.IsZero() && !t.Later {
			lines = append(lines, chat.Textf("- task %d: %s%s", t.N, t.Text, forWhom(t.Who)))
		}
	}
	return lines
}

func forWhom(who chat.Person) chat.Text {
	if who.IsZero() {
		return ""
	}
	return " " + chat.Mention(who)
}

func announcementKey(inc *cre.Incident) string { return "incident " + inc.ID }

// announcement is one line in the incidents channel, edited as the state changes.
func (s *Step) announcement(inc *cre.Incident, r *cre.WarRoom) *chat.Message {
	m := &chat.Message{Key: announcementKey(inc), Tone: tone(inc), Title: heading(inc)}
	parts := []chat.Text{chat.Textf("**%s**", string(inc.Status)), chat.Plain(inc.Severity.Words())}
	if who, ok := inc.Roles[cre.Lead]; ok {
		parts = append(parts, chat.Textf("lead %s", who.Shown()))
	}
	if len(inc.Customers) > 0 {
		parts = append(parts, chat.Plain(strings.Join(inc.Customers, ", ")))
	}
	switch {
	case !s.Rules.HasRooms(r.Platform): // its thread hangs on it
	case r.RoomTrouble != "":
		parts = append(parts, chat.Textf("no war room: %s", r.RoomTrouble))
	case r.Room != nil:
		parts = append(parts, chat.Channel(r.Room.Place, r.Room.Name))
	}
	if inc.Status == cre.Merged {
		parts = append(parts, chat.Textf("into %s", inc.MergedInto))
	}
	if inc.Status == cre.Resolved || inc.Status == cre.Closed {
		parts = append(parts, chat.Textf("after %s", cre.Short(inc.Lasted(s.Now))))
	}
	m.Text = chat.Join(parts, " · ")
	m.Buttons = []chat.Button{{Label: "Recap", Line: "incident recap " + inc.ID}}
	if r.Room != nil && r.RoomTrouble != "" && inc.Status.Open() {
		m.Buttons = append(m.Buttons, newRoomButton(inc))
	}
	return m
}

func heading(inc *cre.Incident) string {
	title := fmt.Sprintf("%s %s", inc.ID, inc.Title)
	if inc.Drill {
		title = "Drill: " + title
	}
	return title
}

func tone(inc *cre.Incident) chat.Tone {
	switch {
	case !inc.Status.Open():
		return chat.Neutral
	case inc.Status == cre.Mitigated:
		return chat.Good
	case inc.Severity == cre.Sev1 || inc.Severity == cre.Sev2:
		return chat.Danger
	}
	return chat.Warning
}

func label(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Recap is what somebody who comes late must know.
func (s *Step) Recap(inc *cre.Incident) (chat.Message, error) {
	entries, err := s.Entries(inc)
	if err != nil {
		return chat.Message{}, err
	}
	m := chat.Message{Title: heading(inc), Tone: tone(inc), Fields: s.facts(inc)}
	var lines []chat.Text
	for _, e := range entries {
		if e.Kind == cre.Happened {
			continue
		}
		lines = append(lines, s.entryLine(e))
	}
	const most = 15
	if len(lines) > most {
		cut := len(lines) - most
		lines = append([]chat.Text{lines[0], chat.Textf("- _%s left out_", cre.Count(cut, "entry"))}, lines[cut+1:]...)
	}
	m.Text = chat.Join(append(lines, openTasks(inc)...), "\n")
	if inc.Clock.Running() {
		m.Footer = chat.Textf("Next update by %s.", s.clock(inc.Clock.Due))
	}
	return m, nil
}

func (s *Step) entryLine(e cre.Entry) chat.Text {
	who := ""
	if !e.By.IsZero() {
		who = e.By.Shown() + ": "
	}
	return chat.Textf("- %s **%s** %s%s", s.clock(e.At), string(e.Kind), who, chat.Cut(strings.ReplaceAll(e.Text, "\n", " "), 300))
}
