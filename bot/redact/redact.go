// Package redact takes secrets out of text that is about to leave: to a model,
// into a digest, into an export.
//
// It promises that what has the known shape of a credential, what follows a word
// such as "password", and what is long and random is replaced by [redacted];
// that what people need to understand the rest stays: the name of the setting,
// the host of a URL, the user; and that redacting twice changes nothing more. A secret that is encoded for a URL, or broken by the end of a line, is found too.
//
// It refuses to promise that nothing slips through. A secret that looks like a
// word is a word. It guards against accidents, not against who wants to leak.
package redact

import (
	"math"
	"regexp"
	"strings"
)

// Marker stands where a secret was.
const Marker = "[redacted]"

// A rule finds one kind of secret. What is kept stands in the groups "before"
// and "after"; everything else of the match goes.
type rule struct {
	name    string
	pattern *regexp.Regexp
}

// rules are tried in order: whole blocks, then tokens that a service marks as
// its own, then what the words around give away.
var rules = []rule{
	{"private key", regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)`)},
	{"JSON web token", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?`)},
	{"AWS key id", regexp.MustCompile(`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b`)},
	{"Google API key", regexp.MustCompile(`\bAIza[A-Za-z0-9_-]{35}`)},
	{"Google OAuth", regexp.MustCompile(`\b(?:ya29\.[A-Za-z0-9_.-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}|1//0[A-Za-z0-9_-]{20,})`)},
	{"GitHub", regexp.MustCompile(`\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})`)},
	{"GitLab", regexp.MustCompile(`\bgl(?:pat|dt|rt|ptt|cbt|agent|soat|ft)-[A-Za-z0-9_.-]{16,}`)},
	{"Slack token", regexp.MustCompile(`\bxox[a-z](?:\.xox[a-z])?-[A-Za-z0-9.-]{10,}`)},
	{"Slack app token", regexp.MustCompile(`\bxapp-\d-[A-Za-z0-9-]{10,}`)},
	{"Slack hook", regexp.MustCompile(`(?P<before>hooks\.slack\.com/(?:services|workflows|triggers)/)[A-Za-z0-9/_-]{8,}`)},
	{"Discord token", regexp.MustCompile(`\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}`)},
	{"Discord hook", regexp.MustCompile(`(?P<before>discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d+/)[A-Za-z0-9_-]{20,}`)},
	{"Stripe", regexp.MustCompile(`\b(?:[spr]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,}`)},
	{"OpenAI and others", regexp.MustCompile(`\bsk-[A-Za-z0-9_-]{20,}`)},
	{"Anthropic and Groq", regexp.MustCompile(`\b(?:sk-ant-|gsk_|hf_|xai-)[A-Za-z0-9_-]{20,}`)},
	{"SendGrid", regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`)},
	{"Twilio", regexp.MustCompile(`\b(?:AC|SK)[0-9a-f]{32}\b`)},
	{"npm and PyPI", regexp.MustCompile(`\b(?:npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{32,})`)},
	{"DigitalOcean", regexp.MustCompile(`\bdo[opr]_v1_[0-9a-f]{32,}`)},
	{"Shopify and Atlassian", regexp.MustCompile(`\b(?:shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|ATATT3[A-Za-z0-9_=-]{40,})`)},
	{"Grafana and Vault", regexp.MustCompile(`\b(?:gl(?:sa|c)_[A-Za-z0-9_=+/]{20,}|hv[sbr]\.[A-Za-z0-9_-]{20,})`)},
	{"PagerDuty", regexp.MustCompile(`(?i)(?P<before>\btoken token=)[A-Za-z0-9_+-]{16,}`)},
	{"Telegram", regexp.MustCompile(`\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b`)},
	{"Azure", regexp.MustCompile(`(?i)(?P<before>\b(?:AccountKey|SharedAccessKey|sig)=)[A-Za-z0-9+/%=_-]{20,}`)},
	{"URL with a password", regexp.MustCompile(`(?P<before>\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@]*:)[^\s/]+(?P<after>@)`)},
	{"bearer", regexp.MustCompile(`(?i)(?P<before>\bbearer\s+)[A-Za-z0-9+/._~=-]{8,}`)},
	{"basic", regexp.MustCompile(`(?P<before>\b(?i:basic)\s+)[A-Za-z+/]*(?:[0-9=]|[a-z][A-Z])[A-Za-z0-9+/=]{4,}`)},
	{"header", regexp.MustCompile(`(?i)(?P<before>\b(?:authorization|cookie|set-cookie|x-api-key|x-auth-token|private-token)["']?\s*:\s*["']?)[^\s"'][^\r\n"']*`)},
	{"setting", regexp.MustCompile(`(?i)(?P<before>(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key|private[_-]?key|credentials?)["']?\s*(?:=>|:=|=|:|%3[ad])\s*)(?:"[^"\r\n]+"|'[^'\r\n]+'|[^\s"',;&)}<]+)`)},
	{"password in prose", regexp.MustCompile(`(?i)(?P<before>\b(?:password|passwd|passphrase|passcode)\s+(?:is|was|to|now)\s+)[A-Za-z]*[^A-Za-z\s,;.][^\s,;]*`)},
}

// Text is s without secrets.
func Text(s string) string {
	// What one rule leaves may be what another looks for, so until nothing
	// changes; the bound is for text that is made to be a nuisance.
	for range 8 {
		before := s
		s = wrapped.ReplaceAllStringFunc(s, unwrapSecret) // first: a rule would take one half and leave the other
		s = plainly(s)
		s = encoded.ReplaceAllStringFunc(s, decodeSecret)
		if s == before {
			break
		}
	}
	return s
}

// plainly is one pass of the rules.
func plainly(s string) string {
	for _, r := range rules {
		s = r.apply(s)
	}
	return random.ReplaceAllStringFunc(s, hideRandom)
}

func (r rule) apply(s string) string {
	with := Marker
	if i := r.pattern.SubexpIndex("before"); i > 0 {
		with = "${before}" + with
	}
	if i := r.pattern.SubexpIndex("after"); i > 0 {
		with += "${after}"
	}
	return r.pattern.ReplaceAllString(s, with)
}

// random are runs that could be keys in hexadecimal or base64.
var random = regexp.MustCompile(`[A-Za-z0-9+/_-]{24,}={0,2}`)

// hideRandom hides a run that no person made up: hexadecimal of the length of a
// key, and letters and digits in no order. Paths, names with dashes, short
// commits and UUIDs stay: people need them to understand what happened.
func hideRandom(run string) string {
	if uuid.MatchString(run) {
		return run
	}
	if hexadecimal.MatchString(run) {
		if len(run) >= 32 && entropy(run) >= 3 {
			return Marker
		}
		return run
	}
	if len(run) == 40 && mixed(run) && entropy(run) >= 4.3 { // an AWS secret key, slashes and all
		return Marker
	}
	for _, part := range strings.FieldsFunc(run, separator) {
		if len(part) >= 16 && mixed(part) && entropy(run) >= 3.8 || len(part) >= 24 && digits(part) >= 4 && entropy(part) >= 3.5 {
			return Marker
		}
	}
	return run
}

var (
	uuid        = regexp.MustCompile(`^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)
	hexadecimal = regexp.MustCompile(`^[0-9a-fA-F]+$`)
)

func separator(r rune) bool { return strings.ContainsRune("/-_", r) }

// mixed reports letters of both cases and digits.
func mixed(s string) bool {
	return digits(s) > 0 && strings.ToLower(s) != s && strings.ToUpper(s) != s
}

func digits(s string) (n int) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// entropy is Shannon's, in bits for each character.
func entropy(s string) float64 {
	counts := map[rune]float64{}
	for _, r := range s {
		counts[r]++
	}
	bits := 0.0
	for _, n := range counts {
		p := n / float64(len(s))
		bits -= p * math.Log2(p)
	}
	return bits
}
