// Package probe measures an SLO by asking a URL, as a customer would.
//
// It promises one request per measurement, on a fresh connection, and one bucket
// for it: good when the answer had an expected status in time, bad when it had
// not, whatever the reason on the way there: the name, the network, TLS, the
// server.
//
// It refuses to follow redirects, which are answers like any other, and to blame
// customers' service for what is wrong on this side: a URL that cannot be asked,
// a forbidden address, a request that was called off.
package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"syscall"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/integrations/probe/guard"
)

// Name is the name of the one probe source.
const Name = "probe"

const (
	userAgent      = "cresset-probe"
	defaultTimeout = 5 * time.Second
	defaultEvery   = 30 * time.Second
	mostBody       = 64 << 10 // read of an answer, to be polite to its server
)

// Options are what tests replace.
type Options struct {
	Now       func() time.Time  // nil: time.Now
	Transport http.RoundTripper // nil: guard.Transport, without keep-alive
}

// A Source asks URLs.
type Source struct {
	now    func() time.Time
	client http.Client
}

// New makes the source.
func New(o Options) *Source {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Transport == nil {
		fresh := guard.Transport()
		fresh.DisableKeepAlives = true // each time the name, the connection and TLS
		o.Transport = fresh
	}
	return &Source{now: o.Now, client: http.Client{Transport: o.Transport, CheckRedirect: guard.Stay}}
}

// Name is the name by which SLOs call the source.
func (s *Source) Name() string { return Name }

// Counts asks the URL of the SLO once, now, and gives the one bucket in which now
// falls. The past cannot be asked: from and to are not looked at.
func (s *Source) Counts(ctx context.Context, slo cre.SLO, _, _ time.Time) ([]cre.Bucket, error) {
	if slo.SLI.Probe == nil {
		return nil, fmt.Errorf("slo %q has no probe", slo.Name)
	}
	every := slo.SLI.Every
	if every <= 0 {
		every = defaultEvery
	}
	at := s.now().UTC().Truncate(every)
	good, _, err := s.ask(ctx, *slo.SLI.Probe)
	if err != nil {
		return nil, fmt.Errorf("probe of slo %q: %w", slo.Name, err)
	}
	b := cre.Bucket{From: at, To: at.Add(every), Bad: 1}
	if good {
		b.Good, b.Bad = 1, 0
	}
	return []cre.Bucket{b}, nil
}

// Check asks every probe of the SLOs once.
func (s *Source) Check(ctx context.Context, slos []cre.SLO) []chat.Finding {
	var all []chat.Finding
	for _, slo := range slos {
		if slo.SLI.Probe == nil {
			continue
		}
		f := chat.Finding{What: "probe of " + slo.Name}
		good, seen, err := s.ask(ctx, *slo.SLI.Probe)
		switch {
		case err != nil:
			f.Detail, f.Advice = err.Error(), "Correct probe.url of this SLO."
		case good:
			f.OK, f.Detail = true, seen
		default:
			f.Detail, f.Advice = seen, "Correct probe.url or probe.expect, or mend what it asks. Until then every probe counts as bad."
		}
		all = append(all, f)
	}
	return all
}

// ask makes one request. What it saw is in words; the error is of our own making.
func (s *Source) ask(ctx context.Context, p cre.Probe) (good bool, seen string, err error) {
	u, err := url.Parse(p.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false, "", fmt.Errorf("%q is not an http or https address", hide(p.URL, u))
	}
	timeout := p.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodGet, u.String(), nil)
	if err != nil {
		return false, "", fmt.Errorf("request to %q: %w", u.Redacted(), err)
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := s.client.Do(req)
	switch {
	case err == nil:
		defer resp.Body.Close()
		_, _ = io.CopyN(io.Discard, resp.Body, mostBody) // the status has been judged by then
		return expected(p, resp.StatusCode), fmt.Sprintf("%s answered %d", u.Redacted(), resp.StatusCode), nil
	case ours(ctx, err):
		return false, "", err
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		return false, fmt.Sprintf("%s did not answer within %s", u.Redacted(), timeout), nil
	default:
		return false, err.Error(), nil
	}
}

// ours reports whether the request failed on this side.
func ours(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, guard.ErrRefused) ||
		errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

func expected(p cre.Probe, status int) bool {
	if len(p.Expect) == 0 {
		return status >= 200 && status <= 399
	}
	return slices.Contains(p.Expect, status)
}

// hide is the address as it may be repeated.
func hide(written string, u *url.URL) string {
	if u == nil {
		return "the address"
	}
	if u.User != nil {
		return u.Redacted()
	}
	return written
}
