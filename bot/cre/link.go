package cre

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

// A Human is one person with accounts on several platforms, at most one on each.
// What one of them may and sees, all may and see.
type Human struct {
	N        uint64    `json:"n"`
	Accounts []Account `json:"accounts"`
	Apart    bool      `json:"apart,omitempty"` // undone by the person: an e-mail address links nothing any more
}

// An Account is a human on one platform.
type Account struct {
	Who   chat.Person `json:"who"`
	Email string      `json:"email,omitempty"` // as the platform vouches for it
	How   LinkedBy    `json:"how,omitempty"`   // "" for the first
	Since time.Time   `json:"since"`
}

// LinkedBy is what linked an account with others.
type LinkedBy string

const (
	ByCode  LinkedBy = "code"
	ByEmail LinkedBy = "e-mail"
)

// On is the human's account on a platform, nil if there is none.
func (h *Human) On(platform string) *Account {
	i := slices.IndexFunc(h.Accounts, func(a Account) bool { return a.Who.Platform == platform })
	if i < 0 {
		return nil
	}
	return &h.Accounts[i]
}

// Has reports whether the account is the human's.
func (h *Human) Has(p chat.Person) bool {
	a := h.On(p.Platform)
	return a != nil && a.Who.Key() == p.Key()
}

// Join takes the accounts of another human over, who is the same. It changes
// nothing if both have an account on one platform.
func (h *Human) Join(other *Human, how LinkedBy) error {
	for _, a := range other.Accounts {
		if h.On(a.Who.Platform) != nil {
			return Errorf(Conflict, "One of the two is already linked with another account on **%s**. `cre unlink` separates them.", PlatformLabel(a.Who.Platform))
		}
	}
	for _, a := range other.Accounts {
		if a.How == "" {
			a.How = how
		}
		h.Accounts = append(h.Accounts, a)
	}
	h.Apart = h.Apart || other.Apart
	return nil
}

// Part takes an account away. It stands alone from then on, whatever its e-mail
// address.
func (h *Human) Part(p chat.Person) Account {
	i := slices.IndexFunc(h.Accounts, func(a Account) bool { return a.Who.Key() == p.Key() })
	parted := h.Accounts[i]
	h.Accounts = slices.Delete(h.Accounts, i, i+1)
	parted.How = ""
	return parted
}

// SameEmail reports whether an e-mail address may link the two: neither undid
// such a link, and they have no platform in common.
func (h *Human) SameEmail(other *Human) bool {
	return !h.Apart && !other.Apart && !slices.ContainsFunc(other.Accounts, func(a Account) bool { return h.On(a.Who.Platform) != nil })
}

// How long a code is valid, and how many wrong ones an account may say in that
// time.
const (
	CodeLasts = 15 * time.Minute
	MostWrong = 5
)

// A Linking is what an account did to be linked: the code that it was given, of
// which only the hash is kept, and the wrong codes that it said.
type Linking struct {
	Account chat.Person `json:"account"`
	Hash    string      `json:"hash,omitempty"`
	Until   time.Time   `json:"until,omitzero"`
	Wrong   int         `json:"wrong,omitempty"`
	Since   time.Time   `json:"since,omitzero"` // the first wrong one
}

// Offer makes a code of chance: at least eight letters and digits that nobody can
// guess.
func (l *Linking) Offer(chance string, now time.Time) (code string) {
	code = chance[:4] + "-" + chance[4:8]
	l.Hash, l.Until = CodeHash(code), now.Add(CodeLasts)
	return code
}

// Valid reports whether the code of the offer still links.
func (l *Linking) Valid(now time.Time) bool { return l.Hash != "" && now.Before(l.Until) }

// Tired is when the account may say a code again, zero for now.
func (l *Linking) Tired(now time.Time) time.Time {
	if again := l.Since.Add(CodeLasts); l.Wrong >= MostWrong && now.Before(again) {
		return again
	}
	return time.Time{}
}

// Miss counts a wrong code.
func (l *Linking) Miss(now time.Time) {
	if l.Wrong == 0 || !now.Before(l.Since.Add(CodeLasts)) {
		l.Wrong, l.Since = 0, now
	}
	l.Wrong++
}

// CodeHash is what is kept of a code, however it is written.
func CodeHash(code string) string {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	sum := sha256.Sum256([]byte("cresset link " + code))
	return hex.EncodeToString(sum[:])
}
