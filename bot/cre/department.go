package cre

import (
	"slices"
	"strings"

	"cresset/bot/chat"
)

// A Department is a part of the company whose people file requests and see each
// other's.
type Department struct {
	Name    string
	Members []string // as in [Access]
}

// Department is the first department that one of the accounts is in, "" for none.
func (s *Settings) Department(accounts []chat.Person) string {
	for _, d := range s.Departments {
		for _, p := range accounts {
			if !p.External && s.Roles.names(d.Members, p) {
				return d.Name
			}
		}
	}
	return ""
}

// CheckDepartment tidies the name of a department, or says which there are.
func (s *Settings) CheckDepartment(name string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	var names []chat.Text
	for _, d := range s.Departments {
		if d.Name == name {
			return name, nil
		}
		names = append(names, chat.Textf("`%s`", d.Name))
	}
	switch {
	case name == "":
		return "", nil
	case len(names) == 0:
		return "", Errorf(NotFound, "There are no departments. Define them under `departments` in the configuration.").About("department")
	}
	return "", Errorf(NotFound, "There is no department %s. Choose one of %s.", name, chat.Join(names, ", ")).About("department")
}

// Eyes are with what a person looks at requests.
type Eyes struct {
	Accounts   []chat.Person
	CRE        bool // works on requests, and so sees those of all departments
	Department string
}

// See reports whether a request is seen: by who asked and who works on it; by CREs
// and by the department of who asked, unless the request is private, or its customer
// is seen by named people only. customer and inc are the records that the request
// names, nil where there is none.
func (e Eyes) See(r *Request, customer *Customer, inc *Incident) bool {
	if e.are(r.Requester) || e.are(r.Owner) {
		return true
	}
	if r.Private {
		return inc != nil && slices.ContainsFunc(e.Accounts, inc.VisibleTo)
	}
	return e.seeOthers(r.Department, customer)
}

// SeeQueued is [Eyes.See] of a request that is not private. marks are those of the
// accounts.
func (e Eyes) SeeQueued(q *Queued, marks []Mark, customer *Customer) bool {
	return q.Of(marks) || e.seeOthers(q.Department, customer)
}

// seeOthers reports whether what is somebody else's is seen.
func (e Eyes) seeOthers(department string, customer *Customer) bool {
	if customer != nil && !e.SeeCustomer(customer) {
		return false
	}
	return e.CRE || e.Department != "" && e.Department == department
}

// SeeCustomer reports whether the customer is seen at all.
func (e Eyes) SeeCustomer(c *Customer) bool {
	return len(c.SeenBy) == 0 || slices.ContainsFunc(e.Accounts, func(p chat.Person) bool { return slices.Contains(c.SeenBy, p.Key()) })
}

func (e Eyes) are(p chat.Person) bool {
	return !p.IsZero() && slices.ContainsFunc(e.Accounts, func(q chat.Person) bool { return q.Key() == p.Key() })
}
