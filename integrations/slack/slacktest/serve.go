package slacktest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// refusal is Slack's answer ok:false.
type refusal struct {
	code  string
	extra obj
}

func (r refusal) Error() string { return r.code }

func refuse(code string) error { return refusal{code: code} }

// call is one request while its work is done; the workspace is locked.
type call struct {
	*Workspace
	args
	name string
}

// answer is what goes back over HTTP.
type answer struct {
	status int
	header http.Header
	body   obj
	json   []byte // the body, written down while the workspace was locked
}

func (a answer) outcome() string {
	if code, refused := a.body["error"].(string); refused {
		return code
	}
	return "ok"
}

func (ws *Workspace) serveMethod(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	a, err := readArgs(r)
	if err != nil {
		ws.perform(w, name, args{}, func() (obj, error) { return nil, refuse("invalid_form_data") })
		return
	}
	token := or(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), a.str("token"))
	if name == "apps.connections.open" { // Slack takes this token from the header only
		token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	ws.perform(w, name, a, func() (obj, error) { return ws.dispatch(name, token, a) })
}

// dispatch checks who asks and whether they may, and does the work.
func (ws *Workspace) dispatch(name, token string, a args) (obj, error) {
	m, known := ws.methods[name]
	switch {
	case !known:
		ws.problem("there is no method %q here", name)
		return nil, refusal{"unknown_method", obj{"req_method": name}}
	case token == "":
		return nil, refuse("not_authed")
	case token != ws.BotToken && token != ws.AppToken:
		return nil, refuse("invalid_auth")
	case m.app != (token == ws.AppToken):
		return nil, refuse("not_allowed_token_type")
	case !m.app && !ws.may(m.scopes):
		return nil, refusal{"missing_scope", obj{
			"needed": strings.Join(m.scopes, ","), "provided": strings.Join(ws.scopes, ",")}}
	}
	return m.do(&call{Workspace: ws, args: a, name: name})
}

// may says whether the bot has any one of these scopes.
func (ws *Workspace) may(scopes []string) bool {
	return len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(ws.scopes, s) })
}

// perform does the work of one call between the faults that tests ordered.
func (ws *Workspace) perform(w http.ResponseWriter, name string, a args, work func() (obj, error)) {
	before, after := ws.hooks()
	before(name)
	fault := ws.take(name)
	if !ws.sleep(fault.delay) {
		panic(http.ErrAbortHandler)
	}
	reply := ws.answer(name, a, work, fault)
	after(name)
	if fault.drop {
		panic(http.ErrAbortHandler) // net/http closes the connection without an answer
	}
	reply.write(w)
}

func (ws *Workspace) answer(name string, a args, work func() (obj, error), fault fault) answer {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	came := a.plain() // the work fills in what Slack adds
	reply := answer{status: http.StatusOK, header: http.Header{}}
	switch {
	case fault.instead != nil:
		reply = *fault.instead
	default:
		reply.body = ws.outcome(work())
		if fault.after != "" && reply.body["ok"] == true {
			reply.body = obj{"ok": false, "error": fault.after}
		}
	}
	ws.explain(name, reply.header)
	reply.json = encode(reply.body)
	ws.calls = append(ws.calls, Call{Method: name, Args: came, Outcome: reply.outcome(),
		Dropped: fault.drop, At: ws.clock()})
	return reply
}

func (ws *Workspace) outcome(result obj, err error) obj {
	if err == nil {
		if result == nil {
			result = obj{}
		}
		result["ok"] = true
		return result
	}
	body := obj{"ok": false, "error": err.Error()}
	if r, ok := err.(refusal); ok {
		for name, value := range r.extra {
			body[name] = value
		}
	}
	return body
}

// explain adds the headers with which Slack says what a token may and what the method wants.
func (ws *Workspace) explain(name string, header http.Header) {
	header.Set("X-OAuth-Scopes", strings.Join(ws.scopes, ","))
	if m, known := ws.methods[name]; known {
		header.Set("X-Accepted-OAuth-Scopes", strings.Join(m.scopes, ","))
	}
}

func (a answer) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(a.json)))
	w.WriteHeader(a.status)
	w.Write(a.json)
}
