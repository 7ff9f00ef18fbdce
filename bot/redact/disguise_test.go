package redact

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// whole is the canary with what it needs around to be one.
func whole(name, secret string) string {
	if name == "Slack hook" {
		return "https://hooks.slack.com/services/" + secret
	}
	return secret
}

// TestCanariesOverTheEndOfALine: whatever way the line is broken, no half that
// means something stays.
func TestCanariesOverTheEndOfALine(t *testing.T) {
	for name, secret := range canaries {
		if name == "Slack hook" || name == "Telegram" || name == "lower case" || name == "Grafana" {
			continue // broken, they are not distinguishable from words and paths
		}
		half := len(secret) / 2
		for _, between := range []string{"\n", "\r\n", "\n  ", "\\\n", "\n> ", " "} {
			if between == " " && (name == "AWS secret" || name == "hexadecimal" || name == "SHA-1 hexadecimal" || name == "base64") {
				continue // two words that mean nothing
			}
			for _, around := range []string{"%s", "it was %s all the time", "token\n%s\nand so on", "(%s)"} {
				text := fmt.Sprintf(around, secret[:half]+between+secret[half:])
				got := Text(text)
				if strings.Contains(got, secret[:half]) || strings.Contains(got, secret[half:]) {
					t.Errorf("%s: %q became %q", name, text, got)
				}
				if again := Text(got); again != got {
					t.Errorf("%s: %q became %q the second time", name, got, again)
				}
			}
		}
	}
}

func TestCanariesEncodedForAURL(t *testing.T) {
	everyByte := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
		return b.String()
	}
	for name, secret := range canaries {
		text := whole(name, secret)
		for _, text := range []string{url.QueryEscape(text), "https://example.com/?q=" + url.QueryEscape(text) + "&r=1", url.QueryEscape(url.QueryEscape(text)), everyByte(text), "see " + everyByte(text) + " there"} {
			got := Text(text)
			meant := got
			for range 3 {
				if plain, err := url.QueryUnescape(meant); err == nil {
					meant = plain
				}
			}
			if strings.Contains(got, secret) || strings.Contains(meant, secret) {
				t.Errorf("%s: %q became %q", name, text, got)
			}
			if again := Text(got); again != got {
				t.Errorf("%s: %q became %q the second time", name, got, again)
			}
		}
	}
}

// TestLinesAndAddressesStay: lists of names and addresses with blanks in them
// are no secrets.
func TestLinesAndAddressesStay(t *testing.T) {
	for _, text := range []string{
		"checkout-7d9f8b6c5d-x2x9k\ncheckout-7d9f8b6c5d-b7k2m\npayments-55c9d8f7b4-qqzlp",
		"https://grafana.example.com/d/checkout?from=2026-03-02T10%3A00%3A00Z&to=now",
		"acme%20GmbH 100%25 of orders",
		"rolled back deploy\n8f14e45f to\n2024-06-01-release-candidate-17",
		"customers_affected_by_checkout\nlatency_of_the_payment_service",
		"INC-1\nINC-2\nINC-3",
		"traces 4bf92f3577b34da6 00f067aa0ba902b7 of checkout2024 and PaymentsService1 internationalization",
		"task force sk-2 and AKIA-like names of hosts ip-10-20-30-40 ip-10-20-30-41",
	} {
		if got := Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
