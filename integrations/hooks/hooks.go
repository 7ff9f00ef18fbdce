// Package hooks takes what other programs deliver at POST /hooks/NAME, and makes
// an event of it.
//
// It promises an answer of 2xx only for what is on the disk, and that the same
// message is done once however often it is delivered, with the same answer. What
// has no id of its own is the same for an hour or two if every word of it is; see
// [Intake.keyOf]. Whoever has the secret of a hook can make it say the one thing
// that its kind says, with the role that the kind grants, and nothing else.
//
// It refuses a wrong secret as it refuses a hook that is not there, and more than
// a hook may deliver. It answers nobody who wrote: only people do that. What was
// delivered is never logged.
package hooks

import (
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
	"cresset/store"
)

// Name is what the intake is called beside the platforms.
const Name = "hooks"

// A kind is what may be delivered.
type kind struct {
	name string
	does string // for the table of check
	read func(*Intake, *hook, *http.Request) (chat.Event, error)
}

// kinds are what the configuration may name. To add one, add a file and a line.
var kinds = []kind{
	{name: "request", does: "files e-mails as requests", read: (*Intake).readRequest},
}

// Kinds lists them.
func Kinds() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// With is what an intake works with.
type With struct {
	Hooks  []config.Hook
	DB     store.DB // only read
	Rules  *cre.Settings
	Now    func() time.Time
	Log    *slog.Logger
	Handle chat.Handler
	// OnBadSignature is told of each wrong secret.
	OnBadSignature func()
	// Count is told how each delivery with the right secret ended: "done",
	// "refused", "ignored", "unreadable", "unsaved", or "limited".
	Count func(hook, outcome string)
}

// An Intake serves the hooks. Make it with [New].
type Intake struct {
	With
	hooks map[string]*hook
}

type hook struct {
	config.Hook
	kind kind
	pace *rate.Limiter
}

// A hook may deliver this many at once, and then one each second.
const (
	burst = 60
	every = time.Second
)

// New makes an intake. Each of its hooks is of one of the [Kinds].
func New(with With) *Intake {
	in := &Intake{With: with, hooks: map[string]*hook{}}
	for _, h := range with.Hooks {
		for _, k := range kinds {
			if k.name == h.Kind {
				in.hooks[h.Name] = &hook{h, k, rate.NewLimiter(rate.Every(every), burst)}
			}
		}
	}
	return in
}

// Routes are the addresses that it serves.
func (in *Intake) Routes() map[string]http.Handler {
	return map[string]http.Handler{"POST /hooks/{name}": http.HandlerFunc(in.serve), "GET /hooks/{name}": http.HandlerFunc(onlyPost)}
}

// onlyPost answers whoever opens the address of a hook.
func onlyPost(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", http.MethodPost)
	say(w, http.StatusMethodNotAllowed, answer{Error: "A hook takes what is sent to it by POST."})
}

// Findings say where each hook is, for a person who is about to enter the address
// at whatever delivers.
func Findings(hooks []config.Hook) (all []chat.Finding) {
	for _, h := range hooks {
		for _, k := range kinds {
			if k.name == h.Kind {
				all = append(all, chat.Finding{OK: true, What: "POST /hooks/" + h.Name, Detail: k.does})
			}
		}
	}
	return all
}

// An ending is why nothing more is done with a delivery.
type ending struct {
	status  int
	outcome string
	text    string
}

func (e *ending) Error() string { return e.text }

func unreadable(text string) error { return &ending{http.StatusBadRequest, "unreadable", text} }

func ignored(why string) error { return &ending{http.StatusAccepted, "ignored", why} }

// An answer is what the program that delivered reads.
type answer struct {
	Request string `json:"request,omitempty"`
	Ignored string `json:"ignored,omitempty"`
	Error   string `json:"error,omitempty"`
}

func (in *Intake) serve(w http.ResponseWriter, r *http.Request) {
	h := in.hooks[r.PathValue("name")]
	if h == nil || !h.Token.Matches(secretOf(r)) {
		in.OnBadSignature()
		w.Header().Set("WWW-Authenticate", "Bearer")
		say(w, http.StatusUnauthorized, answer{Error: "There is no hook of this name with this secret. Send its token as `Authorization: Bearer …`."})
		return
	}
	if wait := h.wait(in.Now()); wait > 0 {
		in.Count(h.Name, "limited")
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		say(w, http.StatusTooManyRequests, answer{Error: "This hook delivers more than the bot takes. Send it again later."})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostDelivered)
	ev, err := h.kind.read(in, h, r)
	if err != nil {
		in.end(w, h, err)
		return
	}
	in.do(w, r, h, ev)
}

// secretOf is the secret that a request carries. Not every service can send a
// header of one's own choice; none has to use more than one way.
func secretOf(r *http.Request) string {
	if given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return given
	}
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	return r.URL.Query().Get("token")
}

// wait is how long a hook has to wait until it may deliver again.
func (h *hook) wait(now time.Time) time.Duration {
	turn := h.pace.ReserveN(now, 1)
	wait := turn.DelayFrom(now)
	if wait > 0 {
		turn.CancelAt(now)
	}
	return wait
}

// end answers a delivery that makes no event.
func (in *Intake) end(w http.ResponseWriter, h *hook, err error) {
	var big *http.MaxBytesError
	e := &ending{}
	switch {
	case errors.As(err, &big):
		e = &ending{http.StatusRequestEntityTooLarge, "unreadable", "This is too big: 1 MB of text and 48 MB in all are read."}
	case !errors.As(err, &e):
		in.unsaved(w, h, err)
		return
	}
	in.Count(h.Name, e.outcome)
	if e.outcome == "ignored" {
		in.Log.Info("delivery ignored", "hook", h.Name, "why", e.text)
		say(w, e.status, answer{Ignored: e.text})
		return
	}
	in.Log.Warn("delivery not read", "hook", h.Name, "err", e.text)
	say(w, e.status, answer{Error: e.text})
}

// do hands the event on. What the domain refuses is kept, so that the same message
// is refused again.
func (in *Intake) do(w http.ResponseWriter, r *http.Request, h *hook, ev chat.Event) {
	reply, err := in.Handle(r.Context(), ev)
	switch {
	case err != nil || reply.Unsaved:
		in.unsaved(w, h, err)
	case reply.Failed:
		in.Count(h.Name, "refused")
		in.Log.Warn("delivery refused; the audit says why", "hook", h.Name, "event", ev.Key)
		say(w, http.StatusBadRequest, answer{Error: reply.Message.Markdown() + " The same message gets the same answer: send it corrected under another id."})
	default:
		in.Count(h.Name, "done")
		say(w, http.StatusOK, answer{Request: reply.Request})
	}
}

func (in *Intake) unsaved(w http.ResponseWriter, h *hook, err error) {
	in.Count(h.Name, "unsaved")
	if err != nil { // else the router logged it
		in.Log.Error("delivery not saved", "hook", h.Name, "err", err)
	}
	w.Header().Set("Retry-After", "5")
	say(w, http.StatusServiceUnavailable, answer{Error: "Nothing is known to be saved. Send the same again."})
}

func say(w http.ResponseWriter, status int, body answer) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone if this fails
}
