package workflow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A hearing is what the bot makes of something that was overheard.
type hearing struct {
	in     cre.Listening
	rule   string      // why it may be a request, in words that continue "it is"
	pinged chat.Person // of the team, by who wrote it
}

// Heeds reports whether what was overheard in a channel may be a request that
// nobody knows of. It only reads: there is much talk, and little comes of it.
func (s *Step) Heeds(channel string) (bool, error) {
	h, err := s.heed(channel)
	return h != nil, err
}

// heed is nil for what is left alone: words of the team, what asks for nothing, what
// belongs to an incident or a request, and a conversation that was offered.
func (s *Step) heed(channel string) (*hearing, error) {
	said := s.Event.About
	in, listens := s.Rules.Listens(channel)
	if said == nil || !listens {
		return nil, nil
	}
	h := &hearing{in: in}
	var worth bool
	if h.rule, worth = cre.Worth(said.Text); !worth {
		return nil, nil
	}
	for _, known := range []func(*chat.Post) (bool, error){s.byTeam, s.inIncident, s.offeredLately, s.isRequest, s.underRequest} {
		if is, err := known(said); is || err != nil {
			return nil, err
		}
	}
	var err error
	h.pinged, err = s.pinged()
	return h, err
}

// byTeam reports whether somebody of the team wrote it. With everybody a responder,
// that is everybody inside.
func (s *Step) byTeam(*chat.Post) (bool, error) {
	eyes, err := s.Eyes()
	return eyes.CRE, err
}

func (s *Step) inIncident(said *chat.Post) (bool, error) {
	inc, err := store.IncidentAt(s.Tx, said.Place)
	return inc != nil, err
}

// offeredLately reports whether the conversation was offered, which outside threads
// is what the same person just said.
func (s *Step) offeredLately(said *chat.Post) (bool, error) {
	offered, err := s.offeredWithin(cre.OfferedFor, "thread", store.Key(cre.ThreadOf(said)))
	if offered || err != nil || said.Place.Thread != "" {
		return offered, err
	}
	return s.offeredWithin(cre.SameBreath, "by", store.Key(said.Place.Key(), said.By.Key()))
}

func (s *Step) offeredWithin(d time.Duration, index string, key []byte) (bool, error) {
	for o, err := range store.Overheard.By(s.Tx, index, key, store.Page{Desc: true, Limit: 1}) {
		return err == nil && s.Now.Sub(o.At) < d, err
	}
	return false, nil
}

func (s *Step) isRequest(said *chat.Post) (bool, error) {
	if said.Link == "" {
		return false, nil
	}
	r, err := store.Requests.First(s.Tx, "origin", store.Key(said.Link))
	return r != nil, err
}

// underRequest reports whether it was said in a thread that hears of a request.
func (s *Step) underRequest(said *chat.Post) (bool, error) {
	if said.Place.Thread == "" {
		return false, nil
	}
	r, err := store.Requests.First(s.Tx, "thread", store.Key(said.Place.Key(), said.Place.Thread))
	return r != nil, err
}

// pinged is somebody of the team whom the author called by name, nobody where it is
// not known who the team is.
func (s *Step) pinged() (chat.Person, error) {
	if !s.Rules.Roles.NamesTeam() {
		return chat.Person{}, nil
	}
	for _, called := range slices.Sorted(maps.Keys(s.Event.People)) {
		p := s.Event.People[called]
		if eyes, err := store.EyesOf(s.Tx, s.Rules, p, ""); err != nil || eyes.CRE {
			return p, err
		}
	}
	return chat.Person{}, nil
}

// Overhear offers what was overheard for filing: to who wrote it, when they called
// somebody of the team, which is the message it returns, and else to the team. It
// says nothing in the channel itself, where customers may read it.
func (s *Step) Overhear(channel string) (chat.Message, error) {
	h, err := s.heed(channel)
	if err != nil || h == nil {
		return chat.Message{}, err
	}
	o := &cre.Overheard{Thread: cre.ThreadOf(s.Event.About), Channel: channel, Customer: h.in.Customer, Post: *s.Event.About}
	private := !h.pinged.IsZero() && !s.By.External && !h.in.Always
	if private {
		o.For = s.By
	}
	if err := s.keepOverheard(o); err != nil {
		return chat.Message{}, err
	}
	switch {
	case h.in.Always:
		_, err := s.fileOverheard(o)
		return chat.Message{}, err
	case private:
		return s.offerAlone(o, h), nil
	}
	m := s.overheardCard(o)
	m.Buttons = []chat.Button{fileButton(o), {Label: "Not a request", Line: fmt.Sprintf("cre leave-overheard %d", o.N)}}
	m.Footer = chat.Textf("Offered because it is %s that nobody has filed. A conversation is offered once a day.", h.rule)
	if !h.pinged.IsZero() {
		m.Footer = chat.Textf("It calls %s by name. ", h.pinged.Shown()) + m.Footer
	}
	if o.Post.Link != "" {
		m.Footer += " " + chat.Link("Open it", o.Post.Link)
	}
	_, err = s.Say(s.offerPlace(o), m, store.ForAnnouncement)
	return chat.Message{}, err
}

func (s *Step) keepOverheard(o *cre.Overheard) (err error) {
	if o.N == 0 {
		o.At = s.Now
		if o.N, err = store.Sequence(s.Tx, "overheard"); err != nil {
			return err
		}
	}
	return store.Overheard.Put(s.Tx, o)
}

// offerAlone asks who wrote it.
func (s *Step) offerAlone(o *cre.Overheard, h *hearing) chat.Message {
	return chat.Message{
		Text: chat.Textf("You called **%s**. Filed as a request, it gets a number and a promised time, and whoever is at work sees it.\n%s",
			h.pinged.Shown(), chat.Quote(chat.Cut(o.Post.Text, 300))),
		Buttons: []chat.Button{fileButton(o)},
		Footer:  chat.Textf("Offered because it is %s that nobody has filed. Only you see this.", h.rule)}
}

func fileButton(o *cre.Overheard) chat.Button {
	return chat.Button{Label: "File as a request", Line: fmt.Sprintf("cre file-overheard %d", o.N), Style: chat.Good}
}

// overheardCard is what was said, as the team reads it. Nobody is called by it.
func (s *Step) overheardCard(o *cre.Overheard) chat.Message {
	return chat.Message{Key: fmt.Sprintf("overheard %d", o.N),
		Text: chat.Textf("**%s** said in %s%s:\n%s", o.Post.By.Shown(), chat.Channel(o.Post.Place, o.Channel),
			forCustomer(o.Customer), chat.Quote(chat.Cut(o.Post.Text, 600)))}
}

func (s *Step) offerPlace(o *cre.Overheard) chat.Place {
	return chat.Place{Platform: o.Post.Place.Platform, Channel: "#" + s.Rules.Channels.Requests}
}

// Talk offers to file what somebody said to the bot alone, and which is no command.
func (s *Step) Talk(text string) (chat.Message, error) {
	rule, worth := cre.Worth(text)
	if !worth {
		return chat.Message{}, cre.Errorf(cre.Invalid, "Say in a sentence what the customer needs.").About("text")
	}
	o := &cre.Overheard{For: s.By, Post: chat.Post{Ref: chat.Ref{Place: s.At, ID: s.Event.Key}, By: s.By, Text: text, At: s.Event.At}}
	if err := s.keepOverheard(o); err != nil {
		return chat.Message{}, err
	}
	return chat.Message{
		Text:    chat.Textf("That is not a command. Is it a request?\n%s", chat.Quote(chat.Cut(text, 300))),
		Buttons: []chat.Button{fileButton(o)},
		Footer:  chat.Textf("Offered because it is %s. `cre help` lists what you can say.", rule)}, nil
}

// Overheard finds what a button was about. What one person was asked, only they
// decide; the rest is for the team.
func (s *Step) Overheard(n int) (*cre.Overheard, error) {
	o, err := store.Overheard.Get(s.Tx, store.Key(uint64(n)))
	if err != nil {
		return nil, err
	}
	allowed := false
	switch {
	case o == nil:
	case o.For.IsZero():
		allowed, err = s.byTeam(&o.Post)
	default:
		allowed, err = s.Mine(o.For)
	}
	switch {
	case err != nil:
		return nil, err
	case !allowed:
		return nil, cre.Errorf(cre.NotFound, "That offer is gone, or not yours to decide. `cre request` files what you say.")
	case o.Request != "":
		return nil, cre.Errorf(cre.Conflict, "It is already **%s**.", o.Request)
	case !o.Left.IsZero():
		return nil, cre.Errorf(cre.Conflict, "%s said it is not a request. `cre request` files what you say.", o.Left.Shown())
	}
	return o, nil
}

// FileOverheard makes a request of what was offered. Who wrote it asks for it and
// hears of it in private, if they are inside; else who files it does, in the thread
// of the offer.
func (s *Step) FileOverheard(o *cre.Overheard) (*cre.Request, error) {
	r, err := s.fileOverheard(o)
	if err != nil {
		return nil, err
	}
	return r, s.decided(o, chat.Textf("Filed as **%s** by %s.", r.ID, s.By.Shown()))
}

func (s *Step) fileOverheard(o *cre.Overheard) (*cre.Request, error) {
	title, detail := TitleOf(o.Post.Text)
	f := Filing{Title: title, Detail: detail, Customer: o.Customer, About: &o.Post, For: o.Post.By, Asked: s.askedOf(o)}
	if o.Post.By.External {
		f.For = s.By
		f.Detail = strings.TrimSpace(fmt.Sprintf("%s wrote it in #%s.\n%s", o.Post.By.Shown(), o.Channel, detail))
	}
	r, err := s.File(f)
	if err != nil {
		return nil, err
	}
	o.Request = r.ID
	return r, s.keepOverheard(o)
}

// askedOf is where a request hears what becomes of it. Never is it where it was
// overheard: customers may read that.
func (s *Step) askedOf(o *cre.Overheard) chat.Place {
	offer := s.Event.About
	switch {
	case !o.Post.By.External:
		return direct(o.Post.By)
	case s.By.External: // it is filed at once, and nobody was asked
		return s.offerPlace(o)
	case offer != nil:
		return under(offer.Ref)
	}
	return s.home()
}

// LeaveOverheard has the team leave it at what was said.
func (s *Step) LeaveOverheard(o *cre.Overheard) error {
	o.Left = s.By
	if err := s.keepOverheard(o); err != nil {
		return err
	}
	return s.decided(o, chat.Textf("%s said it is not a request.", s.By.Shown()))
}

// decided takes the question away that the team was asked.
func (s *Step) decided(o *cre.Overheard, how chat.Text) error {
	if !o.For.IsZero() {
		return nil
	}
	m := s.overheardCard(o)
	m.Footer = how
	_, err := s.Say(s.offerPlace(o), m, store.ForAnnouncement)
	return err
}
