package cre

import (
	"testing"

	"cresset/bot/chat"
)

func TestWhoSeesARequest(t *testing.T) {
	asker, owner := chat.Person{Platform: "chat", ID: "eve"}, chat.Person{Platform: "chat", ID: "bob"}
	lead, other := chat.Person{Platform: "chat", ID: "ada"}, chat.Person{Platform: "chat", ID: "sam"}
	eyes := func(cre bool, department string, accounts ...chat.Person) Eyes {
		return Eyes{Accounts: accounts, CRE: cre, Department: department}
	}
	inc := &Incident{Private: true, Declarer: lead}
	plain := &Request{Requester: asker, Department: "sales"}
	private := &Request{Private: true, Requester: asker, Owner: owner, Department: "sales"}
	named := &Customer{Key: "acme", SeenBy: []string{lead.Key()}}
	for name, c := range map[string]struct {
		e        Eyes
		r        *Request
		customer *Customer
		inc      *Incident
		want     bool
	}{
		"who asked":                             {eyes(false, "", asker), plain, nil, nil, true},
		"who asked, by another account":         {eyes(false, "", other, asker), plain, nil, nil, true},
		"a colleague":                           {eyes(false, "sales", other), plain, nil, nil, true},
		"another department":                    {eyes(false, "consulting", other), plain, nil, nil, false},
		"nobody in no department":               {eyes(false, "", other), &Request{Requester: asker}, nil, nil, false},
		"a CRE":                                 {eyes(true, "", other), plain, nil, nil, true},
		"private: who asked":                    {eyes(false, "", asker), private, nil, inc, true},
		"private: the owner":                    {eyes(true, "", owner), private, nil, inc, true},
		"private: who sees the incident":        {eyes(true, "", lead), private, nil, inc, true},
		"private: a CRE":                        {eyes(true, "sales", other), private, nil, inc, false},
		"private: a colleague, no incident":     {eyes(false, "sales", other), private, nil, nil, false},
		"private, nobody owns it, nobody looks": {eyes(false, ""), &Request{Private: true, Requester: asker}, nil, nil, false},
		"a private customer: who is named":      {eyes(true, "", lead), plain, named, nil, true},
		"a private customer: another CRE":       {eyes(true, "", other), plain, named, nil, false},
		"a private customer: who asked":         {eyes(false, "sales", asker), plain, named, nil, true},
		"a private customer: a colleague":       {eyes(false, "sales", other), plain, named, nil, false},
	} {
		if got := c.e.See(c.r, c.customer, c.inc); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestDepartment(t *testing.T) {
	s := &Settings{Departments: []Department{{"sales", []string{"chat:eve", "chat:G1"}}, {"everybody", []string{"*"}}}}
	s.Roles.In = func(entry string, p chat.Person) bool { return entry == "chat:G1" && p.ID == "bob" }
	for id, want := range map[string]string{"eve": "sales", "bob": "sales", "sam": "everybody"} {
		if got := s.Department([]chat.Person{{Platform: "chat", ID: "nobody", External: true}, {Platform: "chat", ID: id}}); got != want {
			t.Errorf("%s is in %q, want %q", id, got, want)
		}
	}
}
