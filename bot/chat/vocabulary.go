package chat

// A Vocabulary is what people can do on a platform besides talking. The bot
// hands it to each platform, which offers what it can and turns each act into
// the command line that stands here.
type Vocabulary struct {
	Slash     []Slash           // slash commands, in the order of help
	Reactions map[string]string // emoji name, no colons -> command line: "pushpin" -> "incident pin"
	Shortcuts []Shortcut        // in a message's menu
	Verbs     []Verb            // every command that is shown to people, in the order of help
	// Home is the line whose answer a person finds on a page of their own, where the
	// platform has one; elsewhere people type it.
	Home string
	// RoomChanged is said in a room when the platform tells that people renamed,
	// archived, deleted or shared it, or removed the bot, and RoomMoved, with the
	// new id of the room behind it, when it has another. The bot says them itself.
	RoomChanged, RoomMoved string
	// Overhear is what the bot hears of talk that is not for it; nil: nothing.
	Overhear *Overhear
	// Suggest proposes at most 25 values of what a FormField comes from, such as
	// customers, that p may see and that begin with or contain what was typed.
	Suggest func(p Person, from, typed string) []Option
	// Complete proposes lines that continue what p has typed; nil proposes none.
	Complete func(p Person, typed string) []Option
}

// What a [FormField] may come from.
const (
	Customers = "customers"
	Incidents = "incidents"
	Requests  = "requests"
	Platforms = "platforms"
)

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

// A Verb is one command with what may be said to it, for platforms that know the
// words of a command before somebody types them. What is given to it by name goes
// into Event.Named.
type Verb struct {
	Line    string   // "incident customers add"
	Aliases []string // other lines that run it
	Summary string
	Fields  []FormField // its arguments, those that must be said first
}
