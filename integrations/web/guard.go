package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// maxBody is the most that a browser may send at once.
const maxBody = 64 << 10

// guard lets only requests through that the console's own pages can have made,
// and says to browsers what its answers may do.
func (c *Console) guard(h http.Handler) http.Handler {
	var same http.CrossOriginProtection
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin") // no other site shows a chart, or learns that there is one
		if !c.hosts[hostOf(r.Host)] {
			c.refuseHost(w, hostOf(r.Host))
			return
		}
		if err := same.Check(r); err != nil {
			http.Error(w, "This came from another site, so nothing was done.", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// refuseHost says what to write where the name is meant. The log has it once a
// minute at most: strangers could fill it.
func (c *Console) refuseHost(w http.ResponseWriter, host string) {
	host = host[:min(len(host), 100)]
	http.Error(w, fmt.Sprintf("This console does not answer under the name %s. If it should, write into the configuration, under integrations.console: hosts: [%q]", host, host), http.StatusForbidden)
	if minute := c.Now().Unix() / 60; c.strange.Swap(minute) != minute {
		c.Log.Warn("the console was asked for under a name that is not in its hosts", "platform", Name, "host", host)
	}
}

// bounded lets a handler read no more than a browser may send.
func bounded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		h.ServeHTTP(w, r)
	})
}

func allowedHosts(names []string) map[string]bool {
	hosts := map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
	for _, h := range names {
		hosts[hostOf(h)] = true
	}
	for _, everywhere := range []string{"", "0.0.0.0", "::"} {
		delete(hosts, everywhere)
	}
	return hosts
}

// hostOf is the name in an address, without port and brackets.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	return strings.ToLower(strings.Trim(address, "[]"))
}

// hostOfURL is the name in the address of a site, localhost where it has none.
func hostOfURL(site string) string {
	u, err := url.Parse(site)
	if err != nil || u.Host == "" {
		return "localhost"
	}
	return hostOf(u.Host)
}

// isLoopback reports whether only this machine reaches a host, or a listener.
func isLoopback(address string) bool {
	host := hostOf(address)
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func trimSlash(s string) string { return strings.TrimRight(s, "/") }
