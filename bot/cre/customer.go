package cre

import (
	"regexp"
	"slices"
	"strings"

	"cresset/bot/chat"
)

// A Customer is whom all of this is for, and what every record hangs on.
type Customer struct {
	Key           string   `json:"key"` // acme
	Name          string   `json:"name"`
	Tier          string   `json:"tier,omitempty"`
	Owner         string   `json:"owner,omitempty"` // the CRE who owns the relation, as configured: "@ada"
	Contacts      []string `json:"contacts,omitempty"`
	Channel       string   `json:"channel,omitempty"`
	SharedChannel string   `json:"shared_channel,omitempty"`
	Services      []string `json:"services,omitempty"` // what the customer calls critical
	Environments  []string `json:"environments,omitempty"`
	SeenBy        []string `json:"seen_by,omitempty"` // person keys; none: whoever sees requests at all
	Domains       []string `json:"domains,omitempty"` // of the addresses of the customer's people
	Configured    bool     `json:"configured,omitempty"`
}

var customerKey = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// CheckCustomerKey tidies a key, or says what is wrong with it.
func CheckCustomerKey(key string) (string, error) {
	key = strings.ToLower(strings.TrimSpace(key))
	if !customerKey.MatchString(key) {
		return "", Errorf(Invalid, "%s is not a customer key. Use up to 40 lower-case letters, digits and dashes, like `acme-gmbh`.", key).About("key")
	}
	return key, nil
}

// Names reports whether one of the accounts is named as owner or contact, as
// platform:id or by name. It tells what a person has to do with a customer, never
// what they may.
func (c *Customer) Names(accounts []chat.Person) bool {
	return slices.ContainsFunc(append([]string{c.Owner}, c.Contacts...), func(entry string) bool {
		return slices.ContainsFunc(accounts, func(p chat.Person) bool {
			return entry == p.Key() || p.Name != "" && strings.EqualFold(strings.TrimPrefix(entry, "@"), p.Name)
		})
	})
}

// OwnerOf is the CRE who owns the relation with a customer of the configuration, as
// people call them; "" for nobody.
func (s *Settings) OwnerOf(customer string) string {
	i := slices.IndexFunc(s.Customers, func(c Customer) bool { return c.Key == customer })
	if i < 0 {
		return ""
	}
	return strings.TrimPrefix(s.Customers[i].Owner, "@")
}
