package slack

import (
	"context"

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

// refresh draws the home tab anew after something was done there.
func (p *Platform) refresh(ctx context.Context, a *act, handle chat.Handler) {
	if p.vocabulary.Home == "" {
		return
	}
	if m, ok := p.askHome(ctx, a, handle, "after"); ok {
		p.draw(ctx, a, m, handle)
	}
}

// askHome asks once more what a person's home tab says.
func (p *Platform) askHome(ctx context.Context, a *act, handle chat.Handler, when string) (chat.Message, bool) {
	reply, err := handle(ctx, p.homeEvent(a.Key+" home "+when, a.By, a.Unsure))
	if err != nil {
		p.options.Log.Error("home tab not drawn", "platform", name, "event", a.Key, "err", err)
	}
	return reply.Message, err == nil
}

// draw shows m on the home tab that the person saw when they acted. Where another was
// drawn since, which may be newer than m, it is asked anew, and that stands.
func (p *Platform) draw(ctx context.Context, a *act, m chat.Message, handle chat.Handler) {
	err := p.publish(ctx, a.By, m, a.hash)
	if code(err) == "hash_conflict" {
		var ok bool
		if m, ok = p.askHome(ctx, a, handle, "anew"); !ok {
			return
		}
		err = p.publish(ctx, a.By, m, "")
	}
	if err != nil {
		p.options.Log.Warn("home tab not published", "platform", name, "event", a.Key, "err", err)
	}
}

// publish shows m on somebody's home tab, if that has the hash, or none is given.
func (p *Platform) publish(ctx context.Context, who chat.Person, m chat.Message, hash string) error {
	if m.IsZero() {
		return nil
	}
	_, blocks := render(p.typing.Message(m))
	request := slack.PublishViewContextRequest{UserID: who.ID, View: slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, CallbackID: homeID, Blocks: slack.Blocks{BlockSet: blocks}}}
	if hash != "" {
		request.Hash = &hash
	}
	return patiently(ctx, func() error {
		_, err := p.api.PublishViewContext(ctx, request)
		return refusal("views.publish", err)
	})
}
