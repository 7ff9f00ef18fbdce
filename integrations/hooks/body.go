package hooks

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
)

const (
	mostDelivered = 48 << 20  // bytes, attachments included: what mail services take
	mostText      = 1 << 20   // bytes of what is read
	mostField     = 256 << 10 // bytes of one field; the rest of it is left
	mostParts     = 1000
)

// A form is a body of named texts, and of files that are not kept.
type form struct {
	values url.Values
	files  []string // their names
}

// readForm reads either encoding of a form.
func readForm(r *http.Request, multipart bool) (*form, error) {
	if multipart {
		return readParts(r)
	}
	text, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, mostText))
	if err != nil {
		return nil, cut(err)
	}
	values, err := url.ParseQuery(string(text))
	if err != nil {
		return nil, unreadable("The form is not well encoded.")
	}
	return &form{values: values}, nil
}

// readParts reads a form in parts. Of a file it keeps the name, and passes over
// the rest of it.
func readParts(r *http.Request) (*form, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, unreadable("The form has no boundary.")
	}
	f := &form{values: url.Values{}}
	left := mostText
	for range mostParts {
		part, err := parts.NextPart()
		if err == io.EOF { // as it is: a form without its end gives one that is wrapped
			return f, nil
		}
		if err != nil {
			return nil, cut(err)
		}
		if part.FileName() != "" {
			f.files = append(f.files, part.FileName())
		} else {
			text, err := io.ReadAll(io.LimitReader(part, mostField))
			if err != nil {
				return nil, cut(err)
			}
			if left -= len(text); left < 0 {
				return nil, &http.MaxBytesError{Limit: mostText}
			}
			f.values.Add(part.FormName(), string(text))
		}
		if _, err := io.Copy(io.Discard, part); err != nil {
			return nil, cut(err)
		}
	}
	return nil, unreadable("The form has too many parts.")
}

// cut says why a body ended before it was read.
func cut(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return err
	}
	return unreadable("The body ends too early.")
}

// readJSON reads a body of JSON, each string in it up to [mostField].
func readJSON(r *http.Request) ([]byte, error) {
	text, err := io.ReadAll(http.MaxBytesReader(nil, io.NopCloser(&shortener{from: bufio.NewReader(r.Body)}), mostText))
	if err != nil {
		return nil, cut(err)
	}
	return text, nil
}

// A shortener passes JSON on with the end of long strings left out, so that an
// attachment costs no memory. What is no JSON stays none.
type shortener struct {
	from   io.Reader
	inside bool // a string
	length int  // of the string so far
	escape int  // bytes of an escape sequence that are still to come: it is kept whole or not at all
	kept   bool // whether the last character was
}

func (s *shortener) Read(p []byte) (n int, err error) {
	for n == 0 && err == nil && len(p) > 0 {
		var got int
		got, err = s.from.Read(p)
		for _, c := range p[:got] {
			if s.keeps(c) {
				p[n] = c
				n++
			}
		}
	}
	return n, err
}

func (s *shortener) keeps(c byte) bool {
	if !s.inside {
		s.inside, s.length = c == '"', 0
		return true
	}
	if s.escape > 0 {
		if s.escape--; s.escape == 0 && c == 'u' {
			s.escape = 4
		}
	} else {
		s.kept = s.length < mostField
		switch c {
		case '\\':
			s.escape = 1
		case '"':
			s.inside, s.kept = false, true
		}
	}
	s.length++
	return s.kept
}

// mediaType is the type of a body without its parameters.
func mediaType(r *http.Request) string {
	t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // "" is no type that is read
	return t
}
