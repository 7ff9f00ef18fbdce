package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"cresset/bot/chat"
)

// A gate is who may come in. Without logins and without a proxy, whoever
// reaches the console says who they are.
type gate struct {
	logins []login
	proxy  *proxy
	brake  *brake
}

// open reports whether anybody may be anybody.
func (g *gate) open() bool { return len(g.logins) == 0 && g.proxy == nil }

// email is the address of somebody who logs in, as the configuration vouches for it.
func (g *gate) email(name string) string {
	for _, l := range g.logins {
		if l.name == name {
			return l.email
		}
	}
	return ""
}

// A presence is whom a request comes from, and how that is known.
type presence struct {
	who     chat.Person // nobody: nothing is shown
	session *session    // of a login; nil where a proxy vouches or people say who they are
	why     string      // why nobody is let in, where there is more to say than that a login is needed
}

type presenceKey struct{}

// presenceOf is what the gate found out about a request. It travels in the
// request's context, because handlers of net/http take nothing else. A request
// that did not pass the gate is nobody's.
func presenceOf(r *http.Request) presence {
	p, _ := r.Context().Value(presenceKey{}).(presence)
	return p
}

// visitor is who asks. Every handler learns it here.
func visitor(r *http.Request) chat.Person { return presenceOf(r).who }

// admit lets requests through that come from somebody, and turns others away.
func (c *Console) admit(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := c.identify(r)
		switch {
		case err != nil:
			c.fail(w, r, err)
		case p.who.IsZero():
			c.turnAway(w, r, p)
		default:
			c.touch(r.Context(), p.session)
			h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), presenceKey{}, p)))
		}
	})
}

// identify finds out from whom a request comes. Where a proxy vouches for
// somebody, that is who it is, whatever else the request carries.
func (c *Console) identify(r *http.Request) (presence, error) {
	if c.gate.open() {
		return presence{who: saidName(r)}, nil
	}
	name, why := c.gate.proxy.vouchesFor(r)
	switch {
	case name != "":
		return presence{who: known(name)}, nil
	case why != "":
		return presence{why: why}, nil
	case len(c.gate.logins) == 0:
		return presence{why: "The proxy in front of this console says who people are, and of you it said nothing. Open the console under the address that leads through the proxy."}, nil
	}
	s, err := c.resume(r)
	if s == nil || err != nil {
		return presence{}, err
	}
	return presence{who: known(s.Person), session: s}, nil
}

// turnAway answers a request of nobody: pages lead to the login, all else is
// refused.
func (c *Console) turnAway(w http.ResponseWriter, r *http.Request, p presence) {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case !wantsPage(r):
		refuse(w, http.StatusUnauthorized, "Nothing was done: you are not logged in. Load the page again.")
	case p.why != "":
		c.showGate(w, r, http.StatusForbidden, gatePage{Why: p.why})
	case !reads:
		c.showGate(w, r, http.StatusUnauthorized, gatePage{To: "/", Trouble: "Nothing was done, because your login has ended."})
	default:
		http.Redirect(w, r, loginFor(r.URL.RequestURI()), http.StatusSeeOther)
	}
}

// wantsPage reports whether somebody looks at the answer.
func wantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// loginFor is the address of the login that leads back to a path.
func loginFor(path string) string {
	if path = ownPath(path); path == "/" {
		return "/login"
	}
	return "/login?" + url.Values{"to": {path}}.Encode()
}
