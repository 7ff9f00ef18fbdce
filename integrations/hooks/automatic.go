package hooks

import (
	"regexp"
	"strings"
)

// machines are how the subjects begin of what a machine answers for somebody, in
// the words of mail programs that write no header. A colon or the end has to
// follow: people too write about their out of office.
var machines = regexp.MustCompile(`(?i)^\s*(out of (the )?office( reply)?|auto(matic)?[ -]?(reply|response)|automatische (antwort|rückantwort)|` +
	`abwesenheit(snotiz|sbenachrichtigung)?|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord|` +
	`undeliver(ed|able)( mail)?|delivery status notification|mail delivery (failed|failure)|returned mail|unzustellbar)\s*(:|\(|$)`)

// automatic says why nobody waits for an answer to a letter: no person wrote it.
// "" is a person, as far as it can be told. See RFC 3834 for Auto-Submitted, and
// RFC 5321 for the empty Return-Path of a bounce.
func (l *letter) automatic() string {
	local, _, _ := strings.Cut(l.from.Address, "@")
	submitted, _, _ := strings.Cut(l.header.Get("Auto-Submitted"), ";")
	submitted = strings.ToLower(strings.TrimSpace(submitted))
	switch {
	case local == "mailer-daemon", local == "postmaster",
		strings.TrimSpace(l.header.Get("Return-Path")) == "<>",
		strings.HasPrefix(strings.ToLower(l.header.Get("Content-Type")), "multipart/report"):
		return "a bounce"
	case submitted != "" && submitted != "no",
		l.header.Get("X-Autoreply") != "", l.header.Get("X-Autorespond") != "",
		strings.EqualFold(l.header.Get("Precedence"), "auto_reply"),
		machines.MatchString(l.subject):
		return "an automatic reply"
	}
	return ""
}
