package workflow

import (
	"slices"
	"strings"

	"cresset/bot/cre"
	"cresset/store"
)

// Customers lists the customers that the asker sees, by key.
func (s *Step) Customers() ([]cre.Customer, error) {
	eyes, err := s.Eyes()
	if err != nil {
		return nil, err
	}
	var all []cre.Customer
	for c, err := range store.Customers.All(s.Tx, store.Page{}) {
		if err != nil {
			return nil, err
		}
		if eyes.SeeCustomer(c) {
			all = append(all, *c)
		}
	}
	return all, nil
}

// Customer finds a customer by key or name. One that the asker may not see is not
// there.
func (s *Step) Customer(word string) (*cre.Customer, error) {
	c, err := s.customerNamed(word)
	if err != nil {
		return nil, err
	}
	if c != nil {
		if seen, err := s.knows(c); err != nil || seen {
			return c, err
		}
	}
	return nil, s.noCustomer(word)
}

// customerNamed finds a customer by key, or by name among those that the asker sees;
// nil where there is none.
func (s *Step) customerNamed(word string) (*cre.Customer, error) {
	c, err := store.Customers.Get(s.Tx, store.Key(strings.ToLower(strings.TrimSpace(word))))
	if err != nil || c != nil {
		return c, err
	}
	all, err := s.Customers()
	if i := slices.IndexFunc(all, func(c cre.Customer) bool { return strings.EqualFold(c.Name, word) }); err == nil && i >= 0 {
		return &all[i], nil
	}
	return nil, err
}

// anyCustomer is [Step.Customer] also of those that the asker does not see.
func (s *Step) anyCustomer(word string) (*cre.Customer, error) {
	c, err := s.customerNamed(word)
	if err == nil && c == nil {
		err = s.noCustomer(word)
	}
	return c, err
}

// knows reports whether the asker may say that something is for a customer: whoever
// sees it, and who writes letters from there.
func (s *Step) knows(c *cre.Customer) (bool, error) {
	eyes, err := s.Eyes()
	return err == nil && (eyes.SeeCustomer(c) || s.By.External && cre.CustomerOf(s.Rules.Customers, s.By.ID) == c.Key), err
}

// noCustomer says that there is no such customer, and which the asker sees.
func (s *Step) noCustomer(word string) error {
	all, err := s.Customers()
	if err != nil {
		return err
	}
	var keys []string
	for _, c := range all {
		keys = append(keys, c.Key)
	}
	if len(keys) == 0 {
		return cre.Errorf(cre.NotFound, "There is no customer %s, and no other yet. Add one with `cre customer add %s`.", word, word).About("customer")
	}
	return cre.Errorf(cre.NotFound, "There is no customer %s. Choose one of %s, or add one with `cre customer add`.",
		word, strings.Join(keys[:min(len(keys), 12)], ", ")).About("customer")
}

// customerKeys checks that each word is a customer and gives the keys, each once. An
// incident affects whom it affects, also those that whoever is on call may not see.
func (s *Step) customerKeys(words []string) ([]string, error) {
	var keys []string
	seen := map[string]bool{}
	for _, w := range words {
		c, err := s.anyCustomer(w)
		if err != nil {
			return nil, err
		}
		if !seen[c.Key] {
			keys, seen[c.Key] = append(keys, c.Key), true
		}
	}
	return keys, nil
}

// AddCustomer makes a customer who is not in the configuration.
func (s *Step) AddCustomer(c cre.Customer) (*cre.Customer, error) {
	key, err := cre.CheckCustomerKey(c.Key)
	if err != nil {
		return nil, err
	}
	c.Key = key
	if c.Name == "" {
		c.Name = key
	}
	earlier, err := store.Customers.Get(s.Tx, store.Key(key))
	if err != nil {
		return nil, err
	}
	if earlier != nil {
		seen, err := s.knows(earlier)
		if err != nil {
			return nil, err
		}
		if !seen {
			return nil, cre.Errorf(cre.Conflict, "**%s** cannot be the key of a new customer. Choose another.", key).About("key")
		}
		return nil, cre.Errorf(cre.Conflict, "**%s** already exists: %s. `cre customer %s` shows the card.", key, earlier.Name, key).About("key")
	}
	s.Changed("customer " + key)
	return &c, store.Customers.Put(s.Tx, &c)
}

// SyncCustomers writes the customers of the configuration over what is kept.
func (s *Step) SyncCustomers() error {
	for _, c := range s.Rules.Customers {
		c.Configured = true
		if err := store.Customers.Put(s.Tx, &c); err != nil {
			return err
		}
	}
	return nil
}

// Services lists what the customers call critical, each once, in order; of no
// customers named it is what any does.
func (s *Step) Services(customers []string) ([]string, error) {
	return s.ofCustomers(customers, func(c cre.Customer) []string { return c.Services })
}

// Environments lists where the customers run, each once, in order; of no customers
// named it is where any does.
func (s *Step) Environments(customers []string) ([]string, error) {
	return s.ofCustomers(customers, func(c cre.Customer) []string { return c.Environments })
}

func (s *Step) ofCustomers(customers []string, what func(cre.Customer) []string) ([]string, error) {
	all, err := s.Customers()
	if err != nil {
		return nil, err
	}
	var words []string
	for _, c := range all {
		if len(customers) == 0 || slices.Contains(customers, c.Key) {
			words = append(words, what(c)...)
		}
	}
	slices.Sort(words)
	return slices.Compact(words), nil
}

// A CustomerCard is everything about one customer that a person needs now.
type CustomerCard struct {
	Customer  cre.Customer
	Incidents []cre.Incident // open, visible to the asker
	Requests  []store.Ranked // the first that are open and visible to the asker
	Waiting   int            // how many there are of them
	Statuses  map[cre.RequestStatus]int
	Clocks    []Ticking // of the requests that are shown, what runs out first before the others
	Standings []cre.Standing
	Days      []cre.CustomerDay // to come
	Satisfied cre.Satisfaction
}

// mostOnCard is how many requests a customer's card shows.
const mostOnCard = 20

// A Ticking is a clock that runs, or ran out, and the request that it is of.
type Ticking struct {
	Request string
	cre.RequestClock
}

// CustomerCard gathers the card.
func (s *Step) CustomerCard(word string) (*CustomerCard, error) {
	c, err := s.Customer(word)
	if err != nil {
		return nil, err
	}
	card := &CustomerCard{Customer: *c}
	if card.Days, err = store.DaysOf(s.Tx, c.Key, s.Rules.Zone, s.Now); err != nil {
		return nil, err
	}
	if card.Satisfied, err = s.Satisfaction(c.Key); err != nil {
		return nil, err
	}
	for i, err := range store.Incidents.By(s.Tx, "open", nil, store.Page{}) { // fewer than those of the customer ever
		if err != nil {
			return nil, err
		}
		if slices.Contains(i.Customers, c.Key) && s.sees(i) {
			card.Incidents = append(card.Incidents, *i)
		}
	}
	queue, err := s.Queue()
	if err != nil {
		return nil, err
	}
	card.Statuses = map[cre.RequestStatus]int{}
	card.Requests, card.Waiting, err = queue.Page(func(q *cre.Queued) bool {
		if q.Customer == c.Key {
			card.Statuses[q.Status]++
		}
		return q.Customer == c.Key
	}, 0, mostOnCard)
	if err != nil {
		return nil, err
	}
	card.Clocks = s.clocksOn(card)
	card.Standings, err = s.Standings(c.Key, cre.Eyes{})
	return card, err
}

// clocksOn are the clocks of the card's requests that somebody must still meet.
func (s *Step) clocksOn(card *CustomerCard) (all []Ticking) {
	for _, r := range card.Requests {
		for _, c := range s.Rules.Targets(card.Customer.Tier, r.Kind).Clocks(s.Rules.Hours, &r.Request, s.Now) {
			if !c.Due.IsZero() && !r.Stopped(c.Kind) {
				all = append(all, Ticking{r.ID, c})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Ticking) int { return a.Due.Compare(b.Due) })
	return all
}
