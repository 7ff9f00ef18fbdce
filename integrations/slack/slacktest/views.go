package slacktest

import (
	"encoding/json"
	"time"
)

const (
	triggerLife  = 3 * time.Second
	deepest      = 3 // views on one another
	viewBlocks   = 100
	viewBytes    = 250 << 10
	metadataSize = 3000
)

// trigger is the right to open one form, that an act of a person gives.
type trigger struct {
	user string
	at   time.Time
	used bool
}

// view is a modal or a home tab.
type view struct {
	id, hash, user, root, previous string
	body                           obj // as the app sent it, with ids filled in
}

func (ws *Workspace) newTrigger(user string) string {
	id := ws.id("4") + "." + ws.id("7") + ".trigger"
	ws.triggers[id] = &trigger{user: user, at: ws.clock()}
	return id
}

// trigger uses up the trigger of the call.
func (c *call) trigger() (*trigger, error) {
	t := c.triggers[c.str("trigger_id")]
	switch {
	case t == nil:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		if !c.twice {
			c.problem("%s: a trigger opens one form, this one was used", c.name)
		}
		return nil, refuse("exchanged_trigger_id")
	case c.clock().Sub(t.at) > triggerLife:
		c.problem("%s: a trigger lives for 3 seconds, this one is older", c.name)
		return nil, refuse("expired_trigger_id")
	}
	return t, nil
}

func (c *call) viewsOpen() (obj, error) {
	t, err := c.trigger()
	if err != nil {
		return nil, err
	}
	body, err := c.viewBody("modal", nil)
	if err != nil {
		return nil, err
	}
	t.used = true
	v := c.newView(t.user, body)
	c.views[t.user] = []*view{v}
	return obj{"view": c.viewJSON(v)}, nil
}

func (c *call) viewsPush() (obj, error) {
	t, err := c.trigger()
	if err != nil {
		return nil, err
	}
	stack := c.views[t.user]
	switch {
	case len(stack) == 0:
		return nil, refuse("not_found")
	case len(stack) >= deepest:
		c.problem("%s: at most %d views stand on one another", c.name, deepest)
		return nil, refuse("push_limit_reached")
	}
	body, err := c.viewBody("modal", nil)
	if err != nil {
		return nil, err
	}
	t.used = true
	return obj{"view": c.viewJSON(c.push(t.user, body))}, nil
}

func (ws *Workspace) push(user string, body obj) *view {
	stack := ws.views[user]
	below := stack[len(stack)-1]
	v := ws.newView(user, body)
	v.root, v.previous = below.root, below.id
	ws.views[user] = append(stack, v)
	return v
}

func (c *call) viewsUpdate() (obj, error) {
	v := c.viewBy(c.str("view_id"), c.str("external_id"))
	if v == nil {
		return nil, refuse("not_found")
	}
	if hash := c.str("hash"); hash != "" && hash != v.hash {
		return nil, refuse("hash_conflict")
	}
	body, err := c.viewBody("modal", v)
	if err != nil {
		return nil, err
	}
	c.replace(v, body)
	return obj{"view": c.viewJSON(v)}, nil
}

func (ws *Workspace) replace(v *view, body obj) {
	v.body = body
	v.hash = ws.ts() + ".hash"
}

func (c *call) viewsPublish() (obj, error) {
	u := c.userBy(c.str("user_id"))
	if u == nil || u.ID != c.str("user_id") {
		return nil, refuse("user_not_found")
	}
	v := c.homes[u.ID]
	if hash := c.str("hash"); hash != "" && (v == nil || hash != v.hash) {
		return nil, refuse("hash_conflict")
	}
	body, err := c.viewBody("home", v)
	if err != nil {
		return nil, err
	}
	if v == nil {
		v = c.newView(u.ID, body)
		c.homes[u.ID] = v
	}
	c.replace(v, body)
	return obj{"view": c.viewJSON(v)}, nil
}

func (ws *Workspace) newView(user string, body obj) *view {
	v := &view{id: ws.id("V"), user: user}
	v.root = v.id
	ws.replace(v, body)
	return v
}

// viewBy finds an open view by ID or by the app's own ID for it.
func (ws *Workspace) viewBy(id, external string) *view {
	for _, stack := range ws.views {
		for _, v := range stack {
			if id != "" && v.id == id || id == "" && external != "" && v.body["external_id"] == external {
				return v
			}
		}
	}
	for _, v := range ws.homes {
		if v.id == id {
			return v
		}
	}
	return nil
}

// viewBody reads and checks the argument view, which takes the place of old.
func (c *call) viewBody(kind string, old *view) (obj, error) {
	given, err := c.json("view")
	body, isObject := given.(obj)
	if err != nil || !isObject {
		return nil, refuse("invalid_arguments")
	}
	if len(encode(body)) > viewBytes {
		c.problem("%s: a view has at most 250 KB", c.name)
		return nil, refuse("view_too_large")
	}
	if external, _ := body["external_id"].(string); external != "" {
		if other := c.viewBy("", external); other != nil && other != old {
			return nil, refuse("duplicate_external_id")
		}
	}
	if complaints := c.checkView(body, kind); len(complaints) > 0 {
		for _, complaint := range complaints {
			c.problem("%s: %s", c.name, complaint)
		}
		return nil, refusal{"invalid_arguments", obj{"response_metadata": obj{"messages": asErrors(complaints)}}}
	}
	blocks, _ := body["blocks"].([]any)
	c.identify(blocks)
	return body, nil
}

// checkView says what is wrong with a view.
func (ws *Workspace) checkView(body obj, kind string) []string {
	blocks, _ := body["blocks"].([]any)
	r := &rules{complaints: ws.checkList(blocks, viewBlocks)}
	if body["type"] != kind {
		r.bad("/view/type", "must be %s", kind)
	}
	r.short("/view/callback_id", body["callback_id"], 255)
	r.short("/view/external_id", body["external_id"], 255)
	r.short("/view/private_metadata", body["private_metadata"], metadataSize)
	if kind == "home" {
		return r.complaints
	}
	r.text("/view/title", body["title"], 24, "plain_text")
	for _, button := range []string{"submit", "close"} {
		if body[button] != nil {
			r.text("/view/"+button, body[button], 24, "plain_text")
		}
	}
	for _, v := range blocks {
		if b, _ := v.(obj); b["type"] == "input" && body["submit"] == nil {
			r.bad("/view/submit", "a modal with inputs needs submit")
			break
		}
	}
	return r.complaints
}

// viewJSON is a view as Slack shows it to the app.
func (ws *Workspace) viewJSON(v *view) obj {
	shown := obj{"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": false,
		"notify_on_close": false, "close": nil, "submit": nil, "title": nil}
	for name, value := range v.body {
		shown[name] = value
	}
	shown["id"], shown["team_id"], shown["hash"] = v.id, ws.TeamID, v.hash
	shown["app_id"], shown["bot_id"], shown["app_installed_team_id"] = ws.AppID, botID, ws.TeamID
	shown["root_view_id"], shown["previous_view_id"] = v.root, nil
	if v.previous != "" {
		shown["previous_view_id"] = v.previous
	}
	shown["state"] = obj{"values": obj{}}
	return shown
}

// View is a form or a home tab that a person sees.
type View struct {
	ID, Type, CallbackID, ExternalID, Hash string
	Title, PrivateMetadata                 string
	Blocks                                 json.RawMessage
	Sent                                   json.RawMessage // the view as the app sent it, with ids filled in
	user                                   string
}

func (ws *Workspace) showView(v *view) *View {
	shown := &View{ID: v.id, Hash: v.hash, Blocks: encode(v.body["blocks"]), Sent: encode(v.body), user: v.user}
	title, _ := v.body["title"].(obj)
	shown.Type, _ = v.body["type"].(string)
	shown.CallbackID, _ = v.body["callback_id"].(string)
	shown.Title, _ = title["text"].(string)
	shown.ExternalID, _ = v.body["external_id"].(string)
	shown.PrivateMetadata, _ = v.body["private_metadata"].(string)
	return shown
}
