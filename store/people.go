package store

import (
	"slices"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

var (
	// People are who has accounts on several platforms, or an e-mail address by which
	// they may be linked.
	People = &Collection[cre.Human]{
		Name: "people",
		Key:  func(h *cre.Human) []byte { return Key(h.N) },
		Indexes: []Index[cre.Human]{
			{Name: "account", Unique: true, Keys: func(h *cre.Human) (keys [][]byte) {
				for _, a := range h.Accounts {
					keys = append(keys, Key(a.Who.Key()))
				}
				return keys
			}},
			{Name: "email", Keys: func(h *cre.Human) (keys [][]byte) {
				for _, a := range h.Accounts {
					keys = append(keys, when(a.Email != "", Key(a.Email))...)
				}
				return keys
			}},
		},
	}
	// Linkings are the codes by which accounts may be linked, by account.
	Linkings = &Collection[cre.Linking]{
		Name: "linkings",
		Key:  func(l *cre.Linking) []byte { return Key(l.Account.Key()) },
		Indexes: []Index[cre.Linking]{
			{Name: "hash", Unique: true, Keys: func(l *cre.Linking) [][]byte { return when(l.Hash != "", Key(l.Hash)) }},
		},
	}
)

// AccountsOf lists the accounts of the person behind one of them, that one first.
func AccountsOf(tx Tx, p chat.Person) ([]chat.Person, error) {
	all := []chat.Person{p}
	if p.IsZero() {
		return all, nil
	}
	h, err := People.First(tx, "account", Key(p.Key()))
	if err != nil || h == nil {
		return all, err
	}
	for _, a := range h.Accounts {
		if a.Who.Key() != p.Key() {
			all = append(all, a.Who)
		}
	}
	return all, nil
}

// AccountOn is a person's account on a platform, nobody if none is known.
func AccountOn(tx Tx, platform string, p chat.Person) (chat.Person, error) {
	if p.Platform == platform {
		return p, nil
	}
	all, err := AccountsOf(tx, p)
	if i := slices.IndexFunc(all, func(a chat.Person) bool { return a.Platform == platform }); err == nil && i >= 0 {
		return all[i], nil
	}
	return chat.Person{}, err
}
