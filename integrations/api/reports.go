package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/store"
)

// A reporter makes an answer for a token from what the address asks for.
type reporter func(tx store.Tx, eyes cre.Eyes, query func(name string) string) (any, error)

// reports are the answers that are no lists of records, by their path.
func (a *API) reports() map[string]reporter {
	return map[string]reporter{"queue": a.queue, "toil": a.toil, "clocks": a.clocks}
}

// report serves one. A refusal is told as it stands.
func (a *API) report(path string, make reporter) http.Handler {
	l := list{api: a, path: path}
	return a.forTokens(func(w http.ResponseWriter, r *http.Request, t Token) {
		var body any
		err := a.DB.View(r.Context(), func(tx store.Tx) error {
			eyes, err := a.eyes(tx, t)
			if err == nil {
				body, err = make(tx, eyes, r.URL.Query().Get)
			}
			return err
		})
		switch {
		case cre.Is(err, cre.Forbidden):
			answer(w, http.StatusForbidden, failure{err.Error()})
		case cre.Is(err, cre.Invalid):
			answer(w, http.StatusBadRequest, failure{err.Error()})
		default:
			l.reply(w, body, err)
		}
	})
}

// A queued is a request with where it stands in the queue, and why.
type queued struct {
	Place   int         `json:"place"` // among all that is open, from 1
	Points  int         `json:"points"`
	Reasons []reason    `json:"reasons"` // they add up to the points
	Request cre.Request `json:"request"`
}

type reason struct {
	Points int    `json:"points"`
	Words  string `json:"words"`
}

// queue answers a part of the queue, in order. A cursor goes on behind so many requests as
// were answered, however the queue moved since.
func (a *API) queue(tx store.Tx, eyes cre.Eyes, query func(string) string) (any, error) {
	limit, err := count(query("limit"), perPage, perPage)
	if err != nil {
		return nil, err
	}
	l, offset := list{path: "queue"}, 0
	if cursor := query("cursor"); cursor != "" {
		after, ok := l.after(cursor)
		if offset, err = strconv.Atoi(string(after)); !ok || err != nil || offset < 0 {
			return nil, cre.Errorf(cre.Invalid, "The cursor is not known. Leave it out to start at the first page.")
		}
	}
	queue, err := store.OpenQueue(tx, a.Rules, eyes, a.Now())
	if err != nil {
		return nil, err
	}
	page, all, err := queue.Page(wanted(query), offset, limit)
	out := struct {
		Items []queued `json:"items"`
		All   int      `json:"all"`
		Next  string   `json:"next,omitempty"`
	}{Items: []queued{}, All: all}
	for _, r := range page {
		one := queued{Place: r.Place, Points: r.Points, Reasons: []reason{}, Request: r.Request}
		for _, why := range r.Reasons {
			one.Reasons = append(one.Reasons, reason(why))
		}
		out.Items = append(out.Items, one)
	}
	if offset += len(page); len(page) > 0 && offset < all {
		out.Next = l.cursor([]byte(strconv.Itoa(offset)))
	}
	return out, err
}

// count reads a number from 1 to most.
func count(text string, otherwise, most int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, cre.Errorf(cre.Invalid, "The limit is a number from 1 to %d, not %s.", most, text)
	}
	return n, nil
}

// wanted matches what the query names.
func wanted(query func(string) string) func(*cre.Queued) bool {
	customer, kind, department, status, component := query("customer"), query("kind"), query("department"), query("status"), query("component")
	is := func(wanted, is string) bool { return wanted == "" || strings.EqualFold(wanted, is) }
	return func(q *cre.Queued) bool {
		return is(customer, q.Customer) && is(kind, q.Kind) && is(department, q.Department) && is(status, string(q.Status)) && is(component, q.Component)
	}
}

// A tally is the work of one name.
type tally struct {
	Name    string         `json:"name,omitempty"`
	Times   int            `json:"times"`
	Minutes int            `json:"minutes"`
	Classes map[string]int `json:"classes"` // minutes; what has no class is not there
	Toil    float64        `json:"toil"`    // share of the minutes
}

func tallied(t cre.Tally) tally {
	out := tally{t.Name, t.Times, t.Minutes, map[string]int{}, t.Toil()}
	for class, minutes := range t.Classes {
		if class != "" {
			out.Classes[string(class)] = minutes
		}
	}
	return out
}

// A chore is toil that came more than once.
type chore struct {
	Name     string   `json:"name"`
	Times    int      `json:"times"`
	Minutes  int      `json:"minutes"`
	Requests []string `json:"requests"`
}

// toil answers the ledger of a period.
func (a *API) toil(tx store.Tx, eyes cre.Eyes, query func(string) string) (any, error) {
	from, to, err := a.period(eyes, query("period"))
	if err != nil {
		return nil, err
	}
	all, err := store.Spent(tx, eyes, from, to)
	if err != nil {
		return nil, err
	}
	l := cre.NewLedger(all, from, to, a.Rules.Zone)
	out := struct {
		From     time.Time                 `json:"from"`
		To       time.Time                 `json:"to"`
		Limit    float64                   `json:"limit"` // of the share of toil
		Done     int                       `json:"done"`  // requests
		Timed    int                       `json:"timed"` // those of them that have minutes
		All      tally                     `json:"all"`
		By       map[cre.Dimension][]tally `json:"by"`
		Automate []chore                   `json:"automate"`
	}{from, to, a.Rules.ToilLimit, l.Done, l.Timed, tallied(l.All), map[cre.Dimension][]tally{}, []chore{}}
	for _, d := range cre.Dimensions {
		out.By[d] = []tally{}
		for _, t := range l.By[d] {
			out.By[d] = append(out.By[d], tallied(t))
		}
	}
	for _, c := range l.Automate {
		out.Automate = append(out.Automate, chore{c.Name, c.Times, c.Minutes, append([]string{}, c.Requests...)})
	}
	return out, nil
}

// period is the one that is asked for, of what only those see who work on requests.
func (a *API) period(eyes cre.Eyes, text string) (from, to time.Time, err error) {
	if !eyes.CRE {
		return from, to, cre.Errorf(cre.Forbidden, "This is for people who work on requests. Give this token the role responder.")
	}
	period := cre.ThisWeek
	if text != "" {
		err = period.UnmarshalText([]byte(text))
	}
	from, to = period.Span(a.Now(), a.Rules.Zone)
	return from, to, err
}

// A kept says how the promises of one sort were kept.
type kept struct {
	Clock cre.ClockKind `json:"clock"`
	Tier  string        `json:"tier,omitempty"`
	Kind  string        `json:"kind,omitempty"`
	Met   int           `json:"met"`
	Late  []late        `json:"late"`
}

// A late is a promise that was broken.
type late struct {
	Request string    `json:"request,omitempty"` // not of one that the token may not see
	Due     time.Time `json:"due"`
	Minutes int       `json:"minutes"` // of business time
	Still   bool      `json:"still,omitempty"`
}

// clocks answers how the promises of a period were kept.
func (a *API) clocks(tx store.Tx, eyes cre.Eyes, query func(string) string) (any, error) {
	from, to, err := a.period(eyes, query("period"))
	if err != nil {
		return nil, err
	}
	var judged []*cre.Request
	tiers, seen := map[string]string{}, map[string]bool{}
	for r, err := range store.Judged(tx, from, to) {
		if err != nil {
			return nil, err
		}
		if seen[r.ID], err = store.Sees(tx, eyes, r); err != nil {
			return nil, err
		}
		if c, err := store.Customers.Get(tx, store.Key(r.Customer)); err != nil {
			return nil, err
		} else if c != nil {
			tiers[r.Customer] = c.Tier
		}
		judged = append(judged, r)
	}
	out := struct {
		From   time.Time `json:"from"`
		To     time.Time `json:"to"`
		Target float64   `json:"target"` // share of the promises that is to be kept
		Kept   []kept    `json:"kept"`
	}{from, to, a.Rules.KeepShare, []kept{}}
	for _, k := range a.Rules.Kept(judged, func(key string) string { return tiers[key] }, from, to, a.Now()) {
		one := kept{Clock: k.Clock, Tier: k.Tier, Kind: k.Kind, Met: k.Met, Late: []late{}}
		for _, b := range k.Breaches {
			l := late{Due: b.Due, Minutes: int(b.Late / time.Minute), Still: b.Still}
			if seen[b.Request] {
				l.Request = b.Request
			}
			one.Late = append(one.Late, l)
		}
		out.Kept = append(out.Kept, one)
	}
	return out, nil
}
