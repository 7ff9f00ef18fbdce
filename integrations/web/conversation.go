package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"cresset/bot/cre"
	"cresset/store"
)

// perPage is how many messages a page has, answers not counted.
const perPage = 100

// A conversation is the page of one channel.
type conversation struct {
	ID, Heading, Topic string
	Direct, Private    bool
	Archived           bool
	Place              string
	Incident           string // that the room is about
	Crowd              *crowd // nil where everybody is
	Bookmarks          []bookmarkView
	Pinned             []messageView
	Messages           []messageView
	Before             uint64 // an earlier page begins before this message
	Latest             bool   // nothing newer was left out
	Welcome            bool
}

type bookmarkView struct {
	Title, URL string
	Own        bool
}

func (c *Console) showFirst(w http.ResponseWriter, r *http.Request) { c.converse(w, r, general) }

func (c *Console) showChannel(w http.ResponseWriter, r *http.Request) {
	c.converse(w, r, r.PathValue("channel"))
}

func (c *Console) converse(w http.ResponseWriter, r *http.Request, id string) {
	me := visitor(r).ID
	c.page(w, r, "conversation", func(tx store.Tx, s *shell) (bool, error) {
		ch, err := c.visible(tx, id, me)
		if ch == nil || err != nil {
			return false, err
		}
		conv, err := c.conversation(tx, ch, me, spanOf(r))
		if err != nil {
			return false, err
		}
		s.Title, s.Channel, s.Body = conv.Heading, ch.ID, conv
		return true, nil
	})
}

// visible gives a channel that a person may see, nil if there is none. Standing
// channels are there before anything was said in them.
func (c *Console) visible(tx store.Tx, id, me string) (*channel, error) {
	ch, err := channels.Get(tx, store.Key(id))
	if err != nil {
		return nil, err
	}
	if ch == nil && (slices.Contains(c.standingChannels(), id) || id == "@"+me) {
		ch = &channel{ID: id, Created: c.Now()}
	}
	if ch == nil || !ch.openTo(me) {
		return nil, nil
	}
	return ch, nil
}

// A span is which messages are wanted: those before one, or those around one.
type span struct{ before, around uint64 }

func spanOf(r *http.Request) span {
	before, _ := strconv.ParseUint(r.FormValue("before"), 10, 64)
	around, _ := strconv.ParseUint(r.FormValue("m"), 10, 64)
	return span{before, around}
}

func (c *Console) conversation(tx store.Tx, ch *channel, me string, which span) (*conversation, error) {
	conv := &conversation{ID: ch.ID, Heading: "#" + ch.ID, Topic: ch.Topic, Private: ch.Private, Archived: ch.Archived,
		Place: placeQuery(ch.ID, ""), Crowd: crowdOf(ch, me), Latest: which.before == 0, Welcome: ch.ID == general}
	if _, conv.Direct = ch.direct(); conv.Direct {
		conv.Heading, conv.Topic = "cresset", "Only you and cresset see what you say here."
	}
	for _, b := range ch.Bookmarks {
		href, own := c.href(b.Link)
		conv.Bookmarks = append(conv.Bookmarks, bookmarkView{b.Title, href, own})
	}
	roots, err := c.roots(tx, ch, me, which.before)
	if err != nil {
		return nil, err
	}
	if which.around > 0 && len(roots) == perPage {
		begin, err := beginning(tx, which.around)
		if err != nil {
			return nil, err
		}
		if begin < roots[0].Seq {
			conv.Latest = false
			if roots, err = c.roots(tx, ch, me, begin+1); err != nil {
				return nil, err
			}
		}
	}
	if len(roots) == perPage {
		conv.Before = roots[0].Seq
	}
	if conv.Messages, err = c.viewAll(tx, ch, roots, me); err != nil {
		return nil, err
	}
	if conv.Pinned, err = c.pinned(tx, ch, me); err != nil {
		return nil, err
	}
	if conv.Incident, err = c.incidentOf(tx, ch, me); err != nil {
		return nil, err
	}
	conv.sayOnce()
	return conv, nil
}

// sayOnce drops from the head what a bookmark or a pinned message says too.
func (v *conversation) sayOnce() {
	for _, b := range v.Bookmarks {
		if b.URL == "/incidents/"+v.Incident {
			v.Incident = ""
		}
	}
	for _, p := range v.Pinned {
		if p.Said != nil && p.Said.Title == v.Topic {
			v.Topic = ""
		}
	}
}

// beginning is the message that the thread of a message hangs on, or itself.
func beginning(tx store.Tx, seq uint64) (uint64, error) {
	m, err := bySeq(tx, seq)
	if err != nil || m == nil || m.Thread == "" {
		return seq, err
	}
	root, err := messages.Get(tx, store.Key(m.Thread))
	if err != nil || root == nil {
		return seq, err
	}
	return root.Seq, nil
}

// roots are the last messages that begin no thread's answer, the oldest first.
func (c *Console) roots(tx store.Tx, ch *channel, me string, before uint64) ([]*message, error) {
	var roots []*message
	page := store.Page{Desc: true, Limit: 2 * perPage}
	if before > 0 {
		page.After = store.Key(ch.ID, "", before)
	}
	for looked := page.Limit; looked == page.Limit && len(roots) < perPage; { // what is for other people's eyes fills no page
		looked = 0
		for m, err := range messages.By(tx, "thread", store.Key(ch.ID, ""), page) {
			if err != nil {
				return nil, err
			}
			looked++
			page.After = store.Key(ch.ID, "", m.Seq)
			if m.shownTo(me) && len(roots) < perPage {
				roots = append(roots, m)
			}
		}
	}
	slices.Reverse(roots)
	return roots, nil
}

func (c *Console) viewAll(tx store.Tx, ch *channel, roots []*message, me string) ([]messageView, error) {
	var views []messageView
	for _, m := range roots {
		v := c.view(m, me)
		replies, err := c.replies(tx, m, me)
		if err != nil {
			return nil, err
		}
		v.Thread = &threadView{DOM: "t" + v.DOM[1:], Place: placeQuery(ch.ID, m.ID), Replies: replies, Closed: ch.Archived}
		views = append(views, v)
	}
	c.days(views)
	return views, nil
}

func (c *Console) replies(tx store.Tx, root *message, me string) ([]messageView, error) {
	var views []messageView
	for m, err := range messages.By(tx, "thread", store.Key(root.Channel, root.ID), store.Page{}) {
		if err != nil {
			return nil, err
		}
		if m.shownTo(me) {
			views = append(views, c.view(m, me))
		}
	}
	return views, nil
}

// together is how close two messages of one author stand as one.
const together = 5 * time.Minute

// days marks where a day begins and who goes on speaking.
func (c *Console) days(views []messageView) {
	for i := range views {
		v := &views[i]
		if i == 0 || v.At.Format(time.DateOnly) != views[i-1].At.Format(time.DateOnly) {
			v.Day = c.day(v.At)
			continue
		}
		last := &views[i-1]
		v.Again = v.Only && v.By == "" && last.Only && last.By != ""
		v.Follows = v.By == last.By && v.Only == last.Only && v.At.Sub(last.At) < together && len(last.Thread.Replies) == 0
	}
}

func (c *Console) day(t time.Time) string {
	now := c.Now().In(c.zone())
	switch t.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return "Today"
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return "Yesterday"
	}
	if t.Year() == now.Year() {
		return t.Format("Monday, 2 January")
	}
	return t.Format("Monday, 2 January 2006")
}

func (c *Console) pinned(tx store.Tx, ch *channel, me string) ([]messageView, error) {
	var views []messageView
	for _, id := range ch.Pinned {
		m, err := messages.Get(tx, store.Key(id))
		if err != nil {
			return nil, err
		}
		if m != nil && m.shownTo(me) {
			v := c.view(m, me)
			v.DOM = "pin-" + v.DOM
			views = append(views, v)
		}
	}
	return views, nil
}

// incidentOf is the incident whose room the channel is, "" if there is none.
func (c *Console) incidentOf(tx store.Tx, ch *channel, me string) (string, error) {
	inc, err := store.IncidentAt(tx, ch.place())
	if err != nil || inc == nil || !sees(tx, inc, known(me)) {
		return "", err
	}
	return inc.ID, nil
}

// clock is a time as the house reads it.
func (c *Console) clock(t, now time.Time) string { return cre.Clock(t, now, c.zone()) }
