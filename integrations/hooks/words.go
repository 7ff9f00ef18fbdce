package hooks

import (
	"regexp"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// mostWords is how much of a letter is kept, in characters.
const mostWords = 10_000

var (
	prefixes = regexp.MustCompile(`(?i)^\s*(re|aw|antw|sv|ref|rif|fwd?|wg|tr)(\s*\[\d+\])?\s*:\s*`)
	forwards = regexp.MustCompile(`(?i)^\s*((re|aw|antw|sv)\s*:\s*)*(fwd?|wg|tr)\s*:`)
	requests = regexp.MustCompile(`(?i)\[R-([0-9]{1,18})\]`)
)

// titleOf is the subject without what mail programs put before it, or, of a letter
// without one, the first line that it says.
func titleOf(subject, text string) string {
	for prefixes.MatchString(subject) {
		subject = prefixes.ReplaceAllString(subject, "")
	}
	title := oneLine(requests.ReplaceAllString(subject, ""))
	for line := range strings.Lines(text) {
		if title != "" {
			break
		}
		title = oneLine(line)
	}
	if title == "" {
		return "a mail without words"
	}
	return chat.Cut(title, cre.MaxTitle)
}

// quotes begin what an earlier letter said, on one line or on two.
var quotes = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^\s*-{3,} ?(original message|ursprüngliche nachricht|message d'origine|mensaje original) ?-{3,}\s*$`),
	regexp.MustCompile(`(?i)^\s*(on|am|le|el|il|op)\s.*\d.*(wrote|schrieb.*|a écrit|escribió|ha scritto|schreef.*)\s*:\s*$`),
}

// ruler is a line that mail programs draw.
var ruler = regexp.MustCompile(`^\s*[_-]{5,}\s*$`)

// head is a field of the header that Outlook writes above what it quotes.
var head = regexp.MustCompile(`(?i)^\s*\*?(from|von|de|sent|gesendet|envoyé|date|datum|to|an|à|subject|betreff|objet)\s?:\*?\s`)

// signature is the line before a signature. Many programs lose its blank.
func signature(line string) bool { return strings.TrimRight(line, " \t\r") == "--" }

// ownWords is what a letter says itself: without the history that it quotes, and
// without the signature. What somebody forwards is what they mean to say; so is
// all of a letter that would be left with nothing.
func ownWords(subject, text string) string {
	text = strings.TrimSpace(chat.Clean(strings.ToValidUTF8(text, "")))
	lines := strings.Split(text, "\n")
	if !forwards.MatchString(subject) {
		lines = withoutQuotes(lines)
	}
	for i, line := range lines {
		if signature(line) && i > 0 {
			lines = lines[:i]
			break
		}
	}
	own := strings.TrimSpace(strings.Join(lines, "\n"))
	if own == "" {
		own = text
	}
	return blankLines.ReplaceAllString(own, "\n\n")
}

var blankLines = regexp.MustCompile(`\n([ \t]*\n){2,}`)

// withoutQuotes ends at the history. Quoted lines with own words below them stay,
// since those answer them.
func withoutQuotes(lines []string) []string {
	for i := range lines {
		if begins(lines[i:]) {
			lines = lines[:i]
			break
		}
	}
	end := len(lines)
	for end > 0 && leftAbove(strings.TrimSpace(lines[end-1])) {
		end--
	}
	return lines[:end]
}

// leftAbove reports whether a line says nothing where no own words follow.
func leftAbove(line string) bool {
	return line == "" || strings.HasPrefix(line, ">") || ruler.MatchString(line)
}

// begins reports whether history begins here.
func begins(lines []string) bool {
	first, second := chat.Cut(lines[0], 300), ""
	if len(lines) > 1 {
		second = chat.Cut(lines[1], 300)
	}
	for _, q := range quotes {
		if q.MatchString(first) || q.MatchString(first+" "+second) && !q.MatchString(second) {
			return true
		}
	}
	heads := 0
	for _, line := range lines[:min(4, len(lines))] {
		if head.MatchString(line) {
			heads++
		}
	}
	return heads >= 3 && head.MatchString(first)
}
