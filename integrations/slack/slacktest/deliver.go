package slacktest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// ackTime is how long Slack waits for an acknowledgement.
const ackTime = 3 * time.Second

// Patience has Slack wait longer for a command or an interaction than it does,
// for tests on a busy machine that are not about time.
func (ws *Workspace) Patience(d time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.patience = d
}

func (ws *Workspace) waits(e *envelope) time.Duration {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.patience > 0 && e.kind != "events_api" {
		return ws.patience
	}
	return ackTime
}

// errTimeout is an acknowledgement that did not come in time.
var errTimeout = errors.New("operation_timeout")

// envelope is one thing to bring to the app.
type envelope struct {
	kind    string // events_api, slash_commands, interactive
	payload obj
	replies bool // the acknowledgement may carry an answer
	attempt int
	reason  string // why the attempt before failed
}

// delivery is an event on its way. done closes when the app acknowledged it or Slack gave up waiting.
type delivery struct{ done chan struct{} }

// eventRetries are Slack's waits before it tries an event again.
var eventRetries = []time.Duration{0, time.Minute, 5 * time.Minute}

// RetryEventsAfter shortens the waits before an event that was not acknowledged
// is tried again: at once, a minute and five minutes, unless told otherwise.
func (ws *Workspace) RetryEventsAfter(waits ...time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.retries = slices.Clone(waits)
}

// Subscribe replaces the events that the app gets. At first it gets all that the workspace has.
func (ws *Workspace) Subscribe(events ...string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.subscribed = slices.Clone(events)
}

// allEvents are the events that the workspace has, and the scope that each asks for.
var allEvents = map[string]string{
	"message.channels": "channels:history", "message.groups": "groups:history", "message.im": "im:history",
	"app_mention": "app_mentions:read", "reaction_added": "reactions:read", "reaction_removed": "reactions:read",
	"member_joined_channel": "channels:read", "member_left_channel": "channels:read", "app_home_opened": "",
	"channel_rename": "channels:read", "channel_archive": "channels:read", "channel_unarchive": "channels:read",
	"channel_deleted": "channels:read", "channel_left": "channels:read",
	"group_rename": "groups:read", "group_archive": "groups:read", "group_unarchive": "groups:read",
	"group_deleted": "groups:read", "group_left": "groups:read",
	"channel_shared": "channels:read", "channel_unshared": "channels:read", "channel_id_changed": "channels:read",
}

// emit tells the app what happened in a channel, if it is a member there and subscribed.
func (ws *Workspace) emit(ch *channel, event obj) []*delivery {
	if ch != nil && !ch.has(ws.BotUser.ID) {
		return nil
	}
	name := event["type"].(string)
	if name == "message" {
		name += map[string]string{"channel": ".channels", "group": ".groups", "im": ".im"}[ch.eventKind()]
	}
	scope, known := allEvents[name]
	if !known || !slices.Contains(ws.subscribed, name) || scope != "" && !ws.may([]string{scope}) {
		return nil
	}
	now := ws.clock().Unix()
	payload := obj{"type": "event_callback", "token": "verification-token", "team_id": ws.TeamID,
		"api_app_id": ws.AppID, "event": event, "event_id": ws.id("Ev"), "event_time": now,
		"is_ext_shared_channel": ch != nil && ws.isShared(ch), "event_context": "4-" + name,
		"authorizations": []any{obj{"enterprise_id": nil, "team_id": ws.TeamID, "user_id": ws.BotUser.ID,
			"is_bot": true, "is_enterprise_install": false}}}
	ws.belong(payload)
	if ws.closed {
		return nil
	}
	d := &delivery{done: make(chan struct{})}
	body, twice, retries := decodeObject(encode(payload)), ws.twice, ws.retries // what happened stays as it was
	ws.underway = append(ws.underway, d)
	ws.background(func() { ws.carry(d, body, twice, retries) })
	return []*delivery{d}
}

// Settle waits until every event so far was acknowledged, or not in time.
func (ws *Workspace) Settle() {
	var under []*delivery
	ws.locked(func() { under, ws.underway = ws.underway, nil })
	await(under)
}

func (ws *Workspace) emitMessage(ch *channel, event obj) []*delivery {
	event["channel"], event["channel_type"], event["event_ts"] = ch.id, ch.eventKind(), event["ts"]
	return ws.emit(ch, event)
}

// carry brings an event to the app, again when it was not acknowledged.
func (ws *Workspace) carry(d *delivery, payload obj, twice bool, retries []time.Duration) {
	first := &envelope{kind: "events_api", payload: payload}
	_, err := ws.bring(first)
	if err == nil && twice {
		_, _ = ws.bring(&envelope{kind: "events_api", payload: payload, attempt: 1, reason: "timeout"})
	}
	close(d.done)
	for i := 0; err != nil && !errors.Is(err, errNoRetry) && i < len(retries) && ws.sleep(retries[i]); i++ {
		_, err = ws.bring(&envelope{kind: "events_api", payload: payload, attempt: i + 1, reason: reasonOf(err)})
	}
}

// reply is the app's answer to one delivery.
type reply struct {
	body []byte
	err  error // when there was no acknowledgement
}

// exchange brings a command or an interaction to the app. again is the answer
// to the second delivery, nil unless there is one.
func (ws *Workspace) exchange(kind string, payload obj, replies bool) (first reply, again *reply) {
	ws.mu.Lock()
	twice := ws.twice
	ws.mu.Unlock()
	first.body, first.err = ws.bring(&envelope{kind: kind, payload: payload, replies: replies})
	if first.err == nil && twice {
		again = &reply{}
		again.body, again.err = ws.bring(&envelope{kind: kind, payload: payload, replies: replies})
	}
	return first, again
}

// bring delivers once, over the transport in use, and waits for the acknowledgement.
func (ws *Workspace) bring(e *envelope) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ws.ctx, ws.waits(e))
	defer cancel()
	ws.mu.Lock()
	base := ws.base
	ws.mu.Unlock()
	if base != "" {
		return ws.sendSigned(ctx, base, e)
	}
	return ws.sendSocket(ctx, e)
}

func decodeObject(data []byte) obj {
	var o obj
	if err := json.Unmarshal(data, &o); err != nil {
		return nil
	}
	return o
}
