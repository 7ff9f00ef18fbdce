// Package guard keeps the bot's own requests away from addresses that no
// setting should lead to.
//
// It promises that a connection is judged by the address that was dialled, after
// names were resolved: link-local and cloud metadata addresses, multicast and
// the unspecified address are refused, however they are written. Loopback and
// private networks are allowed: that is where a Prometheus, a model and the bot
// itself live.
//
// It refuses proxies of the environment, which would dial in its place, and it
// follows no redirect.
package guard

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// ErrRefused is the error of a connection that was not made.
var ErrRefused = errors.New("address is link-local, multicast or a cloud's metadata service, which cresset does not ask")

// metadata are addresses where clouds tell secrets to whoever asks, and that
// are not link-local.
var metadata = []netip.Prefix{
	netip.MustParsePrefix("fd00:ec2::/32"),
	netip.MustParsePrefix("fd20:ce::254/128"),
	netip.MustParsePrefix("100.100.100.200/32"),
	netip.MustParsePrefix("168.63.129.16/32"),
	netip.MustParsePrefix("192.0.0.192/32"),
	netip.MustParsePrefix("0.0.0.0/8"),
}

// carriers are IPv6 addresses that stand for an IPv4 address, which begins at a
// byte of theirs: NAT64, a network's own NAT64, and 6to4.
var carriers = map[netip.Prefix]int{
	netip.MustParsePrefix("64:ff9b::/96"):   12,
	netip.MustParsePrefix("64:ff9b:1::/48"): 12,
	netip.MustParsePrefix("2002::/16"):      2,
}

// Control is a net.Dialer's Control.
func Control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %q: %w", address, err)
	}
	if Refused(at.Addr()) {
		return fmt.Errorf("dial %s: %w", at.Addr(), ErrRefused)
	}
	return nil
}

// Refused reports whether nothing may be asked at the address.
func Refused(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for prefix, at := range carriers {
		if prefix.Contains(a) {
			b := a.As16()
			a = netip.AddrFrom4([4]byte(b[at : at+4]))
			break
		}
	}
	if a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() {
		return true
	}
	for _, p := range metadata {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Transport is a transport of its own that dials under [Control].
func Transport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: Control}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// Stay is an http.Client's CheckRedirect: a redirect is the answer.
func Stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// ErrTooLarge is the error of reading an answer that has no end.
var ErrTooLarge = errors.New("the answer is too large")

// A Gate lets requests through to one origin, and bounds what comes back. Put it
// where credentials are added.
type Gate struct {
	Next   http.RoundTripper
	Origin *url.URL
	Most   int // bytes of a body
}

// NewGate makes a gate in front of next; nil is [Transport].
func NewGate(next http.RoundTripper, origin *url.URL, most int) *Gate {
	if next == nil {
		next = Transport()
	}
	return &Gate{next, origin, most}
}

// RoundTrip implements http.RoundTripper.
func (g *Gate) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != g.Origin.Scheme || req.URL.Host != g.Origin.Host {
		return nil, fmt.Errorf("%s://%s is not the configured server", req.URL.Scheme, req.URL.Host)
	}
	resp, err := g.Next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = &bounded{resp.Body, g.Most}
	return resp, nil
}

// bounded is a body that gives up when it is too large.
type bounded struct {
	io.ReadCloser
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// Outward is the network as far as a service may be in it: no cloud's metadata,
// wherever a setting or an answer leads. A proxy of the environment is used, and
// judged in its place: some houses reach the service through nothing else.
func Outward() *http.Transport {
	t := Transport()
	t.Proxy = http.ProxyFromEnvironment
	return t
}

// BadAddress says why secrets cannot be sent to the address of a service, or "".
// The example is what to write instead.
func BadAddress(address, example string) (why string) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return "is not an address; write " + example
	case u.Scheme == "https", u.Scheme == "http" && Loopback(u.Hostname()):
		return ""
	}
	return "would send the tokens in the clear; write https://, http:// is for this machine only"
}

// Loopback reports whether a host is this machine by name.
func Loopback(host string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, host)
}
