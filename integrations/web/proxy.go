package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"regexp"

	"cresset/config"
)

// A Proxy is something in front of the console that asked people who they are.
type Proxy struct {
	Header string   `yaml:"header" default:"X-Forwarded-User" doc:"The header in which the proxy names the person: up to 40 lower-case letters, digits and dashes. The proxy must set it or take it out in every request."`
	From   []string `yaml:"from" required:"true" doc:"Addresses of the proxy, such as 127.0.0.1/32. The header is believed from there only."`
}

// A proxy is a Proxy that was understood.
type proxy struct {
	header string
	from   []netip.Prefix
}

var headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// readProxy checks the section of the proxy, nil if there is none.
func readProxy(section config.Section, s *Proxy) (*proxy, config.Problems) {
	if s == nil {
		return nil, nil
	}
	var problems config.Problems
	if !headerName.MatchString(s.Header) {
		problems = append(problems, section.Problem("proxy.header", "is not the name of a header; write it like X-Forwarded-User"))
	}
	if len(s.From) == 0 {
		problems = append(problems, section.Problem("proxy.from", "is missing"))
	}
	p := &proxy{header: s.Header}
	for i, text := range s.From {
		from, err := readPrefix(text)
		switch path := fmt.Sprintf("proxy.from[%d]", i); {
		case err != nil:
			problems = append(problems, section.Problem(path, "is not an address; write it like 127.0.0.1/32 or 10.0.0.0/24"))
		case from.Bits() == 0:
			problems = append(problems, section.Problem(path, "is every address, so anybody could say who they are; write the proxy's alone"))
		default:
			p.from = append(p.from, from)
		}
	}
	return p, problems
}

// readPrefix reads addresses: one, or those with the same first bits.
func readPrefix(text string) (netip.Prefix, error) {
	if one, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(one.Unmap(), one.Unmap().BitLen()), nil
	}
	many, err := netip.ParsePrefix(text)
	return many.Masked(), err
}

// vouchesFor is whom the proxy names in a request: nobody where the request does not
// come from it or it names nobody, and why where it names somebody who cannot be.
func (p *proxy) vouchesFor(r *http.Request) (name, why string) {
	if p == nil || !p.trusts(r) {
		return "", ""
	}
	switch said := r.Header.Values(p.header); {
	case len(said) == 0 || len(said) == 1 && said[0] == "":
		return "", ""
	case len(said) > 1:
		return "", "The proxy in front of this console named more than one person in " + p.header + ". It must take out what browsers send under that name."
	case !isPersonName(said[0]):
		return "", fmt.Sprintf("The proxy in front of this console names you %q. A name here is up to 40 lower-case letters, digits and dashes: have the proxy send such a one in %s.", said[0], p.header)
	default:
		return said[0], ""
	}
}

// trusts reports whether a request comes from the proxy itself.
func (p *proxy) trusts(r *http.Request) bool {
	peer := peerOf(r)
	for _, from := range p.from {
		if from.Contains(peer) {
			return true
		}
	}
	return false
}

// peerOf is the address at the other end of the connection.
func peerOf(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}
