package discord

import (
	"fmt"
	"strings"
	"testing"

	"cresset/bot/chat"
)

// many is a vocabulary with so many verbs, each with a long help.
func many(n int) chat.Vocabulary {
	v := chat.Vocabulary{Slash: []chat.Slash{{Name: "incident", Line: "incident", Summary: "work"}}}
	for i := range n {
		v.Verbs = append(v.Verbs, chat.Verb{Line: fmt.Sprintf("incident verb%d", i), Summary: strings.Repeat("s", 90)})
	}
	return v
}

func TestCommandsFit(t *testing.T) {
	set := commandsOf(many(40))
	options := set.bodies[0].Options
	if len(options) != mostSubCommands || options[23].Name != "verb23" || options[24].Name != say {
		t.Errorf("%d sub-commands, the last are %q and %q", len(options), options[23].Name, options[24].Name)
	}
	v := many(20)
	for i := range v.Verbs {
		for k := range 20 {
			v.Verbs[i].Fields = append(v.Verbs[i].Fields, chat.FormField{Name: fmt.Sprintf("field%d", k), Help: strings.Repeat("h", 95)})
		}
	}
	set = commandsOf(v)
	if n := size(set.bodies[0]); n > longestCommand || len(set.bodies[0].Options) < 2 {
		t.Errorf("%d characters in %d sub-commands", n, len(set.bodies[0].Options))
	}
}

// TestWhatAnotherVerbSaysIsLeftOutFirst: "role" says what "lead" does.
func TestWhatAnotherVerbSaysIsLeftOutFirst(t *testing.T) {
	v := many(22)
	who := chat.FormField{Name: "who", Kind: chat.Somebody}
	v.Verbs = append([]chat.Verb{
		{Line: "incident role", Fields: []chat.FormField{{Name: "role", Kind: chat.Choice, Options: []chat.Option{{Value: "lead"}, {Value: "ops"}}}, who}},
		{Line: "incident lead", Fields: []chat.FormField{who}}, {Line: "incident ops", Fields: []chat.FormField{who}}}, v.Verbs...)
	set := commandsOf(v)
	_, ops := set.entries["incident ops"]
	_, lead := set.entries["incident lead"]
	_, last := set.entries["incident verb21"]
	if ops || !lead || !last {
		t.Errorf("ops %v, lead %v, the last verb %v", ops, lead, last)
	}
}

func TestGroups(t *testing.T) {
	set := commandsOf(vocabulary)
	for words, line := range map[string]string{"incident customers add": "incident customers add", "cre customer show": "cre customer", "cre customer add": "cre customer add",
		"incident say": "incident", "incident declare": "incident declare"} {
		if set.entries[words].line != line {
			t.Errorf("%q runs %q, want %q", words, set.entries[words].line, line)
		}
	}
	for _, o := range set.bodies[0].Options[0].Options {
		if o.Name == "severity" && (len(o.Choices) != 2 || o.Autocomplete) || o.Name == "customer" && !o.Autocomplete || o.Name == "title" && o.Autocomplete || o.Name == "drill" && o.Type != 5 {
			t.Errorf("option %+v", o)
		}
	}
}

// TestCommandsAreSentWhenTheyChange, and only then: Discord takes 200 new ones a day.
func TestCommandsAreSentWhenTheyChange(t *testing.T) {
	s := server(t)
	const put = "PUT /applications/{application}/guilds/{guild}/commands"
	for range 3 {
		if err := s.platform.register(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.CallsOf(put)); n != 1 {
		t.Errorf("sent %d times, want once", n)
	}
	s.platform.commands.bodies[0].Options[0].Description = "another"
	if err := s.platform.register(t.Context()); err != nil || len(s.CallsOf(put)) != 2 {
		t.Errorf("a change was sent %d times, %v", len(s.CallsOf(put))-1, err)
	}
}
