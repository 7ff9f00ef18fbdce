package workflow

import (
	"strings"

	"cresset/bot/cre"
	"cresset/store"
)

// Incident finds the incident that a person means: by its identifier, or the
// one in whose war room, or thread, they are.
func (s *Step) Incident(id string) (*cre.Incident, error) {
	if id == "" {
		return s.incidentHere()
	}
	inc, err := s.find(id)
	if err != nil {
		return nil, err
	}
	if inc == nil || !s.sees(inc) {
		return nil, cre.Errorf(cre.NotFound, "There is no incident %s. Try `incident list`.", strings.ToUpper(id))
	}
	return inc, nil
}

func (s *Step) incidentHere() (*cre.Incident, error) {
	inc, err := s.incidentOf(s.At)
	if err != nil || inc != nil {
		return inc, err
	}
	place := "war room"
	if !s.Rules.HasRooms(s.At.Platform) {
		place = "thread of an incident"
	}
	return nil, cre.Errorf(cre.NotFound, "This is not a %s. Say which incident you mean, for example `%s INC-1`. `incident list` has them all.", place, s.typed()).About("incident")
}

// find is the incident with the identifier, nil if there is none.
func (s *Step) find(id string) (*cre.Incident, error) { return store.IncidentByID(s.Tx, id) }

// Incidents lists the incidents that the asker may see, the newest first, of
// all or of those that are open.
func (s *Step) Incidents(open bool, limit int) (list []cre.Incident, err error) {
	for page := (store.Page{Desc: true, Limit: 100}); len(list) < limit; {
		all, read := store.Incidents.All(s.Tx, page), 0
		if open {
			all = store.Incidents.By(s.Tx, "open", nil, page)
		}
		for i, err := range all {
			if err != nil {
				return nil, err
			}
			if read++; s.sees(i) && len(list) < limit {
				list = append(list, *i)
			}
			page.After = store.Key(i.Number)
			if open {
				page.After = store.Incidents.Cursor("open", nil, i)
			}
		}
		if read < page.Limit {
			break
		}
	}
	return list, nil
}
