package config

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strconv"
)

const hidden = "<secret>"

// Secret is a text that prints as <secret>, and as nothing when it is empty.
// Only Reveal gives it away.
type Secret struct {
	// A pointer, because fmt calls no methods on unexported fields but prints
	// a pointer inside a struct as an address.
	text *string
}

// NewSecret hides a text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero says that there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// Matches compares in a time that does not depend on where texts differ. An
// empty secret matches nothing.
func (s Secret) Matches(text string) bool {
	return !s.IsZero() && subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(text)) == 1
}

// String returns <secret>, or "".
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return hidden
}

// GoString is String in quotes.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// Format hides the secret from every verb.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		io.WriteString(f, s.GoString())
		return
	}
	io.WriteString(f, s.String())
}

// MarshalText writes <secret>; encoding/json and most encoders use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON writes "<secret>".
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(s.GoString()), nil }

// MarshalYAML writes <secret>.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue logs <secret>.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// UnmarshalText takes any text.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}

// Address is a URL that prints without its password.
type Address struct{ secret Secret }

var password = regexp.MustCompile(`^([^:/?#]+://[^:/?#]*):.*@`)

// NewAddress hides the password of a URL.
func NewAddress(text string) Address { return Address{NewSecret(text)} }

// Reveal returns the address with its password.
func (a Address) Reveal() string { return a.secret.Reveal() }

// String returns the address with <secret> for the password.
func (a Address) String() string {
	return password.ReplaceAllString(a.secret.Reveal(), "$1:"+hidden+"@")
}

// Format hides the password from every verb.
func (a Address) Format(f fmt.State, verb rune) {
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		io.WriteString(f, strconv.Quote(a.String()))
		return
	}
	io.WriteString(f, a.String())
}

// MarshalText writes the address without its password.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// LogValue logs the address without its password.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// UnmarshalText takes any text.
func (a *Address) UnmarshalText(text []byte) error {
	*a = NewAddress(string(text))
	return nil
}
