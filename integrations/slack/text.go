package slack

import (
	"cmp"
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
)

// tokens are what Slack writes between angle brackets in text; everything else
// that people wrote has & < > escaped.
var tokens = regexp.MustCompile(`<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>`)

var unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// read turns Slack's text into what the person typed: mentions become @names,
// of which people says whom they mean.
func (p *Platform) read(ctx context.Context, text string) (line string, people map[string]chat.Person) {
	people = map[string]chat.Person{}
	line = replaceTokens(text, func(id, label string) string {
		who, called := p.mentioned(ctx, id, label)
		if other, taken := people[called]; called == "" || taken && other.ID != id {
			called = id
		}
		people[called] = who
		return "@" + called
	})
	if len(people) == 0 {
		people = nil
	}
	return line, people
}

// plain is Slack's text as plain text, with nobody looked up.
func plain(text string) string {
	return replaceTokens(text, func(id, label string) string { return "@" + cmp.Or(label, id) })
}

func replaceTokens(text string, person func(id, label string) string) string {
	var b strings.Builder
	end := 0
	for _, m := range tokens.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(unescape.Replace(text[end:m[0]]))
		end = m[1]
		kind, target, label := text[m[2]:m[3]], unescape.Replace(text[m[4]:m[5]]), ""
		if m[6] >= 0 {
			label = unescape.Replace(text[m[6]:m[7]])
		}
		switch kind {
		case "@":
			b.WriteString(person(target, strings.TrimPrefix(label, "@")))
		case "#":
			b.WriteString("#" + cmp.Or(strings.TrimPrefix(label, "#"), target))
		case "!":
			b.WriteString(special(target, label))
		default:
			b.WriteString(strings.TrimPrefix(target, "mailto:"))
		}
	}
	b.WriteString(unescape.Replace(text[end:]))
	return b.String()
}

// special is <!here>, <!subteam^S1|@team> or <!date^…|fallback>.
func special(target, label string) string {
	if label != "" {
		return label
	}
	kind, rest, _ := strings.Cut(target, "^")
	if kind == "subteam" {
		kind = rest
	}
	return "@" + kind
}

// oneWord says whether a name can stand in a command line as @name.
func oneWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n\u00a0,;:\"'`()<>@", r) })
}

// timeOf reads a timestamp such as 1605853844.000800.
func timeOf(ts string, otherwise time.Time) time.Time {
	seconds, fraction, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || s <= 0 || s > 1<<40 {
		return otherwise.UTC()
	}
	micro, _ := strconv.ParseInt((fraction + "000000")[:6], 10, 64) // what is no number is no fraction
	return time.Unix(s, micro*1000).UTC()
}

func tsOf(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) + ".000000" }
