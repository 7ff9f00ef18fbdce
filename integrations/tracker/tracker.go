// Package tracker is what the adapters of issue trackers share: JSON over HTTP to
// one origin, what a refusal means, and text that stays text.
//
// It promises that credentials go to the configured server and nowhere else; that
// each error is classified once, as a [chat.SendError]; and that what is written
// into an issue reads as it was written, whoever wrote it: it pings nobody, links
// no other issue, gives no order and has no markup.
//
// It refuses to follow redirects, to read answers of more than 16 MiB, and to know
// any tracker's words: what to do about a refusal, an adapter says.
package tracker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"cresset/config"
	"cresset/integrations/probe/guard"
)

const (
	mostAnswer = 16 << 20
	patience   = 30 * time.Second
)

// Options are what tests replace.
type Options struct {
	Transport http.RoundTripper // nil: guard.Outward
	Now       func() time.Time  // nil: time.Now
}

// A Client asks one server.
type Client struct {
	Kind string // of tracker, for the log
	Now  func() time.Time

	base string
	sign func(*http.Request)
	http *http.Client
}

// New makes a client of the server at an address that was checked; sign adds the
// credentials.
func New(kind, address string, o Options, sign func(*http.Request)) *Client {
	u, err := url.Parse(address)
	if err != nil {
		panic(fmt.Sprintf("%s: the address was checked: %v", kind, err))
	}
	if o.Transport == nil {
		o.Transport = guard.Outward()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Client{Kind: kind, Now: o.Now, base: strings.TrimSuffix(address, "/"), sign: sign,
		http: &http.Client{Transport: guard.NewGate(o.Transport, u, mostAnswer), CheckRedirect: guard.Stay, Timeout: patience}}
}

// Ask makes one request, and reads the answer into out unless that is nil. The
// error of an answer that is none is a *[Refused]. The header is there with it.
func (c *Client) Ask(ctx context.Context, method, path string, in, out any) (http.Header, error) {
	req, err := c.request(ctx, method, path, in)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Kind, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: read the answer of %s %s: %w", c.Kind, method, path, err)
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return resp.Header, &Refused{Status: resp.StatusCode, Header: resp.Header, Body: body, what: c.Kind + ": " + method + " " + path}
	case out == nil:
		return resp.Header, nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return nil, fmt.Errorf("%s: read the answer of %s %s: %w", c.Kind, method, path, err)
	}
	return resp.Header, nil
}

func (c *Client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("%s: write %s %s: %w", c.Kind, method, path, err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Kind, err)
	}
	req.Header.Set("User-Agent", "cresset")
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	c.sign(req)
	return req, nil
}

// A Refused is an answer that is none.
type Refused struct {
	Status int
	Header http.Header
	Body   []byte
	what   string
}

// Error has what was asked and the status; what the server said may repeat what a
// customer wrote, and is not for the log.
func (r *Refused) Error() string { return fmt.Sprintf("%s answered %d", r.what, r.Status) }

// Status is that of a refusal, 0 for every other error.
func Status(err error) int {
	var refused *Refused
	if errors.As(err, &refused) {
		return refused.Status
	}
	return 0
}

// Read fills what of a JSON body it can; a page of HTML has none worth reading.
func (r *Refused) Read(into any) { _ = json.Unmarshal(r.Body, into) }

var nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Each opens the trackers of a list, each with a name of its own. read decodes one
// section and says what is wrong with it.
func Each[T any](list config.Section, read func(config.Section) (tracker *T, name string, wrong config.Problems)) ([]*T, config.Problems) {
	var all []*T
	var problems config.Problems
	names := map[string]bool{}
	for _, entry := range list.Each() {
		t, name, wrong := read(entry)
		switch {
		case !nameShape.MatchString(name):
			wrong = append(wrong, entry.Problem("name", "is %q; write up to 40 lower-case letters, digits and dashes", name))
		case names[name]:
			wrong = append(wrong, entry.Problem("name", "is %q, which another one has; give each its own name", name))
		}
		names[name] = true
		problems = append(problems, wrong...)
		if len(wrong) == 0 {
			all = append(all, t)
		}
	}
	return all, config.Join(problems)
}

// Address says what is wrong with the address of a server.
func Address(at config.Section, path, address, example string) config.Problems {
	u, err := url.Parse(address)
	switch why := guard.BadAddress(address, example); {
	case address == "": // reported as missing
		return nil
	case why != "":
		return config.Problems{at.Problem(path, "%s", why)}
	case err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return config.Problems{at.Problem(path, "holds more than an address; write it without user, ? and #")}
	}
	return nil
}
