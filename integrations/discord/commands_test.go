package discord

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/commands"
)

// many is a vocabulary with so many verbs, each with a help of that length.
func many(n, help int) chat.Vocabulary {
	v := chat.Vocabulary{Slash: []chat.Slash{{Name: "incident", Line: "incident", Summary: "work"}}}
	for i := range n {
		v.Verbs = append(v.Verbs, chat.Verb{Line: fmt.Sprintf("incident verb%d", i), Summary: strings.Repeat("s", help)})
	}
	return v
}

// TestEveryNumberOfVerbsFits: the first stand on top, the others in groups, and
// Discord takes them all.
func TestEveryNumberOfVerbsFits(t *testing.T) {
	for _, n := range []int{1, 23, 24, 25, 26, 47, 48, 49, 50, 72, 73, 120, 200} {
		s := server(t)
		for _, pairs := range []int{0, 1, 30} {
			v := many(n, 2)
			for i := range pairs {
				v.Verbs = append(v.Verbs, chat.Verb{Line: fmt.Sprintf("incident pair%d add%d", i%2, i)})
			}
			s.platform.commands = commandsOf(v)
			if err := s.platform.register(t.Context()); err != nil {
				t.Fatalf("%d verbs and %d pairs: %v", n, pairs, err)
			}
			lines := map[string]bool{}
			for _, e := range s.platform.commands.entries {
				lines[e.line] = true
			}
			if len(lines) != n+pairs+1 {
				t.Errorf("of %d verbs and %d pairs, %d are registered", n, pairs, len(lines)-1)
			}
		}
	}
}

func TestTheFirstVerbsStandOnTop(t *testing.T) {
	set := commandsOf(many(60, 2))
	for words, line := range map[string]string{"incident verb0": "incident verb0", "incident verb21": "incident verb21", "incident more verb22": "incident verb22",
		"incident more verb46": "incident verb46", "incident more-2 verb47": "incident verb47", "incident more-2 verb59": "incident verb59", "incident verb22": ""} {
		if got := set.entries[words].line; got != line {
			t.Errorf("%q runs %q, want %q", words, got, line)
		}
	}
	options := set.bodies[0].Options
	if more := options[22]; more.Name != "more" || !strings.HasPrefix(more.Description, "verb22, verb23, ") || options[24].Name != say {
		t.Errorf("behind the verbs on top stand %q: %q, and last %q", more.Name, more.Description, options[24].Name)
	}
}

// TestWhatIsTooLongIsLeftOut: Discord takes 8,000 characters for a command.
func TestWhatIsTooLongIsLeftOut(t *testing.T) {
	set := commandsOf(many(100, 90))
	if n := size(set.bodies[0]); n > longestCommand || n < longestCommand-200 {
		t.Errorf("%d characters", n)
	}
	_, first := set.entries["incident verb0"]
	_, any := set.entries["incident "+say]
	if !first || !any {
		t.Errorf("the first verb %v, any line %v", first, any)
	}
}

// TestEveryCommandIsReachable: whoever chooses a command of cresset, and fills every
// field that Discord has of it, says that line and those words.
func TestEveryCommandIsReachable(t *testing.T) {
	v := commands.Vocabulary("x-")
	s := serverFor(t, v)
	s.run(t)
	s.serve(t)
	words := map[string]string{}
	for w, e := range s.platform.commands.entries {
		words[e.line] = w
	}
	for _, verb := range v.Verbs {
		typed, want := "/"+words[verb.Line], map[string]string{}
		for i, f := range verb.Fields {
			value := fmt.Sprintf("some words %d", i)
			switch {
			case f.Kind == chat.Yes:
				value = "true"
			case f.Kind == chat.Somebody:
				value = "@bob"
			case f.Kind == chat.Choice && len(f.Options) > 0:
				value = f.Options[len(f.Options)-1].Value
			}
			typed, want[f.Name] = typed+" "+f.Name+":"+value, value
		}
		if a := s.As("ada").Slash("#ops", typed); a.Failed != "" {
			t.Errorf("%s: %s", typed, a.Failed)
		}
		if e := s.last(t); e.Line != verb.Line || !maps.Equal(e.Named, want) {
			t.Errorf("%s says %q %v, want %v", typed, e.Line, e.Named, want)
		}
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

// TestPeopleAreToldWhatTheMenuHas: a line that the bot says to type is where the menu
// has it, and means the same when it is typed like that.
func TestPeopleAreToldWhatTheMenuHas(t *testing.T) {
	s := serverFor(t, commands.Vocabulary("x-"))
	s.run(t)
	for own, typed := range map[string]string{"cre take R-1": "x-cre take R-1", "cre rate R-1 good": "x-cre more rate R-1 good", "cre customer acme": "x-cre customer show acme",
		"cre event acme friday the match": "x-cre event add acme friday the match", "cre customer add acme": "x-cre customer add acme", "cre reply R-1 yes": "x-cre reply R-1 yes"} {
		s.says(chat.Replyf("Say `" + own + "`."))
		told := len(s.As("ada").DMs())
		s.As("ada").Mention("#ops", "/"+typed)
		eventually(t, "an answer", func() bool { return len(s.As("ada").DMs()) > told })
		if e := s.last(t); e.Line != own {
			t.Errorf("/%s says %q, want %q", typed, e.Line, own)
		}
		if said := shownIn(s.As("ada").DMs()[told]); said != "Say `/"+typed+"`." {
			t.Errorf("of %q is said %s", own, said)
		}
		_, line, _ := strings.Cut(typed, " ")
		s.As("ada").Slash("#ops", "/x-cre say line:"+line)
		if e := s.last(t); e.Line != own {
			t.Errorf("%q behind say says %q, want %q", line, e.Line, own)
		}
	}
}

// TestWhatIsProposed: whatever the bot knows something of.
func TestWhatIsProposed(t *testing.T) {
	proposed := map[string]bool{}
	for _, v := range commands.Vocabulary("").Verbs {
		for _, o := range optionsFor(v) {
			if o.Autocomplete {
				proposed[o.Name] = true
			}
		}
	}
	for _, option := range []string{"customer", "incident", "request", "kind", "department", "component", "environment", "service", "platform"} {
		if !proposed[option] {
			t.Errorf("for %s nothing is proposed", option)
		}
		delete(proposed, option)
	}
	for _, option := range []string{"title", "what", "text"} {
		if proposed[option] {
			t.Errorf("who writes %s is disturbed", option)
		}
	}
}

func TestProposals(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		for typed, want := range map[string]string{
			"/incident declare customer:ac":     "customers-ac",
			"/incident declare customer:acme,g": "acme,customers-g",
			"/incident say line:decl":           "declx",
		} {
			a := s.As("ada").Autocomplete("#ops", typed)
			if a.Failed != "" || len(a.Choices) != 1 || a.Choices[0].Value != want {
				t.Errorf("%q proposes %+v, want %q", typed, a, want)
			}
		}
	})
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
