package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/config"
)

// A Login is one person who may log in.
type Login struct {
	Name   string        `yaml:"name" required:"true" doc:"Who it is: up to 40 lower-case letters, digits and dashes. roles name the person as console:NAME."`
	Secret config.Secret `yaml:"secret" required:"true" doc:"What they type to prove it, of at least 12 characters, such as ${ADA_SECRET}. Another secret ends what was begun with this one."`
	Email  string        `yaml:"email" doc:"Their e-mail address. Who has the same on Slack is the same person, with the same roles."`
}

// A login is a Login that was understood.
type login struct {
	name   string
	secret config.Secret
	email  string
}

// shortestSecret is how many characters cannot be guessed at the pace that the
// brake leaves.
const shortestSecret = 12

// readLogins checks the section of the logins.
func readLogins(section config.Section, all []Login) ([]login, config.Problems) {
	var problems config.Problems
	var logins []login
	for i, l := range all {
		add := func(field, format string, args ...any) {
			problems = append(problems, section.Problem(fmt.Sprintf("login[%d].%s", i, field), format, args...))
		}
		if l.Name != "" && !isPersonName(l.Name) {
			add("name", "is %q: a name is up to 40 lower-case letters, digits and dashes, and not the bot's", l.Name)
		}
		if l.Email != "" && strings.Count(l.Email, "@") != 1 {
			add("email", "is %q, which is not an e-mail address", l.Email)
		}
		if n := len(l.Secret.Reveal()); n > 0 && n < shortestSecret {
			add("secret", "is too short to be safe; write at least %d characters", shortestSecret)
		}
		for j, earlier := range logins {
			if earlier.name == l.Name {
				add("name", "is that of login[%d] already; write another", j)
			}
			if earlier.secret.Matches(l.Secret.Reveal()) {
				add("secret", "is the same as login[%d].secret; give each person their own", j)
			}
		}
		logins = append(logins, login{l.Name, l.Secret, l.Email})
	}
	return logins, problems
}

// prove finds the login that has this name and this secret. It takes as long for
// a name that nobody has as for a wrong secret.
func (g *gate) prove(name, secret string) (login, bool) {
	var proved login
	found := 0
	for _, l := range g.logins {
		same := sameText(l.name, name) & sameText(l.secret.Reveal(), secret)
		if same == 1 {
			proved = l
		}
		found |= same
	}
	return proved, found == 1
}

// sameText is 1 for equal texts, in a time that does not tell where, or in what
// length, they differ.
func sameText(a, b string) int {
	sumA, sumB := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(sumA[:], sumB[:])
}

// A gatePage is the page of the login, or of why there is none.
type gatePage struct {
	Name    string // typed before
	To      string // where it leads to
	Trouble string
	Notice  string
	Why     string // nobody can log in here, and this is why
	Bounce  string // the same page, asked for by this site itself
}

// showLogin asks who it is.
func (c *Console) showLogin(w http.ResponseWriter, r *http.Request) {
	to := ownPath(r.FormValue("to"))
	p, err := c.identify(r)
	switch {
	case err != nil:
		c.fail(w, r, err)
	case !p.who.IsZero():
		http.Redirect(w, r, to, http.StatusSeeOther)
	case p.why != "":
		c.turnAway(w, r, p)
	case r.Header.Get("Sec-Fetch-Site") == "cross-site" && !r.Form.Has("again"):
		// Browsers keep a strict cookie from a link on another site. When this
		// page asks again, they send it.
		c.showGate(w, r, http.StatusOK, gatePage{Bounce: "/login?" + url.Values{"to": {to}, "again": {"1"}}.Encode()})
	case r.Form.Has("left"):
		c.showGate(w, r, http.StatusOK, gatePage{To: to, Notice: "You are logged out."})
	default:
		c.showGate(w, r, http.StatusOK, gatePage{To: to})
	}
}

// login lets somebody in who has the secret of that name.
func (c *Console) login(w http.ResponseWriter, r *http.Request) {
	if len(c.gate.logins) == 0 { // the page says who lets people in then
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return
	}
	if err := r.ParseForm(); err != nil {
		c.showGate(w, r, http.StatusRequestEntityTooLarge, gatePage{To: "/", Trouble: "That was too long, or no form."})
		return
	}
	page := gatePage{Name: strings.ToLower(strings.TrimSpace(r.PostFormValue("name"))), To: ownPath(r.PostFormValue("to"))}
	if wait := c.gate.brake.try(c.Now(), page.Name); wait > 0 {
		c.refuseLogin(w, r, page, wait)
		return
	}
	who, ok := c.gate.prove(page.Name, r.PostFormValue("secret"))
	if !ok {
		c.refuseLogin(w, r, page, 0)
		return
	}
	c.gate.brake.right(page.Name)
	c.letIn(w, r, page, who)
}

// letIn begins a session and leads to the page that was asked for.
func (c *Console) letIn(w http.ResponseWriter, r *http.Request, page gatePage, who login) {
	token, err := c.begin(r, who)
	if err != nil {
		c.Log.Error("a login was not saved", "platform", Name, "person", who.name, "err", err)
		page.Trouble = "You are not logged in: nothing can be saved now. Try again."
		c.showGate(w, r, http.StatusServiceUnavailable, page)
		return
	}
	c.Log.Info("somebody logged in", "platform", Name, "person", who.name, "peer", peerOf(r))
	http.SetCookie(w, c.cookie(token, sessionLife))
	http.Redirect(w, r, page.To, http.StatusSeeOther)
}

// refuseLogin says that nobody was let in, and not which part was wrong. The log
// names who exists only: people type secrets into the wrong field.
func (c *Console) refuseLogin(w http.ResponseWriter, r *http.Request, page gatePage, wait time.Duration) {
	if c.OnBadLogin != nil {
		c.OnBadLogin()
	}
	if wait > 0 { // the guesses before were logged; these could fill the log
		seconds := int((wait + time.Second - 1) / time.Second)
		page.Trouble = "That was tried too often. Wait " + cre.Count(seconds, "second") + ", then try again."
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		c.showGate(w, r, http.StatusTooManyRequests, page)
		return
	}
	claimed := "nobody known"
	for _, l := range c.gate.logins {
		if l.name == page.Name {
			claimed = l.name
		}
	}
	c.Log.Warn("a login was refused", "platform", Name, "person", claimed, "peer", peerOf(r))
	page.Trouble = "This name and this secret do not belong together. Try again, or ask whoever runs cresset here."
	c.showGate(w, r, http.StatusUnauthorized, page)
}

// logout ends the session that asks for it, in the store first: a browser that
// keeps the cookie has nothing.
func (c *Console) logout(w http.ResponseWriter, r *http.Request) {
	s := presenceOf(r).session
	if s == nil { // a proxy vouches for them, or they only said a name
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if err := c.end(r.Context(), s); err != nil {
		c.fail(w, r, err)
		return
	}
	c.hub.tell("") // their other pages ask again, and hear that it is over
	http.SetCookie(w, c.cookie("", -time.Second))
	w.Header().Set("Clear-Site-Data", `"storage"`) // the lines that they typed
	http.Redirect(w, r, "/login?left=1", http.StatusSeeOther)
}

// showGate shows the page of the login.
func (c *Console) showGate(w http.ResponseWriter, r *http.Request, status int, page gatePage) {
	html, err := c.render("login", "login", page)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	send(w, r, status, html)
}
