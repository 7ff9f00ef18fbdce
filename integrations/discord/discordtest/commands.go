package discordtest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Kinds of application commands.
const (
	chatInput      = 1
	userCommand    = 2
	messageCommand = 3
)

const (
	longestCommand = 8000 // names, descriptions and values together
	createsPerDay  = 200
)

// Command is an application command as Discord keeps it.
type Command struct {
	ID          string          `json:"id"`
	GuildID     string          `json:"guild_id"` // empty for everywhere, direct messages too
	Type        int             `json:"type"`     // 1 typed, 2 on a person, 3 on a message
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Options     []CommandOption `json:"options"`
	Needs       *Permissions    `json:"default_member_permissions"` // nil for everybody
}

// CommandOption is a word or a value of a command. Types 1 and 2 are sub-commands
// and groups of them; 3 text, 4 integer, 5 boolean, 6 user, 7 channel, 8 role, 10 number.
type CommandOption struct {
	Type         int             `json:"type"`
	Name         string          `json:"name"`
	Description  string          `json:"description"`
	Required     bool            `json:"required"`
	Autocomplete bool            `json:"autocomplete"`
	Choices      []Choice        `json:"choices"`
	Options      []CommandOption `json:"options"`
	MinValue     *float64        `json:"min_value"`
	MaxValue     *float64        `json:"max_value"`
	MinLength    *int            `json:"min_length"`
	MaxLength    *int            `json:"max_length"`
}

// Choice is what people may choose for an option.
type Choice struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Commands lists the commands that people are offered, the guild's first.
func (s *Server) Commands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.allCommands()
}

// offered are the commands that this person is offered in a channel. In direct messages
// there are none of the guild.
func (p *Person) offered(ch *channel) []Command {
	has := p.s.permissions(p.user, ch)
	return slices.DeleteFunc(p.s.allCommands(), func(c Command) bool {
		forbidden := c.Needs != nil && (*c.Needs == 0 && !has.has(Administrator) || !has.has(*c.Needs))
		return ch.with != "" && c.GuildID != "" || ch.with == "" && forbidden
	})
}

func (s *Server) allCommands() []Command {
	var all []Command
	for _, scope := range []string{s.GuildID, ""} {
		for _, command := range s.commands[scope] {
			var decoded Command
			decode(encode(command), &decoded)
			all = append(all, decoded)
		}
	}
	return all
}

// RawCommands lists the commands of the guild as Discord shows them to the app.
func (s *Server) RawCommands() json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return encode(append([]obj{}, s.commands[s.GuildID]...))
}

// scope is where the commands of the path count.
func (c *call) scope() (string, error) {
	guild := c.value("guild")
	switch {
	case c.value("application") != c.AppID:
		return "", refuse(404, 10002)
	case guild != "" && guild != c.GuildID:
		return "", errAccess
	}
	return guild, nil
}

func (c *call) listCommands() (any, error) {
	scope, err := c.scope()
	if err != nil {
		return nil, err
	}
	return append([]obj{}, c.commands[scope]...), nil
}

// putCommands replaces all commands of a scope. One that keeps its name keeps its ID.
func (c *call) putCommands() (any, error) {
	scope, err := c.scope()
	if err != nil {
		return nil, err
	}
	if err := checkCommands(c.list); err != nil {
		return nil, err
	}
	before := c.commands[scope]
	var after []obj
	created := 0
	for _, item := range c.list {
		command := object(item)
		kind := or(number(command["type"]), chatInput)
		command["type"], command["application_id"], command["version"] = kind, c.AppID, c.id()
		if scope != "" {
			command["guild_id"] = scope
		}
		i := slices.IndexFunc(before, func(old obj) bool { return old["name"] == command["name"] && number(old["type"]) == kind })
		if i >= 0 {
			command["id"] = before[i]["id"]
		} else {
			command["id"] = c.id()
			created++
		}
		after = append(after, command)
	}
	if err := c.countCreates(created); err != nil {
		return nil, err
	}
	c.commands[scope] = after
	return append([]obj{}, after...), nil
}

func (c *call) countCreates(n int) error {
	now := c.clock()
	c.creates = slices.DeleteFunc(c.creates, func(at time.Time) bool { return now.Sub(at) >= 24*time.Hour })
	if len(c.creates)+n > createsPerDay {
		return &refusal{status: 400, code: 30034, message: "Max number of daily application command creates has been reached (200)"}
	}
	for range n {
		c.creates = append(c.creates, now)
	}
	return nil
}

// checkCommands holds the commands of one scope against the limits.
func checkCommands(all []any) error {
	var f form
	most := map[int64]int{chatInput: 100, userCommand: 15, messageCommand: 15}
	seen := map[string]bool{}
	for i, item := range all {
		path := strconv.Itoa(i)
		command := f.object(path, item)
		kind := f.integer(in(path, "type"), command["type"], chatInput, messageCommand, chatInput)
		f.command(path, command, kind)
		name := strconv.FormatInt(kind, 10) + text(command["name"])
		if seen[name] {
			f.bad(in(path, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[name] = true
		if most[kind]--; most[kind] == -1 {
			return &refusal{status: 400, code: 30032, message: "Maximum number of application commands reached"}
		}
	}
	return f.refusal()
}

func (f *form) command(path string, c obj, kind int64) {
	if kind != chatInput {
		f.text(in(path, "name"), c["name"], 1, 32)
		if text(c["description"]) != "" || len(items(c["options"])) > 0 {
			f.bad(in(path, "description"), "APPLICATION_COMMAND_DESCRIPTION_UNEXPECTED", "Context menu commands have neither description nor options")
		}
		return
	}
	f.named(path, c)
	f.commandOptions(path, c["options"], 0)
	if n := sizeOfCommand(c); n > longestCommand {
		f.bad(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", longestCommand)
	}
}

var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

func (f *form) named(path string, c obj) {
	name := f.text(in(path, "name"), c["name"], 1, 32)
	if !commandName.MatchString(name) || strings.ToLower(name) != name {
		f.bad(in(path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
	f.text(in(path, "description"), c["description"], 1, 100)
}

// commandOptions checks options at a depth: 0 in a command, 1 in a group or a
// sub-command of it, 2 in a sub-command of a group.
func (f *form) commandOptions(path string, v any, depth int) {
	path = in(path, "options")
	all := f.list(path, v, 0, 25)
	seen := map[string]bool{}
	optional, words := false, 0
	for i, item := range all {
		place := at(path, i)
		o := f.object(place, item)
		f.named(place, o)
		kind := f.integer(in(place, "type"), or(o["type"], any("")), 1, 11, 0)
		if seen[text(o["name"])] {
			f.bad(in(place, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option name must be unique")
		}
		seen[text(o["name"])] = true
		if kind <= 2 {
			words++
			f.subCommand(place, o, kind, depth)
			continue
		}
		if o["required"] == true && optional {
			f.bad(place, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || o["required"] != true
		f.valueOption(place, o, kind)
	}
	if words > 0 && words < len(all) {
		f.bad(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
}

const (
	subCommandOption = 1
	groupOption      = 2
)

func (f *form) subCommand(path string, o obj, kind int64, depth int) {
	inGroup := depth == 1
	if depth > 1 || inGroup && kind == groupOption {
		f.bad(in(path, "type"), "BASE_TYPE_CHOICES", "Sub-commands are one level deep in a group")
		return
	}
	if kind == groupOption {
		f.list(in(path, "options"), o["options"], 1, 25)
		for i, item := range items(o["options"]) {
			if number(object(item)["type"]) != subCommandOption {
				f.bad(in(at(in(path, "options"), i), "type"), "BASE_TYPE_CHOICES", "A group has sub-commands only")
			}
		}
		f.commandOptions(path, o["options"], 1)
		return
	}
	f.commandOptions(path, o["options"], 2)
}

func (f *form) valueOption(path string, o obj, kind int64) {
	choices := f.list(in(path, "choices"), o["choices"], 0, 25)
	for i, item := range choices {
		place := at(in(path, "choices"), i)
		choice := f.object(place, item)
		f.text(in(place, "name"), choice["name"], 1, 100)
		if _, isNumber := choice["value"].(json.Number); isNumber == (kind == 3) {
			f.bad(in(place, "value"), "BASE_TYPE_CHOICES", "The value is not of the option's type")
		} else if kind == 3 {
			f.text(in(place, "value"), choice["value"], 1, 100)
		}
	}
	typed := kind == 3 || kind == 4 || kind == 10
	if (o["autocomplete"] == true || len(choices) > 0) && !typed {
		f.bad(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This option can have neither choices nor autocomplete")
	}
	if o["autocomplete"] == true && len(choices) > 0 {
		f.bad(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Autocomplete and choices are mutually exclusive")
	}
	if kind == 3 {
		f.integer(in(path, "min_length"), o["min_length"], 0, 6000, 0)
		f.integer(in(path, "max_length"), o["max_length"], 1, 6000, 6000)
	}
}

// sizeOfCommand counts what Discord counts.
func sizeOfCommand(c obj) int {
	n := utf8.RuneCountInString(text(c["name"])) + utf8.RuneCountInString(text(c["description"]))
	for _, item := range items(c["choices"]) {
		choice := object(item)
		n += utf8.RuneCountInString(text(choice["name"])) + utf8.RuneCountInString(text(choice["value"]))
	}
	for _, item := range items(c["options"]) {
		n += sizeOfCommand(object(item))
	}
	return n
}
