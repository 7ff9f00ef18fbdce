package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

const longestKept = 3000 // private_metadata

// kept is what a form remembers while it is open.
type kept struct {
	Line  string     `json:"l"`
	Place chat.Place `json:"p"`
	About *chat.Post `json:"a,omitempty"`
}

// pack keeps the text of the message that the form is about as far as there is
// room. A line too long for that makes a view that Slack refuses, in words.
func pack(f chat.Form) string {
	k := kept{Line: f.Line, Place: f.Place}
	if f.About != nil {
		about := *f.About
		k.About = &about
	}
	for room := longestKept; ; room = room * 3 / 4 {
		js, _ := json.Marshal(k) // strings and times always encode
		switch {
		case len(js) <= longestKept || k.About == nil:
			return string(js)
		case room > 1:
			k.About.Text = chat.Cut(k.About.Text, room)
		default: // the rest of it is too long as well
			k.About = nil
		}
	}
}

func unpack(s string) (kept, error) {
	var k kept
	if err := json.Unmarshal([]byte(s), &k); err != nil {
		return k, fmt.Errorf("%w: private_metadata: %v", errUnreadable, err)
	}
	return k, nil
}

// input is one field of a form as it was filled in.
type input struct {
	Type           string `json:"type"`
	Value          string `json:"value"`
	SelectedUser   string `json:"selected_user"`
	SelectedDate   string `json:"selected_date"`
	SelectedMoment int64  `json:"selected_date_time"`
	SelectedOption struct {
		Value string `json:"value"`
	} `json:"selected_option"`
	SelectedOptions []struct {
		Value string `json:"value"`
	} `json:"selected_options"`
}

func (i input) text() string {
	var many []string
	for _, o := range i.SelectedOptions {
		many = append(many, o.Value)
	}
	if i.SelectedMoment != 0 {
		return time.Unix(i.SelectedMoment, 0).UTC().Format(time.RFC3339)
	}
	return cmp.Or(i.Value, i.SelectedOption.Value, i.SelectedDate, strings.Join(many, ","))
}

// filled reads the fields of a form. Somebody who was picked is an @name, of
// which people says whom it means, or, if Slack did not say their name, a key.
func (p *Platform) filled(ctx context.Context, state map[string]map[string]input) (values map[string]string, people map[string]chat.Person) {
	values = map[string]string{}
	for _, id := range slices.SortedFunc(maps.Keys(state), cmp.Compare[string]) {
		field, ours := strings.CutPrefix(id, fieldPrefix)
		if !ours {
			continue
		}
		for _, in := range state[id] {
			values[field] = in.text()
			if in.SelectedUser == "" {
				continue
			}
			who, called := p.mentioned(ctx, in.SelectedUser, "")
			values[field] = who.Key()
			if other, taken := people[called]; called != "" && (!taken || other.ID == who.ID) {
				if people == nil {
					people = map[string]chat.Person{}
				}
				people[called] = who
				values[field] = "@" + called
			}
		}
	}
	return values, people
}
