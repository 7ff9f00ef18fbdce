package workflow

import (
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// mustBeNew refuses a message that is a request already.
func (s *Step) mustBeNew(about *chat.Post) error {
	if about == nil || about.Link == "" {
		return nil
	}
	earlier, err := store.Requests.First(s.Tx, "origin", store.Key(about.Link))
	switch {
	case err != nil || earlier == nil:
		return err
	case !s.maySee(earlier):
		return cre.Errorf(cre.Conflict, "That message is already a request. Somebody is looking after it.")
	}
	return cre.Errorf(cre.Conflict, "That message is already **%s**: %s, %s.", earlier.ID, earlier.Title, earlier.Status.Words())
}

// check tidies and fills a filing, or says what is wrong with it.
func (s *Step) check(f *Filing) (err error) {
	if f.Title, err = cre.CheckTitle(f.Title); err != nil {
		return cre.Errorf(cre.Invalid, "Say in one line, of at most %d characters, what the customer needs.", cre.MaxTitle).About("what")
	}
	if f.Kind, err = s.Rules.CheckKind(f.Kind); err != nil {
		return err
	}
	if err := s.checkFacts(f.Kind, f.Facts); err != nil {
		return err
	}
	if err := s.stillToCome(f.Due); err != nil {
		return err
	}
	if f.For.IsZero() {
		f.For = s.By
	}
	_, err = s.Fill(f)
	return err
}

// askedIn is where a request hears what becomes of it: where it was said, but in private
// where customers read that.
func (s *Step) askedIn(f Filing) (chat.Place, error) {
	shared, err := s.customersRead()
	switch {
	case err != nil || shared:
		return direct(f.For), err
	case f.About == nil:
		return s.home(), nil
	case f.About.Place.Thread == "":
		return f.About.Place.In(f.About.ID), nil
	}
	return f.About.Place, nil
}

// Fill says what a filing leaves out and the bot can tell: the customer by the
// channel, the asker or the words, and of the customer the component and the only
// environment. It gives a sentence for each. [Step.File] fills by itself.
func (s *Step) Fill(f *Filing) (filled []chat.Text, err error) {
	customer := &cre.Customer{}
	if f.Customer != "" {
		customer, err = s.Customer(f.Customer)
	} else if found, why, guessErr := s.guessCustomer(f.Title); found != nil {
		customer, err = found, guessErr
		filled = append(filled, chat.Textf("I set the customer to **%s**, because %s.", found.Key, why))
	} else {
		err = guessErr
	}
	if err != nil {
		return nil, err
	}
	f.Customer = customer.Key
	if named := mentioned(customer.Services, f.Title+"\n"+f.Detail); f.Component == "" && len(named) == 1 {
		f.Component = named[0]
		filled = append(filled, chat.Textf("I set the component to **%s**.", f.Component))
	}
	if f.Environment == "" && len(customer.Environments) == 1 {
		f.Environment = customer.Environments[0]
		filled = append(filled, chat.Textf("I set the environment to **%s**, the only one of %s.", f.Environment, customer.Key))
	}
	return filled, nil
}

func mentioned(words []string, text string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(one string) bool { return !cre.Mentions(text, one) })
}

// guessCustomer finds the customer that a request is for where nobody says so, and
// why, in words that follow "because"; nil if it may be two, or none. A customer that
// the asker may not see is none.
func (s *Step) guessCustomer(title string) (*cre.Customer, chat.Text, error) {
	seen, err := s.Customers()
	if err != nil {
		return nil, "", err
	}
	eyes, err := s.Eyes()
	if err != nil {
		return nil, "", err
	}
	for _, guess := range []struct {
		fits func(*cre.Customer) bool
		why  chat.Text
	}{
		{s.isHere, chat.Textf("this is **#%s**", s.channelName())},
		{func(c *cre.Customer) bool { return c.Names(eyes.Accounts) }, "you are listed with it"},
		{func(c *cre.Customer) bool { return cre.Mentions(title, c.Key) || cre.Mentions(title, c.Name) }, "the text names it"},
	} {
		fitting := slices.DeleteFunc(slices.Clone(seen), func(c cre.Customer) bool { return !guess.fits(&c) })
		if len(fitting) == 1 {
			return &fitting[0], guess.why, nil
		}
	}
	return nil, "", nil
}

// CustomerHere is the key of the only customer whose channel this is, "" for none.
func (s *Step) CustomerHere() (string, error) {
	seen, err := s.Customers()
	seen = slices.DeleteFunc(seen, func(c cre.Customer) bool { return !s.isHere(&c) })
	if err != nil || len(seen) != 1 {
		return "", err
	}
	return seen[0].Key, nil
}

func (s *Step) isHere(c *cre.Customer) bool {
	here := s.channelName()
	return here != "" && slices.Contains([]string{strings.TrimPrefix(c.Channel, "#"), strings.TrimPrefix(c.SharedChannel, "#")}, here)
}

// channelName is what the channel is called in which the event happened, "" where
// nobody says.
func (s *Step) channelName() string {
	if s.Event == nil {
		return ""
	}
	return s.Event.Channel
}

// customersRead reports whether this is a channel that is shared with a customer, one
// that the asker may see or not: nothing of the team's work is said there.
func (s *Step) customersRead() (bool, error) {
	here := s.channelName()
	if here == "" {
		return false, nil
	}
	for c, err := range store.Customers.All(s.Tx, store.Page{}) {
		if err != nil || strings.TrimPrefix(c.SharedChannel, "#") == here {
			return true, err
		}
	}
	return false, nil
}

// Lookout is who looks at a request first: the CRE who owns the relation, or else
// who of the CRE team is on call; "" where nobody is named.
func (s *Step) Lookout(r *cre.Request) string {
	if owner := s.Rules.OwnerOf(r.Customer); owner != "" {
		return owner
	}
	for _, rota := range s.Rules.OnCall {
		if turn, ok := rota.At(s.Now); ok && (len(s.Rules.OnCall) == 1 || strings.EqualFold(rota.Team, "cre")) {
			return turn.Who.Shown()
		}
	}
	return ""
}

// Missing lists what a request must tell and does not.
func (s *Step) Missing(r *cre.Request) []cre.Fact {
	return r.Missing(s.Rules.RequestKind(r.Kind))
}

// Lacks is [Step.Missing] by the request's identifier. Of a request that the asker
// does not see that is nothing.
func (s *Step) Lacks(id string) ([]cre.Fact, error) {
	r, err := s.Request(id)
	if cre.Is(err, cre.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.Missing(r), nil
}

// checkFacts says that the own facts may be told of a kind, as its choices spell
// them.
func (s *Step) checkFacts(kind string, told map[string]string) (err error) {
	for _, f := range s.Rules.RequestKind(kind).Facts {
		if value := told[f.Name]; value != "" {
			if told[f.Name], err = f.Check(value); err != nil {
				return err
			}
		}
	}
	return nil
}

func factNames(facts []cre.Fact) (names []string) {
	for _, f := range facts {
		names = append(names, f.Name)
	}
	return names
}
