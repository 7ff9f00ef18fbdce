package web

import (
	"net"
	"net/http"
	"net/netip"
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
		if !c.hosts[hostOf(r.Host)] {
			http.Error(w, "This console does not answer under the name "+hostOf(r.Host)+".", http.StatusForbidden)
			return
		}
		if err := same.Check(r); err != nil {
			http.Error(w, "This came from another site, so nothing was done.", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// bounded lets a handler read no more than a browser may send.
func bounded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		h.ServeHTTP(w, r)
	})
}

func allowedHosts(listen string, more []string) map[string]bool {
	hosts := map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
	for _, h := range append([]string{listen}, more...) {
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

// isLoopback reports whether only this machine reaches a listener at address.
func isLoopback(address string) bool {
	host := hostOf(address)
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func trimSlash(s string) string { return strings.TrimRight(s, "/") }
