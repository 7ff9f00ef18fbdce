package web

import (
	"compress/gzip"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"cresset/bot/cre"
	"cresset/store"
)

//go:embed templates
var templates embed.FS

// pages are the templates by name; "" are the parts that all of them share.
type pages map[string]*template.Template

func (c *Console) loadPages() pages {
	parts := template.Must(template.New("").Funcs(template.FuncMap{
		"clock":    func(t time.Time) string { return c.clock(t, c.Now()) },
		"full":     func(t time.Time) string { return t.In(c.zone()).Format("Monday, 2 January 2006, 15:04:05 MST") },
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"percent":  cre.Percent,
		"number":   cre.Number,
		"short":    cre.Short,
		"words":    func(s any) string { return strings.ReplaceAll(fmt.Sprint(s), "_", " ") },
		"count":    cre.Count,
		"dict":     dict,
		"fillable": fillable,
		"asset":    c.assets.address,
		"modules":  c.assets.modules,
	}).ParseFS(templates, "templates/parts/*.html"))
	all := pages{"": parts}
	names, err := templates.ReadDir("templates")
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, n := range names {
		if !n.IsDir() {
			page := template.Must(template.Must(parts.Clone()).ParseFS(templates, "templates/"+n.Name()))
			all[strings.TrimSuffix(n.Name(), ".html")] = page
		}
	}
	return all
}

// dict makes one value of several, for a part that needs more than one.
func dict(pairs ...any) map[string]any {
	d := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		d[pairs[i].(string)] = pairs[i+1]
	}
	return d
}

// A shell is what stands around every page.
type shell struct {
	Title   string
	Page    string // the entry of the menu
	Channel string // the conversation that the page is
	Me      string
	Anybody bool // the visitor may say that they are somebody else
	Leaves  bool // the visitor can log out
	Colour  int  // of the visitor
	Names   []string
	Path    string

	Direct    roomView
	Channels  []roomView
	Rooms     []roomView
	Archived  []roomView
	Incidents int // open ones
	Requests  int
	Parked    int

	Body  any
	queue *store.Queue
}

// Waiting says how many requests are open.
func (s *shell) Waiting() string {
	if s.queue == nil && s.Requests == mostCounted {
		return cre.Number(mostCounted-1) + "+"
	}
	return cre.Number(float64(s.Requests))
}

type roomView struct {
	ID, Label string
	Private   bool
	Last      uint64
	Current   bool
}

// page shows a page. fill gives its content, and reports whether there is any.
func (c *Console) page(w http.ResponseWriter, r *http.Request, name string, fill func(store.Tx, *shell) (bool, error)) {
	me := visitor(r).ID
	s := &shell{Page: name, Me: me, Anybody: c.gate.open(), Leaves: presenceOf(r).session != nil, Colour: colourOf(me), Path: r.URL.RequestURI()}
	found := false
	err := c.DB.View(r.Context(), func(tx store.Tx) (err error) {
		if found, err = fill(tx, s); err != nil {
			return err
		}
		return c.surround(tx, s)
	})
	if err != nil {
		c.fail(w, r, err)
		return
	}
	status := http.StatusOK
	if !found {
		name, s.Title, s.Page, status = "missing", "Not here", "", http.StatusNotFound
	}
	html, err := c.render(name, "layout", s)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.cache(w, "private, no-cache")
	send(w, r, status, html)
}

// send answers with a page, packed where the browser takes it so: an open page asks
// for itself whenever something changes.
func send(w http.ResponseWriter, r *http.Request, status int, html string) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Vary", "Accept-Encoding")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, html) // whoever went away does not see it
		return
	}
	header.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	packed := packers.Get().(*gzip.Writer)
	defer packers.Put(packed)
	packed.Reset(w)
	_, _ = io.WriteString(packed, html)
	_ = packed.Close()
}

var packers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is one
	return w
}}

// nowhere answers under the addresses that lead to nothing. Programs hear it in short.
func (c *Console) nowhere() http.Handler {
	missing := c.admit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.page(w, r, "", func(store.Tx, *shell) (bool, error) { return false, nil })
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !wantsPage(r) {
			http.NotFound(w, r)
			return
		}
		missing.ServeHTTP(w, r)
	})
}

// cache says how long a browser may keep an answer for the visitor. Where people
// log in it keeps none: the next at the machine may be somebody else.
func (c *Console) cache(w http.ResponseWriter, how string) {
	if !c.gate.open() {
		how = "no-store"
	}
	w.Header().Set("Cache-Control", how)
}

// render makes HTML. What can deceive a reader's eye is dropped here, wherever
// it stands.
func (c *Console) render(page, part string, data any) (string, error) {
	var b strings.Builder
	err := c.pages[page].ExecuteTemplate(&b, part, data)
	return strings.Map(visible, b.String()), err
}

// visible drops runes that turn the order of the others round, or that nobody
// sees. It looks at each rune alone: what spans several, such as the escape
// sequences of terminals, means nothing to a browser, and to cut it out here
// could take tags with it.
func visible(r rune) rune {
	if r < unicode.MaxASCII && r >= ' ' || r == '\n' || r == '\t' {
		return r
	}
	if unicode.IsControl(r) || unicode.Is(deceptive, r) || r == unicode.ReplacementChar {
		return -1
	}
	return r
}

var deceptive = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x061c, Hi: 0x061c, Stride: 1}, {Lo: 0x200b, Hi: 0x200c, Stride: 1}, {Lo: 0x200e, Hi: 0x200f, Stride: 1},
	{Lo: 0x202a, Hi: 0x202e, Stride: 1}, {Lo: 0x2060, Hi: 0x2069, Stride: 1}, {Lo: 0xfeff, Hi: 0xfeff, Stride: 1}, {Lo: 0xfff9, Hi: 0xfffb, Stride: 1},
}}

// fragment is one part of a page, as HTML.
func (c *Console) fragment(name string, data any) string {
	html, err := c.render("", name, data)
	if err != nil {
		c.Log.Error("a part of a page was not made", "platform", Name, "part", name, "err", err)
		return ""
	}
	return html
}

// fail says that something inside went wrong, under a number that the log has.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, err error) {
	number := rand.Text()[:8]
	c.Log.Error("a page was not shown", "platform", Name, "path", r.URL.Path, "reference", number, "err", err)
	http.Error(w, "This page cannot be shown now. Load it again; if that does not help, look for "+number+" in the log.", http.StatusInternalServerError)
}

// surround fills in the menu.
func (c *Console) surround(tx store.Tx, s *shell) (err error) {
	if s.Names, err = c.names(tx); err != nil {
		return err
	}
	if err := c.listChannels(tx, s); err != nil {
		return err
	}
	me := known(s.Me)
	open, err := openIncidents(tx, me)
	if err != nil {
		return err
	}
	s.Incidents = len(open)
	if s.Requests, err = c.waiting(tx, s); err != nil {
		return err
	}
	s.Parked, err = store.Errands.Count(tx, "parked", nil)
	return err
}

// mostArchived is how many archived rooms the menu lists.
const mostArchived = 50

func (c *Console) listChannels(tx store.Tx, s *shell) error {
	s.Direct = roomView{ID: "@" + s.Me, Label: "cresset", Current: s.Channel == "@"+s.Me}
	for _, name := range c.standingChannels() {
		s.Channels = append(s.Channels, roomView{ID: name, Label: name, Current: s.Channel == name})
	}
	var open []*channel
	for ch, err := range channels.All(tx, store.Page{}) {
		if err != nil {
			return err
		}
		if ch.openTo(s.Me) {
			open = append(open, ch)
		}
	}
	slices.SortStableFunc(open, byAge)
	for _, ch := range open {
		s.list(ch)
	}
	return nil
}

// byAge puts the latest war room first. Other channels come behind, by name.
func byAge(a, b *channel) int {
	switch {
	case a.Own && b.Own:
		return b.Created.Compare(a.Created)
	case a.Own:
		return -1
	case b.Own:
		return 1
	}
	return 0
}

// list puts a channel into its part of the menu.
func (s *shell) list(ch *channel) {
	v := roomView{ID: ch.ID, Label: ch.ID, Private: ch.Private, Last: ch.Last, Current: s.Channel == ch.ID}
	if _, direct := ch.direct(); direct {
		s.Direct.Last = ch.Last
		return
	}
	for i := range s.Channels {
		if s.Channels[i].ID == ch.ID {
			s.Channels[i] = v
			return
		}
	}
	switch {
	case ch.Archived && (len(s.Archived) < mostArchived || v.Current):
		s.Archived = append(s.Archived, v)
	case ch.Archived:
	case ch.Own:
		s.Rooms = append(s.Rooms, v)
	default:
		s.Channels = append(s.Channels, v)
	}
}
