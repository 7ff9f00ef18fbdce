package workflow

import (
	"slices"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A Home is what is the asker's, with any of their accounts.
type Home struct {
	Incidents []Part
	Asked     []cre.Request // by the asker, and open
	Owned     []cre.Request // the asker works on them
	OnCall    []Shift
}

// A Part is what the asker has to do with an open incident.
type Part struct {
	cre.Incident
	As   []string // the roles, or that the asker declared it
	Owes bool     // the next update is theirs to give
}

// Home gathers what is the asker's.
func (s *Step) Home() (*Home, error) {
	h := &Home{}
	for inc, err := range store.Incidents.By(s.Tx, "open", nil, store.Page{Desc: true}) {
		if err != nil {
			return nil, err
		}
		part, err := s.partIn(inc)
		if err != nil {
			return nil, err
		}
		if len(part.As) > 0 {
			h.Incidents = append(h.Incidents, part)
		}
	}
	queue, err := s.Queue()
	if err != nil {
		return nil, err
	}
	accounts, err := s.mine()
	if err != nil {
		return nil, err
	}
	mine := cre.Marks(accounts)
	own, _, err := queue.Page(func(q *cre.Queued) bool { return q.Of(mine) }, 0, 0)
	if err != nil {
		return nil, err
	}
	for _, r := range own {
		if slices.Contains(mine, cre.MarkOf(r.Owner)) {
			h.Owned = append(h.Owned, r.Request)
		} else {
			h.Asked = append(h.Asked, r.Request)
		}
	}
	h.OnCall, err = s.OnCall("")
	if cre.Is(err, cre.NotFound) {
		err = nil
	}
	return h, err
}

// partIn is what the asker has to do with an incident. Who leads it owes the next
// update, or else who declared it.
func (s *Step) partIn(inc *cre.Incident) (Part, error) {
	p := Part{Incident: *inc}
	for _, role := range cre.IncidentRoles {
		mine, err := s.Mine(inc.Roles[role])
		if err != nil {
			return p, err
		}
		if mine {
			p.As = append(p.As, string(role))
		}
	}
	declared, err := s.Mine(inc.Declarer)
	if err != nil {
		return p, err
	}
	if declared && len(p.As) == 0 {
		p.As = []string{"declared by you"}
	}
	_, led := inc.Roles[cre.Lead]
	p.Owes = inc.Clock.Running() && (slices.Contains(p.As, string(cre.Lead)) || declared && !led)
	return p, nil
}

// Kept says how the promises of an incident were kept, "" before the first was
// due.
func Kept(p *cre.Promise) chat.Text {
	if p == nil || p.Kept+p.Broken == 0 {
		return ""
	}
	return chat.Textf("%d of %d in time so far", p.Kept, p.Kept+p.Broken)
}
