package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/outbox"
	"cresset/integrations/discord/discordtest"
	"cresset/store"
)

func (w *simDiscord) host() string { return "localhost" }

func (w *simDiscord) does(r *http.Request) (*http.Response, error) {
	return w.d.Transport().RoundTrip(r)
}

// What stands behind these words of a path is an identifier.
var discordNamed = map[string]string{"channels": "channel", "guilds": "guild", "messages": "message", "pins": "message", "permissions": "user",
	"members": "user", "reactions": "emoji", "applications": "app", "interactions": "interaction", "webhooks": "app"}

// read gives a call its route, such as "POST /channels/{channel}/messages", and
// its arguments.
func (w *simDiscord) read(r *http.Request, body []byte) *simCall {
	c := &simCall{on: w, raw: string(body), args: url.Values{}, body: discordBody(r, body)}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v10/"), "/")
	for i := 1; i < len(parts); i++ {
		name := discordNamed[parts[i-1]]
		switch {
		case name != "" && parts[i] != "pins":
		case i == 2 && slices.Contains([]string{"interactions", "webhooks"}, parts[0]):
			name = "token"
		default:
			continue
		}
		c.args.Set(name, parts[i])
		parts[i] = "{" + name + "}"
	}
	c.method = r.Method + " /" + strings.Join(parts, "/")
	said := w.said(c)
	c.args.Set("name", said.Name)
	c.args.Set("text", discordWords(said.Components))
	c.says = c.method == "POST /channels/{channel}/messages"
	if c.method == "POST /guilds/{guild}/channels" && said.Type == 0 {
		c.room = said.Name
	}
	return c
}

// discordBody is the JSON of a body, beside the files of one in parts.
func discordBody(r *http.Request, body []byte) json.RawMessage {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // none has no parts
	if kind != "multipart/form-data" {
		return body
	}
	part, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).NextPart()
	if err != nil {
		return nil
	}
	content, _ := io.ReadAll(part) // it is in memory
	return content
}

// discordSaid is what the body of a call says.
type discordSaid struct {
	Name         string                  `json:"name"`
	Type         int                     `json:"type"`
	Topic        string                  `json:"topic"`
	Flags        int                     `json:"flags"`
	Nonce        string                  `json:"nonce"`
	EnforceNonce bool                    `json:"enforce_nonce"`
	Components   []discordtest.Component `json:"components"`
	Overwrites   []discordtest.Overwrite `json:"permission_overwrites"`
	Data         json.RawMessage         `json:"data"`
}

func (w *simDiscord) said(c *simCall) (s discordSaid) {
	_ = json.Unmarshal(c.body, &s) // what is no JSON, or a list, says nothing of it
	return s
}

func (w *simDiscord) outcome(status int, body []byte) string {
	if status < 300 {
		return "ok"
	}
	var refused struct{ Code int }
	_ = json.Unmarshal(body, &refused) // a page of the front has no code
	return fmt.Sprintf("%d %d", status, refused.Code)
}

var discordTroubles = []trouble{
	{"done, but 500", func(f *fate, _ *rand.Rand) { f.answer = statusOf(http.StatusInternalServerError) }},
	{"done, but 502", func(f *fate, _ *rand.Rand) { f.answer = statusOf(http.StatusBadGateway) }},
	{"500", func(f *fate, _ *rand.Rand) { f.answer, f.effect = statusOf(http.StatusInternalServerError), false }},
	{"502", func(f *fate, _ *rand.Rand) { f.answer, f.effect = statusOf(http.StatusBadGateway), false }},
	{"429 with Retry-After", func(f *fate, r *rand.Rand) { f.answer, f.effect = discord429("user", 0, r.IntN(40_000)), false }},
	{"429 for the whole bot", func(f *fate, r *rand.Rand) { f.answer, f.effect = discord429("global", 0, r.IntN(10_000)), false }},
	{"429, by others", func(f *fate, r *rand.Rand) { f.answer, f.effect = discord429("shared", 0, r.IntN(40_000)), false }},
}

// throttled is what a channel says of which too much was changed.
var throttled = trouble{"20028", func(f *fate, r *rand.Rand) { f.answer, f.effect = discord429("shared", 20028, r.IntN(600_000)), false }}

func (w *simDiscord) troubles(c *simCall) []trouble {
	if c.method == "PATCH /channels/{channel}" {
		return append(slices.Repeat([]trouble{throttled}, 8), discordTroubles...)
	}
	return discordTroubles
}

func discord429(scope string, code, after int) func() *http.Response {
	return func() *http.Response {
		wait := time.Duration(after+1) * time.Millisecond
		r := answering(http.StatusTooManyRequests, fmt.Sprintf(`{"message":"You are being rate limited.","code":%d,"retry_after":%.3f,"global":%v}`,
			code, wait.Seconds(), scope == "global"))
		r.Header.Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
		r.Header.Set("X-RateLimit-Scope", scope)
		return r
	}
}

// mark is the nonce of a message with an identity, which stays through every edit.
func (w *simDiscord) mark(identity string) string {
	sum := sha256.Sum256([]byte("cresset nonce " + identity))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}

// findable reports whether a message has the numbers in its first two components
// by which the bot finds one of this identity.
func findable(all []discordtest.Component, identity string) bool {
	sum := sha256.Sum256([]byte("cresset message " + identity))
	number := func(b []byte) int { return int(binary.BigEndian.Uint32(b)&0x7fffffff | 1<<20) }
	return len(all) > 0 && all[0].ID == number(sum[:4]) && len(all[0].Components) > 0 && all[0].Components[0].ID == number(sum[4:8])
}

// asks says for each route with an effect whether an errand asks for a call.
func (w *simDiscord) asks(e intent, c *simCall) bool {
	said := w.said(c)
	switch c.method {
	case "POST /channels/{channel}/messages":
		id := outbox.Identity(e.generation, e.ID)
		return e.Kind == store.Say && findable(said.Components, id) && said.Nonce == w.mark(id) && said.EnforceNonce
	case "PATCH /channels/{channel}/messages/{message}":
		return e.replaces(c.args.Get("message"))
	case "POST /channels/{channel}/messages/{message}/threads":
		return e.Kind == store.Say && e.Place.Thread == c.args.Get("message")
	case "POST /guilds/{guild}/channels":
		return e.Kind == store.OpenRoom && (c.room == "" || c.room == nth(e.Room.Name, e.Suffix) && strings.Contains(said.Topic, e.Room.Mark))
	case "PUT /channels/{channel}/permissions/{user}":
		return e.Kind == store.Invite && e.Place.Channel == c.args.Get("channel") &&
			slices.ContainsFunc(e.People, func(p chat.Person) bool { return p.ID == c.args.Get("user") })
	case "PATCH /channels/{channel}":
		kind := map[bool]store.ErrandKind{true: store.CloseRoom, false: store.Describe}[said.Overwrites != nil]
		return e.Kind == kind && e.Place.Channel == c.args.Get("channel")
	case "PUT /channels/{channel}/messages/pins/{message}":
		return e.Kind == store.Pin && e.Ref.ID == c.args.Get("message")
	}
	return false
}

// answers reports whether a call asks for nothing but an answer to a person, or
// changes nothing that people see.
func (w *simDiscord) answers(c *simCall) bool {
	if c.says {
		nonce := w.said(c).Nonce
		for key := range w.acts {
			if w.mark(key) == nonce {
				return true
			}
		}
		return false
	}
	return w.quiet(c) || c.args.Has("token") || slices.Contains([]string{"PUT /applications/{app}/guilds/{guild}/commands", "POST /users/@me/channels"}, c.method)
}

func (w *simDiscord) quiet(c *simCall) bool { return strings.HasPrefix(c.method, "GET ") }

// discordAct is an interaction as the bot hears it.
type discordAct struct {
	ID, Token string
	Type      int
	Member    struct{ User struct{ ID string } }
	Data      json.RawMessage
}

func (w *simDiscord) arrived(_ string, body []byte) simAct {
	var in discordAct
	_ = json.Unmarshal(body, &in) // the fake's own JSON
	if in.Type == 1 {
		return simAct{} // it is Discord that asks
	}
	w.holds(in.Token, "discord:"+in.ID)
	user := "discord:" + in.Member.User.ID
	return simAct{key: "discord:" + in.ID, user: user, line: string(in.Data), must: in.Type == 2 && w.isComplete(user)}
}

// settled reads an answer to an interaction: a deferral promises nothing yet.
func (w *simDiscord) settled(_ string, answer []byte) (string, bool) {
	var first struct {
		Type int
		Data struct{ Flags int }
	}
	_ = json.Unmarshal(answer, &first) // a refusal has no type
	if first.Type == 4 || first.Type == 5 {
		w.mustBeQuiet(first.Data.Flags, answer)
	}
	return string(answer), first.Type == 4 || first.Type == 7
}

// mustBeQuiet notes a message to one person that everybody reads.
func (w *simDiscord) mustBeQuiet(flags int, body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if flags&(1<<6) == 0 {
		w.loud = append(w.loud, "an answer for everybody: "+string(body))
	}
}

// callback is an interaction that is answered by a call: at once, or later.
func (w *simDiscord) callback(c *simCall) (key, told string, done bool) {
	switch {
	case strings.HasSuffix(c.method, "/callback"):
		told, done = w.settled("", c.body)
		return "discord:" + c.args.Get("interaction"), told, done
	case c.args.Has("token") && !strings.HasPrefix(c.method, "DELETE "):
		if strings.HasPrefix(c.method, "POST ") {
			w.mustBeQuiet(w.said(c).Flags, c.body)
		}
		return w.holder(c.args.Get("token")), string(c.body), true
	}
	return "", "", false
}

// again is nothing: Discord delivers an interaction once, or at once twice.
func (w *simDiscord) again(string, []byte) *http.Request { return nil }

func (w *simDiscord) carries(c *simCall) bearing {
	key, _, _ := w.callback(c)
	switch said := w.said(c); {
	case c.room != "":
		var seen seenChannel
		w.permissions(&seen, said.Overwrites)
		return bearing{hush: seen.private}
	case key != "":
		return bearing{to: w.acts[key].user}
	}
	for _, who := range people {
		if w.d.Channel("@"+who).ID == c.args.Get("channel") {
			return bearing{to: w.keyOf(who)}
		}
	}
	into := c.args.Get("channel")
	for _, channel := range w.d.Channels() {
		for _, t := range w.d.Threads(channel.ID) {
			if t.ID == into {
				into = channel.ID
			}
		}
	}
	return bearing{into: "discord:" + into}
}
