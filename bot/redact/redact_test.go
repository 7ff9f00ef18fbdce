package redact

import (
	"strings"
	"testing"
)

// Canaries are put together here, so that no scanner takes this file for a leak.
var canaries = map[string]string{
	"AWS key id":          "AKIA" + "IOSFODNN7EXAMPLE",
	"AWS secret":          "wJalrXUtnFEMI/K7MDENG/bPxRfi" + "CYEXAMPLEKEY",
	"Google API key":      "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
	"Google OAuth":        "ya29." + "a0AfH6SMBx1234567890abcdefg",
	"GitHub":              "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
	"GitHub fine-grained": "github_pat_" + "11ABCDEFG0aBcDeFgHiJkL_mnopqrstuvwxyz",
	"GitLab":              "glpat-" + "xYz1234567890abcdEFG",
	"Slack bot":           "xoxb-" + "123456789012-123456789012-AbCdEfGhIjKlMnOpQrStUvWx",
	"Slack app":           "xapp-1-" + "A0123456789-1234567890123-abcdef0123456789",
	"Slack hook":          "T00000000/B00000000/" + "XXXXXXXXXXXXXXXXXXXXXXXX",
	"Discord":             "MTA1" + "NjE2NDUwOTk4NzY1NDMyMQ.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB",
	"Stripe":              "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
	"OpenAI":              "sk-proj-" + "abcdefghijklmnopqrstuvwxyz012345",
	"Anthropic":           "sk-ant-" + "api03-abcdefghijklmnopqrstuvwxyz",
	"JWT":                 "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
	"SendGrid":            "SG." + "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr",
	"Twilio":              "SK" + "0123456789abcdef0123456789abcdef",
	"npm":                 "npm_" + "abcdefghijklmnopqrstuvwxyz0123456789",
	"DigitalOcean":        "dop_v1_" + "0123456789abcdef0123456789abcdef",
	"Vault":               "hvs." + "CAESIJ1234567890abcdefghij",
	"Grafana":             "glsa_" + "HOruNAb7SOiCdshU8algkrq7FDsNSLAa_55e2f8be",
	"Telegram":            "123456789:AA" + "EhBP0av28jWnqE1b2c3d4e5f6g7h8i9j0",
	"hexadecimal":         "5f4dcc3b5aa765d61d8327deb882cf99",
	"SHA-1 hexadecimal":   "da39a3ee5e6b4b0d3255bfef95601890afd80709",
	"base64":              "dGhpcyBpcyBhIHNlY3JldCBrZXkgMTIzNDU2Nzg5MA==",
	"lower case":          "k3j5h2g8d7f6s1a9q4w7e2r5t8y1u6i3",
}

func TestCanariesDoNotSurvive(t *testing.T) {
	for name, secret := range canaries {
		for _, around := range []string{"%", "it was % all the time", `{"x":"%"}`, "(%)", "https://example.com/?q=%&r=1", "a\n%\nb"} {
			text := strings.ReplaceAll(around, "%", secret)
			if name == "Slack hook" {
				text = strings.ReplaceAll(around, "%", "https://hooks.slack.com/services/"+secret)
			}
			got := Text(text)
			if strings.Contains(got, secret) || !strings.Contains(got, Marker) {
				t.Errorf("%s: %q became %q", name, text, got)
			}
			if again := Text(got); again != got {
				t.Errorf("%s: %q became %q the second time", name, got, again)
			}
		}
	}
}

// TestWordsAround shows what gives a secret away that looks like nothing, and
// what of the text stays.
func TestWordsAround(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"postgres://app:hunter2@db.internal:5432/shop", "postgres://app:[redacted]@db.internal:5432/shop"},
		{"redis://:p@ss:word@cache/0", "redis://:[redacted]@cache/0"},
		{"DB_PASSWORD=hunter2 and more", "DB_PASSWORD=[redacted] and more"},
		{`{"password": "two words", "user": "ada"}`, `{"password": [redacted], "user": "ada"}`},
		{"api-key: 'abc', then", "api-key: [redacted], then"},
		{"?token=abc&page=2", "?token=[redacted]&page=2"},
		{"password%3Dhunter2&x=1", "password%3D[redacted]&x=1"},
		{"the password is hunter2, still", "the password is [redacted], still"},
		{"curl -H 'Authorization: Basic dXNlcjpwYXNz' https://x", "curl -H 'Authorization: [redacted]' https://x"},
		{"Authorization: Bearer abcdefgh", "Authorization: [redacted]"},
		{"sent bearer abcdefgh to it", "sent bearer [redacted] to it"},
		{"Cookie: session=1; other=2\nnext", "Cookie: [redacted]\nnext"},
		{"a -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY----- b", "a [redacted] b"},
		{"a -----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl and it was cut", "a [redacted]"},
		{"https://hooks.slack.com/services/T1/B1/abcdefgh", "https://hooks.slack.com/services/[redacted]"},
		{"https://discord.com/api/webhooks/123/abcdefghijklmnopqrstuvwx", "https://discord.com/api/webhooks/123/[redacted]"},
		{"AccountName=shop;AccountKey=abcdefghijklmnopqrstuvwx==;", "AccountName=shop;AccountKey=[redacted];"},
		{"password=[redacted]", "password=[redacted]"},
	} {
		if got := Text(test.text); got != test.want {
			t.Errorf("%q\n got %q\nwant %q", test.text, got, test.want)
		}
		if again := Text(test.want); again != test.want {
			t.Errorf("twice: %q became %q", test.want, again)
		}
	}
}

// TestWhatPeopleNeedStays: a draft is worth nothing when all is redacted.
func TestWhatPeopleNeedStays(t *testing.T) {
	for _, text := range []string{
		"",
		"INC-42 checkout returns 500 since 14:02 UTC for acme, 3 % of orders",
		"rolled back deploy 8f14e45f to 2024-06-01-release-candidate-17",
		"the password was reset and the token expired; basic authentication works",
		"https://grafana.example.com/d/checkout-latency-by-customer/overview?orgId=1&from=now-6h",
		"pod checkout-7d9f8b6c5d-x2x9k in namespace shop-production-europe-west was OOMKilled",
		"trace 123e4567-e89b-12d3-a456-426614174000",
		"/usr/share/cresset/templates/postmortem/summary.md",
		"[T3] ada asked for the customers_affected_by_checkout_latency table",
		"max_tokens: raised, see the tokens page",
		"Überlastung der Datenbankverbindungsinfrastruktur",
	} {
		if got := Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func FuzzTextTwice(f *testing.F) {
	for _, secret := range canaries {
		f.Add("token=" + secret + " \"password\":'" + secret + "'")
	}
	f.Add("password=[redacted]] basic [redacted] authorization: [redacted]@")
	f.Fuzz(func(t *testing.T, s string) {
		once := Text(s)
		if again := Text(once); again != once {
			t.Errorf("%q became %q, then %q", s, once, again)
		}
	})
}
