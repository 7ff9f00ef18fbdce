package store

import (
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// EyesOf is with what the person behind an account looks at requests. granted is the
// role that the way in grants.
func EyesOf(tx Tx, rules *cre.Settings, p chat.Person, granted string) (cre.Eyes, error) {
	if p.External { // also one that is still linked
		return cre.Eyes{Accounts: []chat.Person{p}, CRE: rules.Roles.Rank(p, granted) >= cre.Responder}, nil
	}
	all, err := AccountsOf(tx, p)
	if err != nil {
		return cre.Eyes{}, err
	}
	rank := rules.Roles.Rank(p, granted)
	if granted == "" {
		for _, a := range all {
			rank = max(rank, rules.Roles.Rank(a, ""))
		}
	}
	return cre.Eyes{Accounts: all, CRE: rank >= cre.Responder, Department: rules.Department(all)}, nil
}

// Sees reports whether somebody sees a request.
func Sees(tx Tx, e cre.Eyes, r *cre.Request) (bool, error) {
	var customer *cre.Customer
	var inc *cre.Incident
	var err error
	if r.Customer != "" {
		if customer, err = Customers.Get(tx, Key(r.Customer)); err != nil {
			return false, err
		}
	}
	if r.Private {
		if inc, err = IncidentByID(tx, r.Incident); err != nil {
			return false, err
		}
	}
	return e.See(r, customer, inc), nil
}

// Satisfaction is what requesters thought of a customer's requests of late. All count;
// words are taken only of what is seen.
func Satisfaction(tx Tx, eyes cre.Eyes, customer string, now time.Time) (sum cre.Satisfaction, err error) {
	for r, err := range Requests.By(tx, "rated", Key(customer), Page{Desc: true}) {
		if err != nil {
			return sum, err
		}
		if r.Rating.At.Before(now.Add(-cre.SatisfactionSpan)) {
			break
		}
		sees, err := Sees(tx, eyes, r)
		if err != nil {
			return sum, err
		}
		rating := *r.Rating
		if !sees {
			rating.Text = ""
		}
		sum.Add(&rating)
	}
	return sum, nil
}
