package app

import (
	"crypto/rand"
	"errors"
	"os"
)

// TokenFile is beside the store when the configuration has no api.tokens.
const TokenFile = "cresset.token"

// newToken makes a token and the file that holds it. The file has its name only
// when it is whole, so a crash leaves no token that nobody can use.
func newToken(path string) ([]byte, error) {
	text := []byte(rand.Text() + "\n")
	aside := path + ".new"
	f, err := os.OpenFile(aside, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(aside))
	}
	return text, os.Rename(aside, path)
}
