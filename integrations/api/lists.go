package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// perPage is how many records a page has.
const perPage = 100

// A list serves the records of one kind.
type list struct {
	api  *API
	path string
	page func(tx store.Tx, eyes cre.Eyes, p store.Page) iter.Seq2[record, error]
	get  func(tx store.Tx, eyes cre.Eyes, id string) (any, error)
}

// A record is what a list shows, with where the next page begins.
type record struct {
	shown any // nil: not to be shown to this asker
	after []byte
}

// lists are the kinds by their path.
func (a *API) lists() map[string]list {
	return map[string]list{
		"incidents":   {api: a, page: pages(store.Incidents, visible), get: get(store.Incidents, numbered("INC-"), visible)},
		"requests":    {api: a, page: pages(store.Requests, request), get: get(store.Requests, numbered("R-"), request)},
		"customers":   {api: a, page: pages(store.Customers, customer), get: get(store.Customers, named(strings.ToLower), customer)},
		"postmortems": {api: a, page: pages(store.Postmortems, draft), get: get(store.Postmortems, named(strings.ToUpper), draft)},
		"slos":        {api: a, page: a.standings, get: a.standing},
	}
}

// numbered is the key of a record by an identifier such as R-12.
func numbered(prefix string) func(id string) []byte {
	return func(id string) []byte {
		n, _ := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(id), prefix), 10, 64) // 0 is no record
		return store.Key(n)
	}
}

func named(tidy func(string) string) func(id string) []byte {
	return func(id string) []byte { return store.Key(tidy(id)) }
}

// A shower gives what of a record the asker may see, nil for nothing.
type shower[T any] func(tx store.Tx, eyes cre.Eyes, v *T) (any, error)

// visible hides private incidents: a token is nobody's guest.
func visible(_ store.Tx, _ cre.Eyes, i *cre.Incident) (any, error) {
	if !i.VisibleTo(chat.Person{Platform: Name}) {
		return nil, nil
	}
	return i, nil
}

func request(tx store.Tx, eyes cre.Eyes, r *cre.Request) (any, error) {
	if ok, err := store.Sees(tx, eyes, r); !ok || err != nil {
		return nil, err
	}
	return r, nil
}

func customer(_ store.Tx, eyes cre.Eyes, c *cre.Customer) (any, error) {
	if !eyes.SeeCustomer(c) {
		return nil, nil
	}
	return c, nil
}

// draft hides postmortems of private incidents.
func draft(tx store.Tx, eyes cre.Eyes, p *cre.Postmortem) (any, error) {
	if shown, err := visible(tx, eyes, &p.Evidence.Incident); shown == nil || err != nil {
		return nil, err
	}
	return p, nil
}

func get[T any](c *store.Collection[T], key func(id string) []byte, show shower[T]) func(store.Tx, cre.Eyes, string) (any, error) {
	return func(tx store.Tx, eyes cre.Eyes, id string) (any, error) {
		v, err := c.Get(tx, key(id))
		if v == nil || err != nil {
			return nil, err
		}
		return show(tx, eyes, v)
	}
}

func pages[T any](c *store.Collection[T], show shower[T]) func(store.Tx, cre.Eyes, store.Page) iter.Seq2[record, error] {
	return func(tx store.Tx, eyes cre.Eyes, p store.Page) iter.Seq2[record, error] {
		return func(yield func(record, error) bool) {
			for v, err := range c.All(tx, p) {
				var shown any
				if err == nil {
					shown, err = show(tx, eyes, v)
				}
				if err != nil {
					yield(record{}, err)
					return
				}
				if !yield(record{shown, c.Key(v)}, nil) {
					return
				}
			}
		}
	}
}

// A slo is a standing as programs read it. What is not known is absent.
type slo struct {
	Name      string   `json:"name"`
	Customers []string `json:"customers,omitempty"`
	Objective string   `json:"objective"`
	State     string   `json:"state"`
	Good      float64  `json:"good"`
	Total     float64  `json:"total"`
	Left      *float64 `json:"budget_left,omitempty"`
	Burn      *float64 `json:"burn_last_hour,omitempty"`
}

func (a *API) stand(tx store.Tx, o cre.SLO) (slo, error) {
	st, err := store.Standing(tx, o, a.Now())
	out := slo{Name: o.Name, Customers: o.Customers, Objective: o.Objective, State: string(st.State), Good: st.Good, Total: st.Good + st.Bad}
	if st.Counted {
		out.Left = &st.Left
	}
	if st.Hour.Known {
		out.Burn = &st.Hour.Rate
	}
	return out, err
}

func (a *API) standings(tx store.Tx, eyes cre.Eyes, p store.Page) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		sorted := slices.SortedFunc(slices.Values(a.Rules.SLOsFor(eyes)), func(x, y cre.SLO) int { return strings.Compare(x.Name, y.Name) })
		for _, o := range sorted {
			if p.After != nil && o.Name <= string(p.After) {
				continue
			}
			s, err := a.stand(tx, o)
			if !yield(record{s, []byte(o.Name)}, err) || err != nil {
				return
			}
		}
	}
}

func (a *API) standing(tx store.Tx, eyes cre.Eyes, id string) (any, error) {
	for _, o := range a.Rules.SLOsFor(eyes) {
		if o.Name == id {
			return a.stand(tx, o)
		}
	}
	return nil, nil
}

// all answers one page: {"items": […], "next": "cursor"}.
func (l list) all(w http.ResponseWriter, r *http.Request, t Token) {
	page := store.Page{Limit: perPage + 1}
	if cursor := r.URL.Query().Get("cursor"); cursor != "" {
		after, ok := l.after(cursor)
		if !ok {
			answer(w, http.StatusBadRequest, failure{"The cursor is not known. Leave it out to start at the first page."})
			return
		}
		page.After = after
	}
	out := struct {
		Items []any  `json:"items"`
		Next  string `json:"next,omitempty"`
	}{Items: []any{}}
	err := l.api.DB.View(r.Context(), func(tx store.Tx) error {
		out.Items, out.Next = []any{}, ""
		eyes, err := l.api.eyes(tx, t)
		if err != nil {
			return err
		}
		seen, last := 0, []byte(nil)
		for rec, err := range l.page(tx, eyes, page) {
			if err != nil {
				return err
			}
			if seen++; seen > perPage {
				out.Next = l.cursor(last)
				return nil
			}
			last = rec.after
			if rec.shown != nil {
				out.Items = append(out.Items, rec.shown)
			}
		}
		return nil
	})
	l.reply(w, out, err)
}

// cursor names the place behind a record, for this list only.
func (l list) cursor(key []byte) string {
	return base64.RawURLEncoding.EncodeToString(append([]byte(l.path+" "), key...))
}

func (l list) after(cursor string) ([]byte, bool) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	key, ok := bytes.CutPrefix(text, []byte(l.path+" "))
	return key, err == nil && ok && len(key) > 0
}

func (l list) one(w http.ResponseWriter, r *http.Request, t Token) {
	var found any
	err := l.api.DB.View(r.Context(), func(tx store.Tx) (err error) {
		eyes, err := l.api.eyes(tx, t)
		if err == nil {
			found, err = l.get(tx, eyes, r.PathValue("id"))
		}
		return err
	})
	if err == nil && found == nil {
		answer(w, http.StatusNotFound, failure{"There is no such record, or this token may not see it."})
		return
	}
	l.reply(w, found, err)
}

func (l list) reply(w http.ResponseWriter, body any, err error) {
	if err == nil {
		_, err = json.Marshal(body)
	}
	if err != nil {
		l.api.Log.Error("api cannot read", "err", err)
		answer(w, http.StatusInternalServerError, failure{"Something went wrong inside the bot. The log says what."})
		return
	}
	answer(w, http.StatusOK, body)
}
