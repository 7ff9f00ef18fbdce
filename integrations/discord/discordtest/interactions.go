package discordtest

import (
	"slices"
	"time"
)

// Kinds of interactions.
const (
	ping               = 1
	applicationCommand = 2
	componentUsed      = 3
	autocomplete       = 4
	modalSubmit        = 5
)

// Kinds of answers to them.
const (
	pong          = 1
	sayMessage    = 4
	deferMessage  = 5
	deferUpdate   = 6
	updateMessage = 7
	offerChoices  = 8
	openModal     = 9
)

const (
	answerWithin   = 3 * time.Second
	tokenLasts     = 15 * time.Minute
	mostChoices    = 25
	longestOffered = 100
)

// interaction is one thing that a person did with the app.
type interaction struct {
	id, token string
	kind      int
	name      string // of the command, with its sub-commands
	user      *user
	channel   *channel
	message   *message // that has the component, nil for none
	payload   obj
	created   time.Time
	expired   bool // the person was told that nobody answers

	answered int      // the kind of answer, 0 for none yet
	original *message // the answer, or a place held for it
	replies  []*message
	modal    *modal
	choices  []Choice
	done     chan struct{} // closed with the first answer
	resolved chan struct{} // closed when a place held is filled
}

func (s *Server) newInteraction(kind int, u *user, ch *channel) *interaction {
	in := &interaction{id: s.id(), token: "interaction-token-" + s.id(), kind: kind, user: u, channel: ch, created: s.clock(),
		done: make(chan struct{}), resolved: make(chan struct{})}
	s.interactions[in.id] = in
	return in
}

// answers are the kinds of answers that each kind of interaction may have.
func (in *interaction) answers() []int {
	switch in.kind {
	case applicationCommand:
		return []int{sayMessage, deferMessage, openModal}
	case componentUsed:
		return []int{sayMessage, deferMessage, deferUpdate, updateMessage, openModal}
	case autocomplete:
		return []int{offerChoices}
	case modalSubmit:
		if in.message != nil {
			return []int{sayMessage, deferMessage, deferUpdate, updateMessage}
		}
		return []int{sayMessage, deferMessage}
	}
	return nil
}

// callback is the app's first answer to an interaction.
func (c *call) callback() (any, error) {
	in := c.interactions[c.value("interaction")]
	if in == nil || in.token != c.value("token") {
		return nil, refuse(404, 10062)
	}
	if err := c.respond(in); err != nil {
		return nil, err
	}
	if c.query.Get("with_response") != "true" {
		return nil, nil
	}
	return c.callbackJSON(in), nil
}

// respond takes the first answer, which there is one of.
func (c *call) respond(in *interaction) error {
	switch {
	case in.expired || c.clock().Sub(in.created) > c.window():
		return refuse(404, 10062)
	case in.answered != 0:
		return refuse(400, 40060)
	}
	kind := int(number(c.body["type"]))
	if !slices.Contains(in.answers(), kind) {
		return invalid("type", "INTERACTION_CALLBACK_TYPE_INVALID", "Interactions of type %d cannot be answered with %d.", in.kind, kind)
	}
	data := object(c.body["data"])
	if data == nil {
		data = obj{}
	}
	if err := c.follow(in, kind, data); err != nil {
		return err
	}
	in.answered = kind
	close(in.done)
	if kind != deferMessage {
		close(in.resolved)
	}
	return nil
}

// follow does what an answer asks for.
func (c *call) follow(in *interaction, kind int, data obj) error {
	switch kind {
	case sayMessage:
		return c.say(in, data)
	case deferMessage:
		return c.holdPlace(in, data)
	case updateMessage:
		if in.message.deleted {
			return errUnknownMessage
		}
		return within("data", c.edit(in.message, data, true))
	case offerChoices:
		return c.offer(in, data)
	case openModal:
		return c.present(in, data)
	}
	return nil
}

// within puts complaints about data under its name.
func within(field string, err error) error {
	if r, ok := err.(*refusal); ok && r.errors != nil {
		inner := *r
		inner.errors = obj{field: r.errors}
		return &inner
	}
	return err
}

// say answers with a message.
func (c *call) say(in *interaction, data obj) error {
	m, err := c.reply(in, data)
	if err != nil {
		return within("data", err)
	}
	in.original = m
	return nil
}

// holdPlace puts a message there that says that the app is thinking.
func (c *call) holdPlace(in *interaction, data obj) error {
	var f form
	flags := f.integer("data.flags", data["flags"], 0, 1<<31-1, 0)
	if flags&^(ephemeral|componentsV2) != 0 || len(data) > 1 || len(data) == 1 && !given(data, "flags") {
		f.bad("data", "INTERACTION_DEFERRAL_DATA_INVALID", "A deferral can carry nothing but the flag EPHEMERAL.")
	}
	if err := f.refusal(); err != nil {
		return err
	}
	m := in.newMessage(c.Server)
	m.flags = flags&ephemeral | loading
	c.release(in, m)
	in.original = m
	return nil
}

// newMessage is an answer without content.
func (in *interaction) newMessage(s *Server) *message {
	m := &message{channel: in.channel, kind: commandAnswer, author: s.BotUser.ID, interaction: in}
	switch {
	case in.kind == componentUsed:
		m.kind, m.reference = replyMessage, in.message
	case in.payload != nil && number(object(in.payload["data"])["type"]) > chatInput && in.kind == applicationCommand:
		m.kind = menuAnswer
	}
	return m
}

// reply makes a message that answers an interaction, and shows it.
func (c *call) reply(in *interaction, data obj) (*message, error) {
	if c.channelBy(in.channel.id) == nil {
		return nil, errUnknownChannel
	}
	d := &draft{message: in.newMessage(c.Server), interactive: true, flagged: suppressEmbeds | ephemeral | silent | componentsV2}
	if err := c.compose(d, data); err != nil {
		return nil, err
	}
	m := d.publish(c.Server)
	c.address(m, d.allowed, c.permissions(c.bot(), in.channel))
	c.release(in, m)
	return m, nil
}

// release shows an answer to everybody, or to the one person it is for.
func (c *call) release(in *interaction, m *message) {
	m.id, m.at = c.id(), c.clock()
	if m.flags&ephemeral == 0 {
		c.post(m)
		return
	}
	m.to = in.user.ID
	c.ephemerals = append(c.ephemerals, m)
}

func (c *call) offer(in *interaction, data obj) error {
	var f form
	var choices []Choice
	for i, item := range f.list("data.choices", data["choices"], 0, mostChoices) {
		path := at("data.choices", i)
		choice := f.object(path, item)
		name := f.text(path+".name", choice["name"], 1, longestOffered)
		if _, isText := choice["value"].(string); isText {
			f.text(path+".value", choice["value"], 1, longestOffered)
		} else if choice["value"] == nil {
			f.bad(path+".value", "BASE_TYPE_REQUIRED", "This field is required")
		}
		choices = append(choices, Choice{Name: name, Value: choice["value"]})
	}
	in.choices = choices
	return f.refusal()
}

// callbackJSON is the answer to a callback with_response.
func (c *call) callbackJSON(in *interaction) obj {
	about := obj{"id": in.id, "type": in.kind, "response_message_loading": in.answered == deferMessage}
	shown := obj{"interaction": about}
	resource := obj{"type": in.answered}
	m := in.original
	if in.answered == updateMessage || in.answered == deferUpdate {
		m = in.message
	}
	if m != nil {
		about["response_message_id"], about["response_message_ephemeral"] = m.id, m.flags&ephemeral != 0
		if in.answered != deferUpdate {
			resource["message"] = c.messageJSON(m)
		}
		shown["resource"] = resource
	}
	return shown
}

// window is how long Discord waits for an answer.
func (s *Server) window() time.Duration { return or(s.patience, answerWithin) }
