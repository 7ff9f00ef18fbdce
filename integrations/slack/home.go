package slack

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

const (
	homeID     = "cresset.home"
	homeFormID = "cresset.form.home" // of a form that was opened there
)

// homeOpened has the home tab of a person drawn.
func (p *Platform) homeOpened(ctx context.Context, d delivered) (*act, error) {
	e := d.Event
	if e.Tab != "home" || e.User == "" || d.EventID == "" || p.vocabulary.Home == "" {
		return nil, nil
	}
	by, unsure, err := p.actor(ctx, e.User, "", origin{inside: d.inside()})
	if err != nil {
		return nil, err
	}
	return &act{via: byHome, hash: e.View.Hash, Event: p.homeEvent(d.key(d.EventID), by, unsure)}, nil
}

func (p *Platform) homeEvent(key string, by chat.Person, unsure bool) chat.Event {
	return chat.Event{Key: key, By: by, Unsure: unsure, Place: chat.Place{Platform: name, Direct: by.ID}, Line: p.vocabulary.Home, Quiet: true, At: p.options.Now().UTC()}
}

// refresh draws the home tab anew after something was done there. hash is that of
// the tab on which it was done.
func (p *Platform) refresh(ctx context.Context, a *act, handle chat.Handler) {
	if p.vocabulary.Home == "" {
		return
	}
	p.draw(ctx, a, handle, 1)
}

// draw asks what a person's home tab says, and publishes it. A tab that was
// published meanwhile may say something newer: then it is asked anew.
func (p *Platform) draw(ctx context.Context, a *act, handle chat.Handler, times int) {
	reply, err := handle(ctx, p.homeEvent(fmt.Sprintf("%s home %d", a.Key, times), a.By, a.Unsure))
	if err == nil {
		p.publish(ctx, a, reply.Message, handle, times)
		return
	}
	p.options.Log.Error("home tab not drawn", "platform", name, "event", a.Key, "err", err)
}

// mostDraws is how often a home tab is drawn anew because another was faster; the
// last one stands, whatever was published meanwhile.
const mostDraws = 3

func (p *Platform) publish(ctx context.Context, a *act, m chat.Message, handle chat.Handler, times int) {
	if m.IsZero() {
		return
	}
	_, blocks := render(p.typing.Message(m))
	request := slack.PublishViewContextRequest{UserID: a.By.ID, View: slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, CallbackID: homeID, Blocks: slack.Blocks{BlockSet: blocks}}}
	if a.hash != "" && times < mostDraws {
		request.Hash = &a.hash
	}
	err := patiently(ctx, func() error {
		answer, err := p.api.PublishViewContext(ctx, request)
		if err == nil {
			a.hash = answer.Hash
		}
		return refusal("views.publish", err)
	})
	switch {
	case err == nil:
	case code(err) == "hash_conflict" && times < mostDraws:
		a.hash = ""
		p.draw(ctx, a, handle, times+1)
	default:
		p.options.Log.Warn("home tab not published", "platform", name, "event", a.Key, "err", err)
	}
}
