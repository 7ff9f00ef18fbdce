// Package api takes command lines from programs, and shows them the records as
// JSON.
//
// It promises what people get: the same commands, the same authorisation (the
// role of the token), the same audit, and once for each Idempotency-Key.
//
// It refuses requests without a token, and to write anything but by a command.
package api

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
	"cresset/integrations/sheet"
	"cresset/store"
)

// Name is the platform of the people that tokens are.
const Name = "api"

// A Token lets a program in.
type Token struct {
	Name   string
	Secret config.Secret
	Role   string
}

// An API serves programs. A literal makes one.
type API struct {
	Tokens []Token
	DB     store.DB
	Rules  *cre.Settings
	Now    func() time.Time
	Log    *slog.Logger
	Handle chat.Handler
}

// mostBody is the longest command that is read.
const mostBody = 64 << 10

// Routes are the addresses that it serves.
func (a *API) Routes() map[string]http.Handler {
	routes := map[string]http.Handler{
		"POST /api/v1/commands":    a.forTokens(a.command),
		"GET /api/v1/commands":     http.HandlerFunc(onlyPost),
		"GET /api/v1/requests.csv": a.forTokens(a.export),
		"POST /api/v1/import":      a.forTokens(a.importSheet),
	}
	for path, list := range a.lists() {
		list.path = path
		routes["GET /api/v1/"+path] = a.forTokens(list.all)
		routes["GET /api/v1/"+path+"/{id}"] = a.forTokens(list.one)
	}
	for path, make := range a.reports() {
		routes["GET /api/v1/"+path] = a.report(path, make)
	}
	return routes
}

// forTokens lets a request in with the token it carries.
func (a *API) forTokens(serve func(http.ResponseWriter, *http.Request, Token)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		for _, t := range a.Tokens {
			if ok && t.Secret.Matches(given) {
				serve(w, r, t)
				return
			}
		}
		w.Header().Set("WWW-Authenticate", "Bearer")
		answer(w, http.StatusUnauthorized, failure{"The token is missing or wrong. Send `Authorization: Bearer …` with one of api.tokens."})
	})
}

type failure struct {
	Error string `json:"error"`
}

type done struct {
	Reply    string `json:"reply"`
	Incident string `json:"incident,omitempty"`
	Request  string `json:"request,omitempty"`
}

// command runs one line.
func (a *API) command(w http.ResponseWriter, r *http.Request, t Token) {
	line, err := readLine(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		answer(w, tooBig(err), failure{`Send {"text": "incident list"}.`})
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if len(key) > 200 || strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c > '~' }) {
		answer(w, http.StatusBadRequest, failure{"The Idempotency-Key must be at most 200 ASCII characters."})
		return
	}
	if key == "" {
		key = rand.Text()
	}
	ev := a.event(t)
	ev.Key, ev.Line = Name+":"+t.Name+":"+key, line
	reply, err := a.Handle(r.Context(), ev)
	if err != nil || reply.Unsaved {
		why := reply.Message.Markdown()
		if err != nil {
			why = "Nothing is known to be saved. Send it again with the same Idempotency-Key."
		}
		w.Header().Set("Retry-After", "5")
		answer(w, http.StatusServiceUnavailable, failure{why})
		return
	}
	status := http.StatusOK
	if reply.Failed {
		status = http.StatusUnprocessableEntity
	}
	answer(w, status, done{Reply: reply.Message.Markdown(), Incident: reply.Incident, Request: reply.Request})
}

// onlyPost says how a command is sent.
func onlyPost(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", http.MethodPost)
	answer(w, http.StatusMethodNotAllowed, failure{`Commands are sent by POST: {"text": "incident list"}.`})
}

// event is what a token does.
func (a *API) event(t Token) chat.Event {
	return chat.Event{By: t.person(), Role: t.role(), At: a.Now()}
}

func (t Token) person() chat.Person { return chat.Person{Platform: Name, ID: t.Name, Name: t.Name} }

func (t Token) role() string { return cmp.Or(t.Role, cre.Viewer.String()) }

// eyes are with what a token looks at requests. It is nobody's guest: what is private
// it does not see, though it declared or asked for it.
func (a *API) eyes(tx store.Tx, t Token) (cre.Eyes, error) {
	eyes, err := store.EyesOf(tx, a.Rules, t.person(), t.role())
	eyes.Accounts = nil
	return eyes, err
}

// export gives the requests as a sheet.
func (a *API) export(w http.ResponseWriter, r *http.Request, t Token) {
	var eyes cre.Eyes
	err := a.DB.View(r.Context(), func(tx store.Tx) (err error) {
		eyes, err = a.eyes(tx, t)
		return err
	})
	if err != nil {
		a.Log.Error("api cannot read", "err", err)
		answer(w, http.StatusInternalServerError, failure{"Something went wrong inside the bot. The log says what."})
		return
	}
	sheet.Download(w, r, a.DB, eyes, a.Rules.FactNames(), a.Log)
}

func (a *API) importSheet(w http.ResponseWriter, r *http.Request, t Token) {
	sheet.Import(w, r, a.event(t), a.Handle)
}

// readLine takes {"text": "…"} and nothing else.
func readLine(r io.Reader) (string, error) {
	var body struct {
		Text string `json:"text"`
	}
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil {
		return "", err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return "", errors.Join(errors.New("more than one value"), err)
	}
	if strings.TrimSpace(body.Text) == "" {
		return "", errors.New("no text")
	}
	return body.Text, nil
}

func tooBig(err error) int {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone if this fails
}

// Ask sends a line to a running bot and gives its reply. failed says that the
// bot refused.
func Ask(client *http.Client, address, token, line string) (reply string, failed bool, err error) {
	body, err := json.Marshal(map[string]string{"text": line})
	if err != nil {
		return "", false, err
	}
	req, err := http.NewRequest(http.MethodPost, strings.TrimSuffix(address, "/")+"/api/v1/commands", strings.NewReader(string(body)))
	if err != nil {
		return "", false, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", rand.Text())
	resp, err := client.Do(req)
	if err != nil {
		return "", false, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return "", false, err
	}
	var out struct {
		done
		failure
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return "", false, errors.New("the bot answered " + resp.Status + " and no JSON; is " + strconv.Quote(address) + " cresset?")
	}
	if out.Error != "" {
		return out.Error, true, nil
	}
	return out.Reply, resp.StatusCode != http.StatusOK, nil
}
