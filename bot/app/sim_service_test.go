package app

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

// A simService is one chat service of a simulated world. Everything else of the
// simulation is the same whatever people meet on.
type simService interface {
	name() string    // as the bot calls it
	section() string // of the bot's configuration
	account(name string) account
	protocol
	holding
}

// A protocol is how a service and the bot speak with each other.
type protocol interface {
	host() string // where the bot calls
	read(r *http.Request, body []byte) *simCall
	does(r *http.Request) (*http.Response, error)
	outcome(status int, body []byte) string  // in a word; "ok"
	troubles(c *simCall) []trouble           // beside those of any network
	asks(e intent, c *simCall) bool          // whether an errand asks for a call
	answers(c *simCall) bool                 // whether a call is a word to one person about what they did, which nobody promises
	quiet(c *simCall) bool                   // whether it changes nothing
	arrived(path string, body []byte) simAct // what somebody did, as the bot hears it over HTTP
	settled(path string, answer []byte) (told string, done bool)
	callback(c *simCall) (key, told string, done bool) // of an act that is answered by a call; "" for none
	again(path string, body []byte) *http.Request      // the same once more; nil where that does not happen
	outage(down bool)
	mishaps() []func() // what befalls what keeps the two connected
}

// A holding is what a service holds, for the promises to look at.
type holding interface {
	channels() []seenChannel
	direct(name string) []seenMessage
	takeName(name, how string) (id string) // a person makes a channel; "" where one of that name is there
	mark(identity string) string           // what a message with this identity carries
	problems() []string                    // what it would not have
	carries(c *simCall) bearing
}

// An account is one of the people on one service: what they see there, and can do.
type account interface {
	name() string // of the service
	key() string
	places() []string // where they can say something
	slash(where, line string, complete bool) (told, failed string)
	write(where, text string) (id string)
	mention(where, line string)
	ticket(where, id string) // puts 🎫 on a message
	shortcut(where, id string)
	buttons(where string) []button // of the last messages
	press(where string, b button) (failed string)
	form() *openForm // nil when none is open
	submit(f *openForm, values map[string]string) (problem string)
	dismiss(f *openForm)
}

// A button of a message that somebody sees.
type button struct{ message, label string }

// An openForm is a form as somebody sees it.
type openForm struct {
	title  string
	fields []openField
	native any
}

// An openField is to be filled in: with words, or with one of its options.
type openField struct {
	label   string
	options []string
	text    bool
}

// A simCall is one call of the bot's.
type simCall struct {
	on      simService
	life    int
	method  string
	args    url.Values // whom and what it names
	body    json.RawMessage
	raw     string // all that left with it
	at      time.Time
	outcome string
	errand  uint64 // that asked for it
	room    string // the name of the room that it makes
	says    bool   // it is a message
}

// A simAct is something that somebody did with the bot.
type simAct struct {
	key, user, line string
	must            bool   // its answer promises that it is done
	again           bool   // a second delivery of it may come
	in              string // key of the channel; of an act that nobody answers, which must be heard all the same
}

// A bearing is where a call takes what is in it.
type bearing struct {
	into string // key of a channel
	to   string // key of an account
	hush bool   // a private channel is made
}

// A seenChannel is a channel as it stands.
type seenChannel struct {
	key, id, name  string
	topic, purpose string
	own            bool   // a room that the bot made
	incident       string // whose room it is, by its mark or its name
	private        bool
	archived       bool
	members        []string // keys of the accounts that are in it
	pins           []string
	messages       []seenMessage
}

// A seenMessage is a message as people see it.
type seenMessage struct {
	id, thread string
	text       string // plain
	mark       string // of the intent behind it; "" where nobody keeps one
	raw        string
	bot        bool
}

// A trouble is one way in which a call goes wrong.
type trouble struct {
	name string
	bend func(*fate, *rand.Rand)
}
