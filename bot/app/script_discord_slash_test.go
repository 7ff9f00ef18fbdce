package app

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/commands"
	"cresset/integrations/discord/discordtest"
)

// typedOnDiscord is a line of a script as somebody types it there: as the options
// of a command that is registered, or, where the words fit no option, behind "say".
func typedOnDiscord(d *discordtest.Server, line string) string {
	line = strings.TrimPrefix(line, "/")
	v, rest, found := verbOf(line)
	if found {
		if path := offered(d, v.Line); path != "" {
			if options, ok := optionsOf(v, rest); ok {
				return strings.TrimSpace("/" + path + " " + strings.Join(options, " "))
			}
		}
	}
	word, rest, _ := strings.Cut(line, " ")
	if rest == "" {
		return "/" + word + " say"
	}
	return "/" + word + " say line:" + rest
}

// verbOf is the command that a line begins with, by its own name.
func verbOf(line string) (best chat.Verb, rest string, found bool) {
	for _, v := range commands.Vocabulary("").Verbs {
		if after, ok := strings.CutPrefix(line+" ", v.Line+" "); ok && len(v.Line) > len(best.Line) {
			best, rest, found = v, strings.TrimSpace(after), true
		}
	}
	return best, rest, found
}

// offered is where the server's menu has a command, "" when it has not: as a person
// finds it who reads what each one does.
func offered(d *discordtest.Server, line string) string {
	for _, c := range d.Commands() {
		if path, found := described(c.Options, summaryOf(line)); found && strings.HasPrefix(line, c.Name+" ") {
			return c.Name + path
		}
	}
	return ""
}

// inOwnWords is a text with the lines that people are told to type, which they find
// in the menu, in the words of the scripts.
func inOwnWords(d *discordtest.Server, s string) string {
	if !strings.Contains(s, "`/") {
		return s
	}
	for _, v := range commands.Vocabulary("").Verbs {
		if path := offered(d, v.Line); path != "" && path != v.Line {
			s = strings.NewReplacer("`/"+path+" ", "`"+v.Line+" ", "`/"+path+"`", "`"+v.Line+"`").Replace(s)
		}
	}
	return s
}

func summaryOf(line string) string {
	for _, v := range commands.Vocabulary("").Verbs {
		if v.Line == line {
			return v.Summary
		}
	}
	return ""
}

func described(options []discordtest.CommandOption, as string) (path string, found bool) {
	for _, o := range options {
		switch o.Type {
		case 1:
			if strings.HasPrefix(as, strings.TrimSuffix(o.Description, "…")) {
				return " " + o.Name, true
			}
		case 2:
			if rest, found := described(o.Options, as); found {
				return " " + o.Name + rest, true
			}
		}
	}
	return "", false
}

var (
	identifier = regexp.MustCompile(`^(INC|R)-\d+$`)
	severity   = regexp.MustCompile(`^sev\d+$`)
	isFact     = regexp.MustCompile(`^(version|who):`)
)

// optionsOf gives the words of a line to the options of a command, as a person
// would who reads their names. It says false for words that fit none.
func optionsOf(v chat.Verb, line string) (options []string, ok bool) {
	used := map[string]bool{}
	give := func(name, value string) { options, used[name] = append(options, name+":"+value), true }
	var text []string
	for _, w := range strings.Split(line, " ") {
		f, value := fieldFor(v, used, w)
		switch {
		case f != "":
			give(f, value)
		case isFact.MatchString(w) && named(v, used, "fact", func(chat.FormField) bool { return true }) != "":
			give("fact", w)
		case strings.HasPrefix(w, "--"), strings.HasPrefix(w, "@"), severity.MatchString(w) && len(text) == 0, identifier.MatchString(w) && len(text) == 0:
			return nil, false
		case w != "" || len(text) > 0:
			text = append(text, w)
		}
	}
	if len(text) == 0 {
		return options, true
	}
	rest := restOf(v, used)
	for _, f := range v.Fields { // one word each, and then the rest
		if f.Optional || used[f.Name] || f.Name == rest || len(text) == 0 {
			continue
		}
		if len(f.Options) > 0 || f.Kind == chat.Somebody { // a person is chosen, "me" is typed
			return nil, false
		}
		give(f.Name, text[0])
		text = text[1:]
	}
	if rest != "" && len(text) > 0 {
		give(rest, strings.Join(text, " "))
	}
	return options, rest != ""
}

// restOf is the option that takes all that is left of a line: the text, or the last
// that must be said and is not one word.
func restOf(v chat.Verb, used map[string]bool) (rest string) {
	for _, name := range []string{"title", "text", "task", "what", "why", "reason", "name"} {
		if slices.ContainsFunc(v.Fields, func(f chat.FormField) bool { return f.Name == name && !used[name] }) {
			return name
		}
	}
	for _, f := range v.Fields {
		if !used[f.Name] && f.Kind != chat.OneLine && f.Kind != chat.Somebody && (!f.Optional || f.Name == "customer" && len(v.Fields) == 1) {
			rest = f.Name
		}
	}
	return rest
}

// fieldFor is the option that one word is for, and its value there.
func fieldFor(v chat.Verb, used map[string]bool, w string) (name, value string) {
	if flag, is := strings.CutPrefix(w, "--"); is {
		return named(v, used, flag, func(f chat.FormField) bool { return f.Kind == chat.Yes }), "true"
	}
	if key, value, is := strings.Cut(w, ":"); is && value != "" {
		if f := named(v, used, key, func(f chat.FormField) bool { return f.Kind != chat.Yes }); f != "" {
			return f, value
		}
	}
	for _, f := range inUsageOrder(v.Fields) {
		choice := slices.ContainsFunc(f.Options, func(o chat.Option) bool { return o.Value == w })
		id := identifier.MatchString(w) && f.From == map[byte]string{'I': chat.Incidents, 'R': chat.Requests}[w[0]]
		somebody := f.Kind == chat.Somebody && slices.Contains(people, strings.TrimPrefix(w, "@")) && strings.HasPrefix(w, "@")
		if !used[f.Name] && (choice || id || somebody) {
			return f.Name, strings.TrimPrefix(w, "@")
		}
	}
	return "", ""
}

// inUsageOrder puts what may be left out first, as `[INCIDENT] INTO` does, if all
// is there.
func inUsageOrder(fields []chat.FormField) []chat.FormField {
	fields = slices.Clone(fields)
	slices.SortStableFunc(fields, func(a, b chat.FormField) int {
		return map[bool]int{true: -1, false: 0}[a.Name == "incident"] + map[bool]int{true: 1, false: 0}[b.Name == "incident"]
	})
	return fields
}

func named(v chat.Verb, used map[string]bool, name string, kind func(chat.FormField) bool) string {
	for _, f := range v.Fields {
		if f.Name == name && !used[name] && kind(f) {
			return name
		}
	}
	return ""
}

func TestOptionsOf(t *testing.T) {
	for line, want := range map[string]string{
		"incident declare sev2 --private customer:acme keys were leaked": "severity:sev2 private:true customer:acme title:keys were leaked",
		"incident merge INC-2 INC-1":                                     "incident:INC-2 into:INC-1",
		"incident task watch the error rate @bob":                        "who:bob task:watch the error rate",
		"cre dup R-4 R-3":                                                "request:R-4 of:R-3",
		"cre wait R-3 customer they send the log files":                  "request:R-3 for:customer why:they send the log files",
		"cre event acme saturday the match":                              "customer:acme day:saturday what:the match",
		"cre event drop acme saturday":                                   "customer:acme day:saturday",
		"cre customer add umbrella tier:business Umbrella Ltd":           "tier:business key:umbrella name:Umbrella Ltd",
		"incident declare sev9 checkout is down":                         "",
		"incident declare --again sev3 the search is slow":               "",
		"incident lead @nobody INC-1":                                    "",
	} {
		v, rest, found := verbOf(line)
		options, ok := optionsOf(v, rest)
		if !found || ok != (want != "") || ok && strings.Join(options, " ") != want {
			t.Errorf("%q: got %q %v, want %q", line, options, ok, want)
		}
	}
}
