// Package cre is the domain of Customer Reliability Engineering: customers,
// incidents, requests, SLOs, promises and postmortems, and the rules they obey.
//
// It promises to be pure: the same values give the same answer, and a rule that
// is broken gives an [Error] whose text a person can act on.
//
// It refuses to read a clock, a file or the network, and to know how a record is
// kept or said.
package cre

import (
	"errors"
	"fmt"
	"strings"

	"cresset/bot/chat"
)

// Kind is the sort of an [Error].
type Kind int

const (
	Invalid   Kind = iota // what was asked makes no sense as it stands
	NotFound              // there is no such thing, or none that the asker may see
	Forbidden             // the asker may not do this
	Conflict              // not in this state
)

// An Error is a refusal in words for people: a full sentence and what to try.
type Error struct {
	Kind  Kind
	Text  chat.Text
	Field string // the argument that is wrong, if one is
}

func (e *Error) Error() string { return e.Text.String() }

// Errorf refuses. The format is markup; arguments are data, as in [chat.Textf].
func Errorf(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Text: chat.Textf(format, args...)}
}

// About says which argument the refusal is about.
func (e *Error) About(field string) *Error { e.Field = field; return e }

// Is reports whether err is a refusal of kind k.
func Is(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}

// Count is n things in words: "1 request", "3 requests".
func Count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	if stem, ok := strings.CutSuffix(one, "y"); ok && !strings.HasSuffix(stem, "a") {
		one = stem + "ie"
	}
	return fmt.Sprintf("%d %ss", n, one)
}
