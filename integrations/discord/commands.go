package discord

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

// Discord's limits of commands.
const (
	mostSubCommands = 25
	longestCommand  = 8000 // all names, descriptions and choices of one
	longestHelp     = 100
	longestTyped    = 6000
)

// say is the sub-command that takes any line: what did not fit, and what people
// know by heart.
const say = "say"

// commandSet is what is registered, and what each of it means.
type commandSet struct {
	bodies    []command
	entries   map[string]entry  // by the words, "incident declare"
	shortcuts map[string]string // name in the menu of a message -> line
}

// An entry is what a sub-command runs.
type entry struct {
	line   string
	free   bool // the option holds the rest of the line
	fields []chat.FormField
}

// typed is how each line begins in the menu.
func (set commandSet) typed() map[string]string {
	typed := map[string]string{}
	for words, e := range set.entries {
		if !e.free {
			typed[e.line] = words
		}
	}
	return typed
}

// mostWords is how many words a command in the menu has.
const mostWords = 3

// spoken is a line that was typed as the menu has it, in the bot's own words.
func (set commandSet) spoken(line string) string {
	spoken, words, rest := strings.TrimSpace(line), "", strings.TrimPrefix(strings.TrimSpace(line), "/")
	for range mostWords {
		end := strings.IndexFunc(rest+" ", unicode.IsSpace)
		words = strings.TrimSpace(words + " " + strings.ToLower(rest[:end]))
		rest = strings.TrimSpace(rest[end:])
		if e, known := set.entries[words]; known {
			spoken = strings.TrimSpace(e.line + " " + rest)
		}
	}
	return spoken
}

// command is a command, a sub-command or an option, as Discord takes and gives it.
type command struct {
	Type         int             `json:"type"`
	Name         string          `json:"name"`
	Description  string          `json:"description,omitempty"`
	Options      []command       `json:"options,omitempty"`
	Choices      []commandChoice `json:"choices,omitempty"`
	Autocomplete bool            `json:"autocomplete,omitempty"`
	MaxLength    int             `json:"max_length,omitempty"`
}

type commandChoice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// commandsOf makes the commands from the vocabulary.
func commandsOf(v chat.Vocabulary) commandSet {
	set := commandSet{entries: map[string]entry{}, shortcuts: map[string]string{}}
	for _, s := range v.Slash {
		set.add(s, v.Verbs)
	}
	for _, s := range v.Shortcuts {
		set.bodies = append(set.bodies, command{Type: int(discordgo.MessageApplicationCommand), Name: chat.Cut(s.Label, 32)})
		set.shortcuts[chat.Cut(s.Label, 32)] = s.Line
	}
	return set
}

// add makes one slash command with the verbs that begin with its word. What is too
// long for Discord loses the last of them, which people say behind "say".
func (set *commandSet) add(s chat.Slash, verbs []chat.Verb) {
	verbs = slices.DeleteFunc(slices.Clone(verbs), func(v chat.Verb) bool { return !strings.HasPrefix(v.Line, s.Line+" ") })
	for {
		body, entries := slashCommand(s, verbs)
		if size(body) <= longestCommand {
			set.bodies = append(set.bodies, body)
			maps.Copy(set.entries, entries)
			return
		}
		verbs = verbs[:len(verbs)-1]
	}
}

// slashCommand is one command with a sub-command for each verb, and for any line.
func slashCommand(s chat.Slash, verbs []chat.Verb) (command, map[string]entry) {
	body := command{Type: int(discordgo.ChatApplicationCommand), Name: s.Name, Description: described(s.Summary, s.Name)}
	entries := map[string]entry{}
	places := placesOf(s, verbs)
	for _, v := range verbs {
		words := places[v.Line]
		if len(words) == 0 {
			continue
		}
		body.place(words, command{Type: int(discordgo.ApplicationCommandOptionSubCommand), Name: words[len(words)-1], Description: described(v.Summary, v.Line), Options: optionsFor(v)})
		entries[s.Name+" "+strings.Join(words, " ")] = entry{line: v.Line, fields: v.Fields}
	}
	body.Options = append(body.Options, command{Type: int(discordgo.ApplicationCommandOptionSubCommand), Name: say,
		Description: described("run any line, such as "+s.Hint, say),
		Options: []command{{Type: int(discordgo.ApplicationCommandOptionString), Name: "line", Description: "as you would type it, behind the name of the command",
			Autocomplete: true, MaxLength: longestTyped}}})
	entries[s.Name+" "+say] = entry{line: s.Line, free: true}
	entries[s.Name] = entry{line: s.Line, free: true} // nobody can choose it, but say it
	return body, entries
}

// optionsFor are the arguments of a verb. None is required: where one is missing,
// a form opens.
func optionsFor(v chat.Verb) []command {
	var all []command
	for _, f := range v.Fields {
		if len(all) == mostSubCommands || !commandName.MatchString(f.Name) || strings.ToLower(f.Name) != f.Name {
			continue
		}
		o := command{Name: f.Name, Description: described(f.Help, f.Label), Type: int(discordgo.ApplicationCommandOptionString)}
		switch {
		case f.Kind == chat.Yes:
			o.Type = int(discordgo.ApplicationCommandOptionBoolean)
		case f.Kind == chat.Somebody:
			o.Type = int(discordgo.ApplicationCommandOptionUser)
		case len(f.Options) > 0 && len(f.Options) <= mostOptions && f.Kind == chat.Choice:
			for _, c := range f.Options {
				o.Choices = append(o.Choices, commandChoice{Name: chat.Cut(cmp.Or(c.Label, c.Value), 100), Value: c.Value})
			}
		default:
			o.Autocomplete, o.MaxLength = f.From != "", longestTyped
		}
		all = append(all, o)
	}
	return all
}

func described(text, otherwise string) string {
	return cmp.Or(oneLineOf(text, longestHelp), oneLineOf(otherwise, longestHelp), "–")
}

// size is what Discord counts of a command.
func size(c command) int {
	n := utf8.RuneCountInString(c.Name + c.Description)
	for _, o := range c.Choices {
		n += utf8.RuneCountInString(o.Name + o.Value)
	}
	for _, o := range c.Options {
		n += size(o)
	}
	return n
}

// register makes the server's commands what they should be. Discord takes 200 new
// ones a day, so nothing is sent when nothing is to change.
func (p *Platform) register(ctx context.Context) error {
	same, err := p.registered(ctx)
	if err != nil || same {
		return err
	}
	err = p.call(ctx, request{method: http.MethodPut, path: p.commandsPath(), body: p.commands.bodies}, nil)
	if err == nil {
		p.options.Log.Info("commands registered", "platform", name, "commands", len(p.commands.bodies))
	}
	return aboutCommands(err)
}

// aboutCommands is a refusal of a call about commands.
func aboutCommands(err error) error {
	err = seen(refusal("", err))
	var e *chat.SendError
	if errors.As(err, &e) && code(err) == missingAccess {
		e.Advice = "the app may not have commands in the server: open the invite link of `cresset manifest discord` again"
	}
	return err
}

// registered says whether the server has exactly these commands.
func (p *Platform) registered(ctx context.Context) (bool, error) {
	var there []command
	if err := p.call(ctx, request{method: http.MethodGet, path: p.commandsPath()}, &there); err != nil {
		return false, aboutCommands(err)
	}
	return bytes.Equal(sorted(there), sorted(p.commands.bodies)), nil
}

func (p *Platform) commandsPath() string {
	return fmt.Sprintf("/applications/%s/guilds/%s/commands", p.settings.ApplicationID, p.settings.Guild)
}

// sorted is a list of commands in one order, to be compared.
func sorted(all []command) []byte {
	all = slices.SortedFunc(slices.Values(all), func(a, b command) int {
		return strings.Compare(fmt.Sprint(a.Type, a.Name), fmt.Sprint(b.Type, b.Name))
	})
	js, _ := json.Marshal(all) // our own types always encode
	return js
}

// propose answers while somebody types.
func (p *Platform) propose(ctx context.Context, d interaction) []commandChoice {
	words, options := []string{d.Data.Name}, d.Data.Options
	for len(options) == 1 && options[0].Type <= int(discordgo.ApplicationCommandOptionSubCommandGroup) {
		words, options = append(words, options[0].Name), options[0].Options
	}
	e := p.commands.entries[strings.Join(words, " ")]
	i := slices.IndexFunc(options, func(o option) bool { return o.Focused })
	if i < 0 {
		return nil
	}
	by, _ := p.actor(ctx, d)
	typed := options[i].text()
	if e.free {
		return p.proposeLine(by, e.line, typed)
	}
	f := slices.IndexFunc(e.fields, func(f chat.FormField) bool { return f.Name == options[i].Name })
	if f < 0 || p.vocabulary.Suggest == nil {
		return nil
	}
	before := ""
	if e.fields[f].Kind == chat.Choices { // several, with commas between
		if comma := strings.LastIndexByte(typed, ','); comma >= 0 {
			before, typed = typed[:comma+1], strings.TrimSpace(typed[comma+1:])
		}
	}
	return choicesOf(p.vocabulary.Suggest(by, e.fields[f].From, typed), before)
}

// proposeLine continues a line behind the word of its command.
func (p *Platform) proposeLine(by chat.Person, word, typed string) []commandChoice {
	if p.vocabulary.Complete == nil {
		return nil
	}
	options := p.vocabulary.Complete(by, word+" "+typed)
	for i := range options {
		options[i].Value = strings.TrimSpace(strings.TrimPrefix(options[i].Value, word+" "))
	}
	return choicesOf(options, "")
}

func choicesOf(options []chat.Option, before string) []commandChoice {
	all := []commandChoice{}
	for _, o := range options {
		if value := before + o.Value; o.Value != "" && length(value) <= 100 && len(all) < mostOptions {
			all = append(all, commandChoice{Name: oneLineOf(before+cmp.Or(o.Label, o.Value), 100), Value: value})
		}
	}
	return all
}
