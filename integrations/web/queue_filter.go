package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A queueFilter is which part of the queue the address asks for. What is empty is not
// looked for.
type queueFilter struct {
	Text       string
	Customer   string
	Kind       string
	Department string
	Status     string
	Component  string
	Owner      string // nobody, or the key of a person
	Mine       bool   // asked by the visitor, or with them
}

const (
	ofNobody    = "nobody" // as an owner
	longestText = 200
)

func readFilter(q url.Values) queueFilter {
	get := func(name string) string {
		text := strings.TrimSpace(chat.Clean(q.Get(name)))
		return strings.ToValidUTF8(text[:min(len(text), longestText)], "")
	}
	return queueFilter{get("q"), get("customer"), get("kind"), get("department"), get("status"), get("component"), get("owner"), q.Get("mine") != ""}
}

// Set reports whether the filter leaves anything out.
func (f queueFilter) Set() bool { return f != queueFilter{} }

// link leads to a page of what the filter lets through.
func (f queueFilter) link(page int) string {
	q := f.query()
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return address("/queue", q)
}

// over leads to what ended, from behind a cursor on.
func (f queueFilter) over(before string) string {
	q := f.query()
	q.Set("tab", "over")
	if before != "" {
		q.Set("before", before)
	}
	return address("/queue", q)
}

func (f queueFilter) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": f.Text, "customer": f.Customer, "kind": f.Kind, "department": f.Department,
		"status": f.Status, "component": f.Component, "owner": f.Owner} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Mine {
		q.Set("mine", "1")
	}
	return q
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// match reports of a request whether the filter lets it through.
func (f queueFilter) match(tx store.Tx, eyes cre.Eyes) (func(*cre.Queued) bool, error) {
	says, err := saying(tx, f.Text)
	if err != nil {
		return nil, err
	}
	marks := cre.Marks(eyes.Accounts)
	platform, id, _ := strings.Cut(f.Owner, ":")
	owner := cre.MarkOf(chat.Person{Platform: platform, ID: id}) // that of nobody, if it is no key
	is := func(wanted, is string) bool { return wanted == "" || strings.EqualFold(wanted, is) }
	return func(q *cre.Queued) bool {
		return is(f.Customer, q.Customer) && is(f.Kind, q.Kind) && is(f.Department, q.Department) && is(f.Component, q.Component) &&
			is(f.Status, string(q.Status)) && (f.Owner == "" || q.Owner == owner) && (!f.Mine || q.Of(marks)) && says(q.Number)
	}, nil
}

// saying reports of a request whether its title or detail say the words of a text, or
// the text is its number.
func saying(tx store.Tx, text string) (func(uint64) bool, error) {
	if text == "" {
		return func(uint64) bool { return true }, nil
	}
	if number, ok := requestNumber(strings.ToUpper(text)); ok {
		return func(n uint64) bool { return n == number }, nil
	}
	said, err := store.RequestsSaying(tx, text)
	if err != nil {
		return nil, err
	}
	return said.Has, nil
}

// choices count what the requests of the queue can be chosen by.
type choices struct {
	customers, kinds, departments, components map[string]int
	statuses                                  map[cre.RequestStatus]int
	owners                                    map[cre.Mark]owned
}

// owned is what somebody works on.
type owned struct {
	count  int
	number uint64 // of one of them, which tells who it is
}

func newChoices() *choices {
	return &choices{map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[cre.RequestStatus]int{}, map[cre.Mark]owned{}}
}

func (c *choices) add(q *cre.Queued) {
	c.customers[q.Customer]++
	c.kinds[q.Kind]++
	c.departments[q.Department]++
	c.components[q.Component]++
	c.statuses[q.Status]++
	c.owners[q.Owner] = owned{c.owners[q.Owner].count + 1, q.Number}
}

// A selectView is one thing to choose by.
type selectView struct {
	Name, Label string
	Options     []optionView
	Chosen      string
}

type optionView struct {
	Value, Label string
	Count        int // 0 is not shown
}

// selects are those that leave a choice.
func (c *Console) selects(tx store.Tx, has *choices, f queueFilter) ([]selectView, error) {
	owners, err := ownersOf(tx, has.owners)
	if err != nil {
		return nil, err
	}
	plain := func(counts map[string]int) []optionView {
		return optionsOf(counts, func(value string) string { return value })
	}
	all := []selectView{
		{"customer", "Customer", optionsOf(has.customers, func(key string) string { return c.customerName(tx, key) }), f.Customer},
		{"kind", "Kind", plain(has.kinds), f.Kind},
		{"status", "Status", statusOptions(has.statuses), f.Status},
		{"owner", "Owner", owners, f.Owner},
		{"department", "Department", plain(has.departments), f.Department},
		{"component", "Component", plain(has.components), f.Component},
	}
	return slices.DeleteFunc(all, func(v selectView) bool { return len(v.Options) == 0 && v.Chosen == "" }), nil
}

func optionsOf(counts map[string]int, name func(string) string) []optionView {
	var all []optionView
	for value, n := range counts {
		if value != "" {
			all = append(all, optionView{value, name(value), n})
		}
	}
	slices.SortFunc(all, byLabel)
	return all
}

func byLabel(a, b optionView) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)), cmp.Compare(a.Value, b.Value))
}

// statusOptions are in the order in which a request goes through them.
func statusOptions(counts map[cre.RequestStatus]int) []optionView {
	var all []optionView
	for _, s := range []cre.RequestStatus{cre.New, cre.Triaged, cre.OnUs, cre.OnCustomer, cre.OnRequester, cre.OnEngineering, cre.CloseLoop} {
		if counts[s] > 0 {
			all = append(all, optionView{string(s), s.Words(), counts[s]})
		}
	}
	return all
}

// ownersOf names those who work on something, nobody first.
func ownersOf(tx store.Tx, owners map[cre.Mark]owned) ([]optionView, error) {
	var all []optionView
	for mark, o := range owners {
		if mark == (cre.Mark{}) {
			continue
		}
		r, err := store.Requests.Get(tx, store.Key(o.number))
		if err != nil {
			return nil, err
		}
		all = append(all, optionView{r.Owner.Key(), r.Owner.Shown(), o.count})
	}
	slices.SortFunc(all, byLabel)
	if o, ok := owners[cre.Mark{}]; ok {
		all = slices.Insert(all, 0, optionView{ofNobody, ofNobody, o.count})
	}
	return all, nil
}

// selectCustomer is for what ended, which is not counted.
func (c *Console) selectCustomer(tx store.Tx, eyes cre.Eyes, f queueFilter) ([]selectView, error) {
	customers, err := c.customers(tx)
	if err != nil {
		return nil, err
	}
	v := selectView{Name: "customer", Label: "Customer", Chosen: f.Customer}
	for _, cust := range customers {
		if eyes.SeeCustomer(cust) {
			v.Options = append(v.Options, optionView{Value: cust.Key, Label: cmp.Or(cust.Name, cust.Key)})
		}
	}
	return []selectView{v}, nil
}
