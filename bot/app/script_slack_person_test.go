package app

import (
	"fmt"
	"slices"
	"strings"

	"cresset/integrations/slack/slacktest"
)

// as is a person about to act.
func (h *slackHome) as(who string) *slacktest.Person {
	h.told[who] = append(h.told[who], len(h.ws.Ephemerals(who)))
	return h.ws.As(who)
}

func (h *slackHome) again() {} // everything is delivered twice here

func (h *slackHome) join(who, channel string) { h.ws.As(who).Join(channel) }

func (h *slackHome) misrule(who, does, channel string) {
	switch p := h.ws.As(who); does {
	case "leaves":
		p.Remove(channel, who)
	case "unpins":
		p.Unpin(channel)
	case "archives":
		p.Archive(channel)
	}
}

func (h *slackHome) say(who, channel, text string) {
	if command, ok := strings.CutPrefix(text, "/"); ok {
		word, rest, _ := strings.Cut(command, " ")
		if answer := h.as(who).Slash(channel, "/"+word, rest); answer.Failed != "" {
			h.t.Errorf("%s: %s", text, answer.Failed)
		}
		h.open(who)
		return
	}
	h.as(who).Say(channel, text)
}

// open notes the form that a person has before them.
func (h *slackHome) open(who string) {
	if v := h.ws.As(who).View(); v != nil {
		h.forms[who] = v
		h.proveTaken("the form "+v.Title, map[string]string{"view": string(v.Sent)})
	} else {
		delete(h.forms, who)
	}
}

func (h *slackHome) press(who, channel, label string) {
	if channel == alone {
		h.pressAlone(who, label)
		return
	}
	h.use(who, channel, label, func(place, ts string) *slacktest.Answer { return h.as(who).Click(place, ts, label) })
}

// pressAlone presses what only one person sees, in a channel or in private.
func (h *slackHome) pressAlone(who, label string) {
	for _, m := range slices.Backward(h.toldAlone(who)) {
		if !strings.Contains(string(m.Blocks), fmt.Sprintf(`"text":%q`, label)) {
			continue
		}
		place := "#" + m.Channel
		if slices.ContainsFunc(h.ws.Messages("@"+who), func(direct slacktest.Message) bool { return direct.TS == m.TS }) {
			place = alone
		}
		before := len(h.toldAlone(who))
		if a := h.as(who).Click(place, m.TS, label); a.Failed != "" {
			h.t.Errorf("%s presses %s: %s", who, label, a.Failed)
		}
		h.open(who)
		await(h.t, func() bool { return h.forms[who] != nil || len(h.toldAlone(who)) > before }) // or what else comes in private overtakes it
		return
	}
	h.t.Fatalf("%s alone sees no button %q", who, label)
}

func (h *slackHome) pick(who, channel, menu, option string) {
	h.use(who, channel, menu, func(place, ts string) *slacktest.Answer {
		return h.as(who).Choose(place, ts, menu, option)
	})
}

// use has a person do something to the newest message with a button or a menu of
// the label.
func (h *slackHome) use(who, channel, label string, do func(place, ts string) *slacktest.Answer) {
	channels := h.ws.Channels()
	for i := len(channels) - 1; i >= 0; i-- {
		c := channels[i]
		if channel != "" && "#"+c.Name != channel {
			continue
		}
		all := h.ws.Messages(c.Name)
		for k := len(all) - 1; k >= 0; k-- {
			if strings.Contains(string(all[k].Blocks), fmt.Sprintf(`"text":%q`, label)) && strings.Contains(string(all[k].Blocks), `"actions"`) {
				if a := do("#"+c.Name, all[k].TS); a.Failed != "" {
					h.t.Errorf("%s uses %s: %s", who, label, a.Failed)
				}
				h.open(who)
				return
			}
		}
	}
	h.t.Fatalf("there is no %q to use", label)
}

func (h *slackHome) fill(who string, values map[string]string) {
	p := h.as(who)
	if p.View() == nil {
		h.t.Fatalf("%s has no form open", who)
	}
	h.change(p, values)
	out := p.Submit(p.View(), values)
	for field, problem := range out.Errors {
		h.failed[who] = append(h.failed[who], entry{lines: []string{fmt.Sprintf("(at %s) %s", strings.TrimPrefix(field, "field."), problem)}})
	}
	h.open(who)
}

// change fills in the form from top to bottom, and waits until it has followed each
// field that others hang on.
func (h *slackHome) change(p *slacktest.Person, values map[string]string) {
	filled := map[string]string{}
	for i := 0; i < len(labelsOf(p.View().Blocks)); i++ {
		v := p.View()
		label := labelsOf(v.Blocks)[i]
		value, given := values[label]
		if !given {
			continue
		}
		filled[label] = value
		if a := p.Change(v, filled, label); a != nil {
			if a.Failed != "" {
				h.t.Errorf("%s is changed: %s", label, a.Failed)
			}
			await(h.t, func() bool { return p.View().Hash != v.Hash })
		}
	}
}

func (h *slackHome) lastOf(channel string) slacktest.Message {
	all := h.ws.Messages(channel)
	for k := len(all) - 1; k >= 0; k-- {
		if all[k].BotID == "" {
			return all[k]
		}
	}
	h.t.Fatalf("nobody said anything in %s", channel)
	return slacktest.Message{}
}

func (h *slackHome) react(who, channel, emoji string) {
	name := map[string]string{"📌": "pushpin", "🎫": "ticket"}[emoji]
	h.as(who).React(channel, h.lastOf(channel).TS, name)
}

func (h *slackHome) shortcut(who, channel, id string) {
	h.as(who).Shortcut(channel, h.lastOf(channel).TS, id)
	h.open(who)
}
