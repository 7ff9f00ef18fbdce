package redact

import (
	"net/url"
	"regexp"
	"strings"
)

// A secret may be written so that no rule knows it: with characters encoded for
// a URL, or broken by the end of a line, as terminals and mails do it, of which a
// blank is left where lines were joined.
var (
	encoded = regexp.MustCompile(`[^\s"'<>]*%[0-9A-Fa-f]{2}[^\s"'<>]*`)
	wrapped = regexp.MustCompile(`[A-Za-z0-9+/_=.-]{4,}(?:(?:[ \t]*\\?\r?\n[ \t>|]*| )[A-Za-z0-9+/_=.-]{4,})+`)
	piece   = regexp.MustCompile(`[A-Za-z0-9+/_=.-]+`)
)

// decodeSecret is the word as it is meant, if a secret shows in that, else as it
// is written. A word may be encoded more than once.
func decodeSecret(word string) string {
	meant := word
	for range 3 {
		next, err := url.PathUnescape(meant)
		if err != nil || next == meant {
			break
		}
		meant = next
		if safe := plainly(meant); safe != meant {
			return safe
		}
	}
	return word
}

// unwrapSecret hides the first secret that goes over the end of a line.
func unwrapSecret(run string) string {
	at := piece.FindAllStringIndex(run, -1)
	for i := range at[:len(at)-1] {
		joined := run[at[i][0]:at[i][1]]
		first := len(joined)
		for _, p := range at[i+1:] {
			if !odd(run[p[0]:p[1]]) {
				break
			}
			joined += run[p[0]:p[1]]
		}
		if len(joined) == first {
			continue
		}
		from, to := overEnd(joined, first)
		if to == 0 && strings.Contains(run[at[i][1]:at[i+1][0]], "\n") && randomHalves(joined, first) {
			to = len(joined)
		}
		if to == 0 {
			continue
		}
		for _, p := range at[i:] { // where the end of the secret stands in the run
			if to -= p[1] - p[0]; to <= 0 {
				return run[:at[i][0]+from] + Marker + run[p[1]+to:]
			}
		}
	}
	return run
}

// odd reports whether a piece at the begin of a line can be the rest of a secret:
// most words cannot, and stay.
func odd(piece string) bool {
	inside := piece[1:]
	return len(piece) >= 16 || digits(piece) > 0 || strings.ToLower(inside) != inside && strings.ToUpper(piece) != piece
}

// overEnd finds a token that a service marks as its own, which begins in the
// first n characters and ends behind them.
func overEnd(joined string, n int) (from, to int) {
	for _, r := range rules {
		if r.pattern.SubexpIndex("before") >= 0 {
			continue // what the words around give away
		}
		for _, m := range r.pattern.FindAllStringIndex(joined, -1) {
			if m[0] < n && m[1] > n {
				return m[0], m[1]
			}
		}
	}
	return 0, 0
}

// randomHalves reports whether n characters and the rest are one long random run.
func randomHalves(joined string, n int) bool {
	return n >= shortestHalf && len(joined)-n >= shortestHalf && random.FindString(joined) == joined && hideRandom(joined) == Marker
}

// shortestHalf is how much of a random run stands on each line at least: less
// may be words that only look so together.
const shortestHalf = 12
