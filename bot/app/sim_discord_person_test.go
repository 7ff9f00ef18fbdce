package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cresset/integrations/discord/discordtest"
)

// discordAccount is somebody on Discord.
type discordAccount struct {
	*simDiscord
	who *discordtest.Person
}

func (w *simDiscord) account(name string) account { return &discordAccount{w, w.d.As(name)} }

func (a *discordAccount) key() string { return "discord:" + a.who.User().ID }

func (a *discordAccount) places() []string {
	mine := []string{"#general", "#support"}
	for _, c := range a.d.Channels() {
		if strings.HasPrefix(c.Name, "inc-") && slices.Contains(c.Writers, a.who.User().Name) && slices.Contains(c.Writers, "cresset") {
			mine = append(mine, c.ID)
		}
	}
	return mine
}

// did notes what came of an interaction, and gives what the person reads: also
// what comes a little later.
func (a *discordAccount) did(answer *discordtest.Answer, line string, must bool) (told string) {
	if answer.ID() == "" {
		return ""
	}
	a.holds(answer.Token(), "discord:"+answer.ID())
	a.acted(simAct{key: "discord:" + answer.ID(), user: a.key(), line: line, must: must})
	for range 20 {
		if all := answer.Replies(); !answer.Deferred || len(all) > 0 {
			for _, m := range all {
				told += discordWords(m.Components)
			}
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	return told
}

func (a *discordAccount) slash(where, line string, complete bool) (told, failed string) {
	line = typedOnDiscord(a.d, line)
	a.expect(a.key(), complete)
	defer a.expect(a.key(), false)
	answer := a.who.Slash(where, line)
	return a.did(answer, line, complete), answer.Failed
}

func (a *discordAccount) write(where, text string) string { return a.who.Message(where, text).ID }

func (a *discordAccount) mention(where, line string) {
	m := a.who.Mention(where, line)
	a.acted(simAct{key: "discord:" + m.ID, user: a.key(), line: line, in: "discord:" + m.ChannelID})
}

func (a *discordAccount) ticket(where, id string) {
	a.who.React(where, id, "🎫")
	a.acted(simAct{key: "discord:" + id + ":" + a.who.User().ID + ":🎫", user: a.key(), line: "🎫", in: "discord:" + a.d.Channel(where).ID})
}

func (a *discordAccount) shortcut(where, id string) {
	a.did(a.who.ContextMenu(where, id, "File a request"), "File a request", false)
}

func (a *discordAccount) buttons(where string) (all []button) {
	messages := a.d.Messages(where)
	for _, m := range messages[max(0, len(messages)-6):] {
		for _, label := range discordLabels(m.Components) {
			all = append(all, button{m.ID, label})
		}
	}
	return all
}

func discordLabels(all []discordtest.Component) (labels []string) {
	for _, c := range all {
		if c.Type == 2 && c.URL == "" && !c.Disabled {
			labels = append(labels, c.Label)
		}
		labels = append(labels, discordLabels(c.Components)...)
	}
	return labels
}

// press presses a button, and the one that the answer offers: to agree, or to open
// a form again.
func (a *discordAccount) press(where string, b button) string {
	answer := a.who.Click(where, b.message, b.label)
	a.did(answer, b.label, false)
	return cmp.Or(answer.Failed, a.follow(answer))
}

func (a *discordAccount) follow(answer *discordtest.Answer) string {
	if answer.Message == nil || answer.Failed != "" {
		return ""
	}
	labels := discordLabels(answer.Message.Components)
	if len(labels) == 0 {
		return ""
	}
	next := a.who.Click(answer.Message.ChannelID, answer.Message.ID, labels[0])
	a.did(next, labels[0], false)
	return next.Failed
}

func (a *discordAccount) form() *openForm {
	m := a.who.Modal()
	if m == nil {
		return nil
	}
	f := &openForm{title: m.Title, native: m}
	for _, in := range m.Fields() {
		field := openField{label: in.Label, text: in.Input.Type == 4}
		for _, o := range in.Input.Options {
			field.options = append(field.options, o.Label)
		}
		f.fields = append(f.fields, field)
	}
	return f
}

func (a *discordAccount) submit(f *openForm, values map[string]string) string {
	answer := a.who.Submit(f.native.(*discordtest.Modal), values)
	a.did(answer, "a form", false)
	if answer.Failed != "" || answer.Message == nil || !slices.Contains(discordLabels(answer.Message.Components), "Open the form") {
		return answer.Failed
	}
	return cmp.Or(a.follow(answer), discordWords(answer.Message.Components))
}

func (a *discordAccount) dismiss(*openForm) { a.who.Dismiss() }
