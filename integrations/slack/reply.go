package slack

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

const (
	handleTime = 10 * time.Second        // how long an act may take before it has failed
	formTime   = 2500 * time.Millisecond // a trigger lives three seconds
	ackTime    = 2500 * time.Millisecond // and so long Slack waits for an acknowledgement
	largestAck = 18 << 10                // Slack drops 20 KiB and more without a word
	saidKept   = 10 * time.Minute
)

// An outcome is how a delivery is answered.
type outcome struct {
	ack     json.RawMessage // what the acknowledgement carries
	then    func()          // what is left to say once that has left
	unheard func()          // says the same in private, where that could not leave
}

// take handles what was delivered, on whichever transport. An error means: do
// not acknowledge, the same act will be delivered again.
func (p *Platform) take(ctx context.Context, kind string, payload []byte, handle chat.Handler) (outcome, error) {
	out, err := p.do(ctx, handle, func(ctx context.Context) (*act, error) { return p.decode(ctx, kind, payload) })
	return out, p.noted(kind, payload, err)
}

// noted keeps what could not be read. What is merely unknown counts as handled:
// in time Slack sends new kinds of payloads to everybody.
func (p *Platform) noted(kind string, payload []byte, err error) error {
	unknown := errors.Is(err, errUnknown)
	if unknown || errors.Is(err, errUnreadable) {
		p.options.OnUnreadable(kind, payload, err)
	}
	if unknown {
		return nil
	}
	return err
}

// do is take for what is read in whatever way.
func (p *Platform) do(ctx context.Context, handle chat.Handler, read func(context.Context) (*act, error)) (outcome, error) {
	began := p.options.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handleTime)
	defer cancel()
	a, err := read(ctx)
	if err != nil || a == nil {
		return outcome{}, err
	}
	if a.via == bySuggestion {
		return outcome{ack: a.suggested}, nil
	}
	p.vouch(a)
	p.locate(ctx, a)
	reply, err := handle(ctx, a.Event)
	if err != nil {
		return p.failed(ctx, a, err)
	}
	a.late = p.options.Now().Sub(began) > ackTime
	return p.answer(ctx, a, reply, handle), nil
}

// failed tells the person where Slack will not try again.
func (p *Platform) failed(ctx context.Context, a *act, err error) (outcome, error) {
	if a.via == byMessage || a.via == byHome {
		return outcome{}, err
	}
	p.options.Log.Error("event not handled", "platform", name, "event", a.Key, "err", err)
	m := chat.Message{Tone: chat.Danger, Text: "It is not known whether this worked. Look first, then try again."}
	inPrivate := later(ctx, func(ctx context.Context) { p.whisper(ctx, a, m) })
	switch {
	case a.via == byDraft:
		return outcome{}, nil // the form stays as it is
	case a.via == bySlash:
		return outcome{ack: ephemeralAck(render(p.typing.Message(m))), unheard: inPrivate}, nil
	case a.via == byForm && len(a.blocks) > 0:
		return outcome{ack: a.problems(map[string]string{"": m.Text.String()})}, nil
	default:
		return outcome{then: inPrivate}, nil
	}
}

// answer does what the handler wants of the home tab, of an open form, or of the
// conversation.
func (p *Platform) answer(ctx context.Context, a *act, r chat.Reply, handle chat.Handler) outcome {
	switch {
	case a.via == byHome:
		return outcome{then: later(ctx, func(ctx context.Context) { p.draw(ctx, a, r.Message, handle) })}
	case a.via == byDraft && r.Form == nil:
		return outcome{}
	case a.via == byDraft:
		return outcome{then: later(ctx, func(ctx context.Context) { p.redraw(ctx, a, *r.Form) })}
	case !a.home:
		return p.converse(ctx, a, r)
	}
	out := p.converse(ctx, a, r)
	said := out.then
	out.then = later(ctx, func(ctx context.Context) {
		if said != nil {
			said()
		}
		p.refresh(ctx, a, handle)
	})
	return out
}

// converse opens or changes a form, or says the message where the acknowledgement
// can carry it, or after it.
func (p *Platform) converse(ctx context.Context, a *act, r chat.Reply) outcome {
	switch {
	case r.Form != nil && a.via == byForm:
		view := a.modal(*r.Form, largestAck-1000)
		return outcome{ack: encoded(slack.NewUpdateViewSubmissionResponse(&view))}
	case len(r.Problems) > 0 && a.via == byForm && len(a.blocks) > 0:
		return outcome{ack: a.problems(r.Problems)}
	case r.Form != nil && a.trigger == "":
		r.Message = invitation(*r.Form)
	case r.Form != nil && p.first("form of "+a.Key):
		r.Message = p.openForm(ctx, a, *r.Form)
	case r.Form != nil:
		return outcome{} // opened when it was delivered before
	}
	if r.Message.IsZero() || r.Public {
		return outcome{}
	}
	inPrivate := later(ctx, func(ctx context.Context) { p.whisper(ctx, a, r.Message) })
	if a.via == bySlash && !a.late && r.Message.Chart == nil && len(r.Message.Files) == 0 {
		if ack := ephemeralAck(render(p.typing.Message(r.Message))); len(ack) < largestAck {
			return outcome{ack: ack, unheard: inPrivate}
		}
	}
	if !p.first(a.Key) {
		return outcome{} // said when it was delivered before
	}
	return outcome{then: inPrivate}
}

// later is for what has no three seconds.
func later(ctx context.Context, f func(context.Context)) func() {
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		f(ctx)
	}
}

// first says whether an act is answered for the first time since the start. The
// handler answers a repeated act alike, and nobody should read that twice.
func (p *Platform) first(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answered.add(key, p.options.Now())
}

// recent remembers keys for at least saidKept.
type recent struct {
	young, old map[string]bool
	since      time.Time // when young was begun
}

// add says whether the key is new.
func (r *recent) add(key string, now time.Time) bool {
	if r.young == nil || now.Sub(r.since) > saidKept {
		r.young, r.old, r.since = map[string]bool{}, r.young, now
	}
	if r.young[key] || r.old[key] {
		return false
	}
	r.young[key] = true
	return true
}

// openForm shows the form. What it returns is to be said when that did not work.
func (p *Platform) openForm(ctx context.Context, a *act, f chat.Form) chat.Message {
	ctx, cancel := context.WithTimeout(ctx, formTime)
	defer cancel()
	_, err := p.api.OpenViewContext(ctx, a.trigger, a.modal(f, largestView))
	if err = refusal("views.open", err); err == nil {
		return chat.Message{}
	}
	p.options.Log.Warn("form not opened", "platform", name, "event", a.Key, "err", err)
	m := invitation(f)
	m.Text = chat.Textf("Slack did not open the form: %s. Try again, or type the whole line.", sentence(err))
	return m
}

// invitation is a button that opens the form, for acts that cannot open one.
func invitation(f chat.Form) chat.Message {
	return chat.Message{
		Text:    chat.Textf("`%s` needs a few more words.", f.Line),
		Buttons: []chat.Button{{Label: "Open the form", Line: f.Line, Style: chat.Good}},
	}
}

// sentence is a refusal in words for people.
func sentence(err error) string {
	var e *chat.SendError
	c := code(err)
	switch {
	case errors.As(err, &e) && e.Advice != "":
		return e.Advice
	case e != nil && e.After > 0:
		return "it is asked too much just now"
	case c != "":
		return "it answered " + c
	}
	return "it could not be reached"
}

// problems shows what is wrong on the fields themselves. A problem of no field
// of the form stands on the first.
func (a *act) problems(problems map[string]string) json.RawMessage {
	shown := map[string]string{}
	for _, field := range slices.Sorted(maps.Keys(problems)) {
		id := blockOf(field)
		if !slices.Contains(a.blocks, id) {
			id = a.blocks[0]
		}
		shown[id] = chat.Cut(strings.TrimSpace(shown[id]+" "+chat.Clean(problems[field])), max(60, 3000/len(problems)))
	}
	return encoded(slack.NewErrorsViewSubmissionResponse(shown))
}

// commandAnswer is an acknowledgement that only the person sees.
type commandAnswer struct {
	ResponseType string        `json:"response_type"`
	Text         string        `json:"text"`
	Blocks       []slack.Block `json:"blocks"`
}

func ephemeralAck(text string, blocks []slack.Block) json.RawMessage {
	return encoded(commandAnswer{ResponseType: slack.ResponseTypeEphemeral, Text: text, Blocks: blocks})
}

func encoded(ack any) json.RawMessage {
	js, _ := json.Marshal(ack) // our own types and the library's always encode
	return js
}

// whisper says m to the person alone: where they acted, or, where the bot
// cannot speak, in private.
func (p *Platform) whisper(ctx context.Context, a *act, m chat.Message) {
	err := errNowhere
	if a.Place.Channel != "" {
		err = patiently(ctx, func() error { return p.ephemeral(ctx, a.Place, a.By.ID, m) })
	}
	if errors.Is(err, errNowhere) || slices.Contains(unreachable, code(err)) {
		err = patiently(ctx, func() error {
			_, err := p.Post(ctx, chat.Place{Platform: name, Direct: a.By.ID, Thread: a.privateThread()}, m, a.Key)
			return err
		})
	}
	if err != nil {
		p.options.Log.Error("answer not said", "platform", name, "event", a.Key, "err", err)
	}
}

// privateThread is the thread in which somebody spoke to the bot in private.
func (a *act) privateThread() string {
	if a.Place.Channel == "" {
		return a.Place.Thread
	}
	return ""
}

var errNowhere = errors.New("the act belongs to no place")

// patiently tries again what Slack was too busy for.
func patiently(ctx context.Context, f func() error) error {
	err := f()
	for range 3 {
		var e *chat.SendError
		if !errors.As(err, &e) || !e.Retry || e.Unknown || ctx.Err() != nil {
			break
		}
		sleep(ctx, max(e.After, 300*time.Millisecond))
		err = f()
	}
	return err
}
