package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cresset/bot/chat"
	"cresset/store"
)

// An act is what one person did in the browser, once.
type act struct {
	key     string // made by the page; the same when it is sent again
	who     chat.Person
	line    string
	draft   bool                   // the form is still being filled in
	values  map[string]string      // of a filled form
	people  map[string]chat.Person // whom the @names in what was sent mean
	channel *channel               // where it was done; nil on a page that is no conversation
	thread  string                 // id of a message
	place   chat.Place             // what the command is about
	where   string                 // the same in the words of the page
	room    chat.Text              // leads to the war room of the incident that the page is about, "" if there is none
	about   *message
}

var actKey = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)

// read finds who did what where. What is not there, or not for the visitor's
// eyes, is answered here.
func (a *acts) read(w http.ResponseWriter, r *http.Request) (*act, bool) {
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "That is too long, or no form. At most 64 kB can be sent at once.")
		return nil, false
	}
	act := &act{key: r.PostFormValue("key"), who: visitor(r), line: strings.TrimPrefix(strings.TrimSpace(chat.Clean(r.PostFormValue("line"))), "/")}
	if !actKey.MatchString(act.key) {
		refuse(w, http.StatusBadRequest, "The page did not say which act this is. Load it again.")
		return nil, false
	}
	found := true
	err := a.DB.View(r.Context(), func(tx store.Tx) (err error) {
		if found, err = a.locate(tx, r, act); err != nil {
			return err
		}
		act.people, err = a.mentions(tx, textsOf(r.PostForm))
		return err
	})
	if err != nil {
		a.lost(w, r, err)
		return nil, false
	}
	if !found {
		refuse(w, http.StatusNotFound, "That conversation or message is gone, or is not yours to see.")
	}
	return act, found
}

// textsOf are the texts of what a browser sent, in which people may be named.
func textsOf(form url.Values) []string {
	texts := slices.Concat(form["text"], form["line"])
	for _, v := range formValues(form) {
		texts = append(texts, v)
	}
	return texts
}

// locate fills in where the act was done and what it is about.
func (a *acts) locate(tx store.Tx, r *http.Request, act *act) (found bool, err error) {
	if id := r.PostFormValue("incident"); id != "" {
		inc, err := incidentByID(tx, id, act.who)
		if inc == nil || err != nil {
			return false, err
		}
		act.place, act.where = inc.Home, url.Values{"incident": {inc.ID}}.Encode()
		if inc.Room != nil {
			act.place, act.room = inc.Room.Place, chat.Channel(inc.Room.Place, inc.Room.Name)
		}
		return true, nil
	}
	id := r.PostFormValue("channel")
	if id == "" {
		act.place = placeOf("@" + act.who.ID)
		return true, nil
	}
	if act.channel, err = a.visible(tx, id, act.who.ID); act.channel == nil || err != nil {
		return false, err
	}
	if thread := r.PostFormValue("thread"); thread != "" {
		m, err := messages.Get(tx, store.Key(thread))
		if err != nil || m == nil || m.Channel != id || !m.shownTo(act.who.ID) {
			return false, err
		}
		act.thread = cmp.Or(m.Thread, m.ID)
	}
	act.place, act.where = act.channel.place().In(act.thread), placeQuery(id, act.thread)
	if about := r.PostFormValue("about"); about != "" {
		seq, _ := strconv.ParseUint(about, 10, 64)
		act.about, err = bySeq(tx, seq)
		if err != nil || act.about == nil || act.about.Channel != id || !act.about.shownTo(act.who.ID) {
			return false, err
		}
	}
	return true, nil
}

// id names a message that comes of the act.
func (a *act) id(kind string) string { return kind + ":" + a.who.ID + ":" + a.key }

// event is the act in everybody's words. Where nobody logs in, whoever sits at the
// bot's own machine may do everything there; else the configured roles say.
func (a *act) event(c *Console) chat.Event {
	e := chat.Event{Key: Name + ":" + a.who.ID + ":" + a.key, By: a.who, Place: a.place, Line: a.line, Values: a.values, Draft: a.draft, People: a.people, At: c.Now().UTC(), Email: c.gate.email(a.who.ID)}
	if a.channel != nil {
		if _, e.Alone = a.channel.direct(); !e.Alone {
			e.Channel = a.channel.ID
		}
	}
	if c.own {
		e.Role = "admin"
	}
	if a.about != nil {
		e.About = c.post(a.about)
	}
	return e
}

// post is a message in everybody's words.
func (c *Console) post(m *message) *chat.Post {
	p := &chat.Post{Ref: m.ref(), By: known(m.By), Text: m.Text, At: m.At}
	p.Link = fmt.Sprintf("%s/c/%s?m=%d#m%d", c.site(), url.PathEscape(m.Channel), m.Seq, m.Seq)
	if m.Said != nil {
		p.By = chat.Person{Platform: Name, ID: botName, Name: botName}
		p.Text = strings.TrimSpace(m.Said.Title + "\n" + m.Said.Text.String())
	}
	return p
}
