package workflow

import (
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// proseDrafted is the step after a model was asked.
const proseDrafted = "prose drafted"

// DraftPostmortem gathers the evidence and writes the draft. With a model in the
// house its prose is asked for; the draft stands without it.
func (s *Step) DraftPostmortem(inc *cre.Incident) (*cre.Postmortem, error) {
	evidence, err := s.evidence(inc)
	if err != nil {
		return nil, err
	}
	pm := &cre.Postmortem{Incident: inc.ID, Version: 1, At: s.Now, By: s.By, Place: s.At, Evidence: *evidence}
	earlier, err := store.Postmortems.Get(s.Tx, store.Key(inc.ID))
	if err != nil {
		return nil, err
	}
	if earlier != nil {
		pm.Version = earlier.Version + 1
	}
	if s.Rules.Model && !inc.Private {
		if _, err := s.Leave(store.Errand{Kind: store.Draft, Subject: inc.ID, Then: proseDrafted, Priority: store.ForDigest}); err != nil {
			return nil, err
		}
	}
	s.Changed(inc.ID)
	return pm, store.Postmortems.Put(s.Tx, pm)
}

// Postmortem is the draft of an incident.
func (s *Step) Postmortem(inc *cre.Incident) (*cre.Postmortem, error) {
	pm, err := store.Postmortems.Get(s.Tx, store.Key(inc.ID))
	if err == nil && pm == nil {
		return nil, cre.Errorf(cre.NotFound, "There is no postmortem of **%s** yet. `postmortem draft %s` writes one.", inc.ID, inc.ID)
	}
	return pm, err
}

func (s *Step) evidence(inc *cre.Incident) (*cre.Evidence, error) {
	e := &cre.Evidence{Incident: *inc}
	var err error
	if e.Timeline, err = s.Entries(inc); err != nil {
		return nil, err
	}
	for _, key := range inc.Customers {
		c, err := store.Customers.Get(s.Tx, store.Key(key))
		if err != nil {
			return nil, err
		}
		if c != nil {
			e.Customers = append(e.Customers, *c)
		}
	}
	for _, id := range inc.Requests {
		r, err := s.findRequest(id)
		if err != nil {
			return nil, err
		}
		if r != nil && (inc.Private || s.openly(r)) { // of others whoever reads the draft knows the number
			e.Requests = append(e.Requests, *r)
		}
	}
	e.Impact, err = s.impact(inc)
	return e, err
}

// impact is what the incident cost the SLOs of its customers.
func (s *Step) impact(inc *cre.Incident) ([]cre.SLOImpact, error) {
	from, to := inc.Began(), s.Now
	if end, ok := inc.Times[cre.ResolvedAt]; ok {
		to = end
	}
	var all []cre.SLOImpact
	for _, slo := range s.Rules.SLOs {
		if !concerns(&slo, inc) {
			continue
		}
		st, err := store.Standing(s.Tx, slo, s.Now)
		if err != nil {
			return nil, err
		}
		during, err := s.counted(slo, from, to)
		if err != nil {
			return nil, err
		}
		i := cre.SLOImpact{SLO: slo.Name, Bad: during.Bad, Total: during.Good + during.Bad, Known: st.Counted && during.Good+during.Bad > 0}
		if i.Known {
			i.Spent, i.Left = during.Bad/st.Allowed, st.Left
		}
		all = append(all, i)
	}
	return all, nil
}

func concerns(slo *cre.SLO, inc *cre.Incident) bool {
	if len(inc.Customers) == 0 {
		return true
	}
	for _, c := range inc.Customers {
		if slo.For(c) {
			return true
		}
	}
	return false
}

// counted sums the buckets that lie between two times.
func (s *Step) counted(slo cre.SLO, from, to time.Time) (cre.Bucket, error) {
	sum := cre.Bucket{From: from, To: to}
	for h, err := range store.SLIHours.Under(s.Tx, store.Key(slo.Name), store.Page{}) {
		if err != nil {
			return sum, err
		}
		good, bad := h.Between(from, to)
		sum.Good, sum.Bad = sum.Good+good, sum.Bad+bad
	}
	return sum, nil
}

// proseDrafted puts the model's prose into the draft, or says why there is none.
func (s *Step) proseDrafted(e *store.Errand, o Outcome) error {
	pm, err := store.Postmortems.Get(s.Tx, store.Key(e.Subject))
	if err != nil || pm == nil {
		return err
	}
	pm.Prose, pm.Trouble = o.Prose, o.Trouble
	if err := store.Postmortems.Put(s.Tx, pm); err != nil {
		return err
	}
	return s.SayPostmortem(pm)
}

// SayPostmortem says the draft as it is now, in place of an earlier one: in the
// rooms of the incident, or where it was asked for.
func (s *Step) SayPostmortem(pm *cre.Postmortem) error {
	m := s.PostmortemMessage(pm)
	inc, err := s.find(pm.Incident)
	if err == nil && inc != nil && inc.HasRoom() {
		return s.sayInRooms(inc, m)
	}
	if err == nil {
		_, err = s.Say(pm.Place, m, store.ForReply)
	}
	return err
}

// PostmortemMessage is the draft as it is read in chat, the whole of it as a
// file.
func (s *Step) PostmortemMessage(pm *cre.Postmortem) chat.Message {
	inc := &pm.Evidence.Incident
	m := chat.Message{Key: "postmortem " + inc.ID, Title: "Postmortem draft: " + inc.ID + " " + inc.Title}
	m.Fields = []chat.Field{
		{Label: "Lasted", Value: chat.Plain(cre.Short(inc.Lasted(pm.At)))},
		{Label: "Customers", Value: chat.Plain(orNobody(inc.Customers))},
		{Label: "Evidence", Value: chat.Plain(cre.Count(len(pm.Evidence.Timeline), "timeline entry"))},
	}
	var lines []chat.Text
	for _, i := range pm.Evidence.Impact {
		lines = append(lines, chat.Textf("- %s", i.Words()))
	}
	if pm.Prose != nil {
		for _, sentence := range pm.Prose.Summary {
			lines = append(lines, chat.Plain(sentence))
		}
	}
	m.Text = chat.Join(lines, "\n")
	m.Files = []chat.File{{Name: strings.ToLower(inc.ID) + "-postmortem.md", Type: "text/markdown", Content: []byte(pm.Markdown(s.Rules.Zone))}}
	switch {
	case pm.Prose != nil:
		m.Footer = chat.Textf("%s drafted summary and contributing factors from the timeline. Each sentence names its evidence. %s A person has to read and correct it.",
			pm.Prose.Model, dropped(pm.Prose.Dropped))
	case pm.Trouble != "":
		m.Footer = chat.Textf("Written from the record alone. The model did not help: %s", pm.Trouble)
	case s.Rules.Model && !inc.Private:
		m.Footer = "Written from the record alone. A model is writing a summary, and this message will change when it answers."
	default:
		m.Footer = "Written from the record alone. A person has to fill in what is in italics."
	}
	return m
}

func orNobody(keys []string) string {
	if len(keys) == 0 {
		return "none named"
	}
	return strings.Join(keys, ", ")
}

func dropped(n int) string {
	if n == 0 {
		return ""
	}
	return cre.Count(n, "sentence") + " without evidence left out."
}
