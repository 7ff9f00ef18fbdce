package chat

import (
	"slices"
	"testing"
)

// People are called by the account that is given for them, wherever a message mentions
// them; what only looks like a mention stays, and so does the message it is made of.
func TestCalling(t *testing.T) {
	ada, zoe, bob := Person{"slack", "U1", "ada", false}, Person{"discord", "7", "zoe", false}, Person{"slack", "U2", "bob", false}
	fake := `<@slack:U1|ada>`
	m := Message{
		Text:    Textf("%s, and **%s** %s", ada, "bold", bob) + "\n" + Quote(fake+` \`+fake),
		Fields:  []Field{{"Lead", Mention(ada)}},
		Table:   &Table{Columns: []string{"who"}, Rows: [][]Text{{Mention(ada), Plain(fake)}}},
		Details: Textf("%s", ada),
		Footer:  Textf("by %s.", ada),
	}
	there := m.Calling(func(p Person) Person {
		if p.Key() == ada.Key() {
			return zoe
		}
		return p
	})
	called := func(m Message) (keys []string) {
		for _, t := range []Text{m.Text, m.Fields[0].Value, m.Table.Rows[0][0], m.Table.Rows[0][1], m.Details, m.Footer} {
			for _, l := range t.Lines() {
				for _, s := range l.Spans {
					if s.Kind == SpanMention {
						keys = append(keys, s.Who.Key())
					}
				}
			}
		}
		return keys
	}
	if got, want := called(there), []string{"discord:7", "slack:U2", "discord:7", "discord:7", "discord:7", "discord:7"}; !slices.Equal(got, want) {
		t.Errorf("called %v, want %v", got, want)
	}
	if got, want := called(m), []string{"slack:U1", "slack:U2", "slack:U1", "slack:U1", "slack:U1", "slack:U1"}; !slices.Equal(got, want) {
		t.Errorf("before %v, want %v", got, want)
	}
	if got, want := there.Text.String(), "@zoe, and bold @bob\n> "+fake+` \`+fake; got != want {
		t.Errorf("it reads %q, want %q", got, want)
	}
}
