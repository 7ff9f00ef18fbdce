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
	page func(tx store.Tx, p store.Page) iter.Seq2[record, error]
	get  func(tx store.Tx, id string) (any, error)
}

// A record is what a list shows, with where the next page begins.
type record struct {
	shown any // nil: not to be shown to this asker
	after []byte
}

// lists are the kinds by their path.
func (a *API) lists() map[string]list {
	return map[string]list{
		"incidents": {api: a, page: pages(store.Incidents, visible), get: func(tx store.Tx, id string) (any, error) {
			i, err := store.Incidents.Get(tx, store.Key(number(id, "INC-")))
			return visible(i), err
		}},
		"requests": {api: a, page: pages(store.Requests, public), get: func(tx store.Tx, id string) (any, error) {
			r, err := store.Requests.Get(tx, store.Key(number(id, "R-")))
			return public(r), err
		}},
		"customers": {api: a, page: pages(store.Customers, whole[cre.Customer]), get: func(tx store.Tx, id string) (any, error) {
			c, err := store.Customers.Get(tx, store.Key(strings.ToLower(id)))
			return whole(c), err
		}},
		"postmortems": {api: a, page: pages(store.Postmortems, draft), get: func(tx store.Tx, id string) (any, error) {
			p, err := store.Postmortems.Get(tx, store.Key(strings.ToUpper(id)))
			return draft(p), err
		}},
		"slos": {api: a, page: a.standings, get: a.standing},
	}
}

func number(id, prefix string) uint64 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(id), prefix), 10, 64) // 0 is no record
	return n
}

// visible hides private incidents: a token is nobody's guest.
func visible(i *cre.Incident) any {
	if i == nil || !i.VisibleTo(chat.Person{Platform: Name}) {
		return nil
	}
	return i
}

func public(r *cre.Request) any {
	if r == nil || r.Private {
		return nil
	}
	return r
}

// draft hides postmortems of private incidents.
func draft(p *cre.Postmortem) any {
	if p == nil || visible(&p.Evidence.Incident) == nil {
		return nil
	}
	return p
}

func whole[T any](v *T) any {
	if v == nil {
		return nil
	}
	return v
}

func pages[T any](c *store.Collection[T], show func(*T) any) func(store.Tx, store.Page) iter.Seq2[record, error] {
	return func(tx store.Tx, p store.Page) iter.Seq2[record, error] {
		return func(yield func(record, error) bool) {
			for v, err := range c.All(tx, p) {
				if err != nil {
					yield(record{}, err)
					return
				}
				if !yield(record{show(v), c.Key(v)}, nil) {
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

func (a *API) standings(tx store.Tx, p store.Page) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		sorted := slices.SortedFunc(slices.Values(a.Rules.SLOs), func(x, y cre.SLO) int { return strings.Compare(x.Name, y.Name) })
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

func (a *API) standing(tx store.Tx, id string) (any, error) {
	for _, o := range a.Rules.SLOs {
		if o.Name == id {
			return a.stand(tx, o)
		}
	}
	return nil, nil
}

// all answers one page: {"items": […], "next": "cursor"}.
func (l list) all(w http.ResponseWriter, r *http.Request, _ Token) {
	page := store.Page{Limit: perPage + 1}
	if cursor := r.URL.Query().Get("cursor"); cursor != "" {
		after, ok := l.after(cursor)
		if !ok {
			answer(w, http.StatusBadRequest, failure{"The cursor is none of mine. Leave it out to begin at the first page."})
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
		seen, last := 0, []byte(nil)
		for rec, err := range l.page(tx, page) {
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

func (l list) one(w http.ResponseWriter, r *http.Request, _ Token) {
	var found any
	err := l.api.DB.View(r.Context(), func(tx store.Tx) (err error) {
		found, err = l.get(tx, r.PathValue("id"))
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
		answer(w, http.StatusInternalServerError, failure{"Something inside went wrong. The log says what."})
		return
	}
	answer(w, http.StatusOK, body)
}
