package chat

// A Vocabulary is what people can do on a platform besides talking. The bot
// hands it to each platform, which offers what it can and turns each act into
// the command line that stands here.
type Vocabulary struct {
	Slash     []Slash           // slash commands, in the order of help
	Reactions map[string]string // emoji name, no colons -> command line: "pushpin" -> "incident pin"
	Shortcuts []Shortcut        // in a message's menu
	// Complete proposes lines that continue what p has typed; nil proposes none.
	Complete func(p Person, typed string) []Option
}

// A Slash is one slash command; what follows it is the rest of the line.
type Slash struct {
	Name    string // as typed, no slash, prefix included: "incident"
	Line    string // the word that the line begins with: "incident"
	Summary string
	Hint    string // "declare [sev2] [customer:acme] TEXT"
}

// A Shortcut acts on one message.
type Shortcut struct {
	ID    string
	Label string // at most 24 characters
	Line  string
}
