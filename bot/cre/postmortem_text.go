package cre

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"cresset/bot/chat"
)

// Words say what the incident cost the SLO.
func (i SLOImpact) Words() string {
	if !i.Known {
		return i.SLO + ": nothing was measured during the incident, so its cost is unknown"
	}
	return fmt.Sprintf("%s: %s of %s events failed during the incident, %s of the error budget; %s is left now",
		i.SLO, Number(i.Bad), Number(i.Total), Percent(i.Spent), Percent(i.Left))
}

// Markdown is the whole draft as CommonMark. What a person has to write stands in
// italics.
func (p *Postmortem) Markdown(zone *time.Location) string {
	d := &draft{p: p, inc: &p.Evidence.Incident, zone: zone}
	d.head()
	d.summary()
	d.customers()
	d.detection()
	d.factors()
	d.response()
	d.timeline()
	d.actions()
	d.lessons()
	return d.b.String()
}

// A draft writes the sections one after the other.
type draft struct {
	b    strings.Builder
	p    *Postmortem
	inc  *Incident
	zone *time.Location
}

func (d *draft) line(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = escaped(s)
		}
	}
	fmt.Fprintf(&d.b, format+"\n", args...)
}

// In CommonMark more characters mean something than in a [chat.Text]: numbers,
// + and = where a line begins, and the name of a character anywhere.
var (
	startsBlock = regexp.MustCompile(`^(\d{0,9})([.)+](?: |$)|=)`)
	entity      = regexp.MustCompile(`&(#?\w+;)`)
)

// escaped keeps what people wrote from being read as markup.
func escaped(s string) string {
	s = string(chat.Plain(strings.Join(strings.Fields(chat.Clean(s)), " ")))
	s = startsBlock.ReplaceAllString(s, `$1\$2`)
	s = entity.ReplaceAllString(s, `\&$1`)
	return strings.ReplaceAll(s, `\@`, "@")
}

func (d *draft) section(title string) { d.line("\n## %s\n", title) }

// wanted says, in a paragraph of its own, what a person has to write.
func (d *draft) wanted(what string) {
	if !strings.HasSuffix(d.b.String(), "\n\n") {
		d.b.WriteByte('\n') // else it would belong to the list above
	}
	d.b.WriteString("_" + what + "_\n")
}

func (d *draft) at(t time.Time) string { return t.In(d.zone).Format("2006-01-02 15:04 MST") }

func (d *draft) head() {
	d.line("# Postmortem: %s %s\n", d.inc.ID, d.inc.Title)
	d.line("- State: draft %d, %s", d.p.Version, d.at(d.p.At))
	d.line("- Severity: %s", d.inc.Severity.String())
	d.line("- Status: %s", string(d.inc.Status))
	for _, r := range IncidentRoles {
		if who, ok := d.inc.Roles[r]; ok {
			d.line("- %s: %s", strings.ToUpper(string(r[:1]))+string(r[1:]), who.Shown())
		}
	}
	if d.inc.Drill {
		d.line("- This was a drill.")
	}
}

func (d *draft) summary() {
	d.section("Summary")
	if d.p.Prose != nil && len(d.p.Prose.Summary) > 0 {
		d.prose(d.p.Prose.Summary)
		return
	}
	d.line("%s began %s and lasted %s. %s.", d.inc.Title, d.at(d.inc.Began()), Short(d.inc.Lasted(d.p.At)), d.whom())
	d.wanted("In three sentences: what happened, to whom, and what ended it.")
}

func (d *draft) prose(sentences []string) {
	for _, s := range sentences {
		d.line("%s", s)
	}
	note := "Drafted by " + d.p.Prose.Model + " from the timeline below; to be corrected by a person."
	if d.p.Prose.Dropped > 0 {
		note += " " + Count(d.p.Prose.Dropped, "sentence") + " without evidence left out."
	}
	d.line("\n_%s_", note)
}

func (d *draft) whom() string {
	if len(d.inc.Customers) == 0 {
		return "No customer was named as affected"
	}
	return "Affected: " + strings.Join(d.inc.Customers, ", ")
}

func (d *draft) customers() {
	d.section("What customers saw")
	for _, c := range d.p.Evidence.Customers {
		d.line("- **%s** (%s)", c.Name, orDash(c.Tier))
	}
	d.wanted("In the customer's words: what did not work, from when to when, and what did they do instead?")
	d.line("\n### Who saw it first\n")
	switch {
	case !d.inc.Reporter.IsZero():
		d.line("%s reported it on %s, before it was declared.", d.inc.Reporter.Shown(), d.at(d.inc.Times[CustomerFirstReported]))
		for _, r := range d.p.Evidence.Requests {
			d.line("- %s %s", r.ID, r.Title)
		}
	default:
		d.line("%s declared it. No customer's report is on the record.", d.inc.Declarer.Shown())
	}
	d.line("\n### What it cost\n")
	if len(d.p.Evidence.Impact) == 0 {
		d.line("No SLO covers these customers, so the cost was not measured.")
	}
	for _, i := range d.p.Evidence.Impact {
		d.line("- %s", i.Words())
	}
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (d *draft) detection() {
	d.section("Times")
	d.line("| moment | when | after impact began |")
	d.line("|---|---|---|")
	for _, m := range Moments {
		if t, ok := d.inc.Times[m]; ok {
			d.line("| %s | %s | %s |", strings.ReplaceAll(string(m), "_", " "), d.at(t), Short(t.Sub(d.inc.Began())))
		}
	}
	if _, ok := d.inc.Times[ImpactStarted]; !ok {
		d.wanted("When the impact began is not on the record; times count from the first report or the declaration. Correct it if customers felt it earlier.")
	}
}

func (d *draft) factors() {
	d.section("Contributing factors")
	if d.p.Prose != nil && len(d.p.Prose.Factors) > 0 {
		d.prose(d.p.Prose.Factors)
		return
	}
	d.wanted("Several, never one: what made it possible, what made it worse, what hid it. Name systems and conditions, not people.")
}

func (d *draft) response() {
	d.section("Decisions and communication")
	if !d.list(Decision) {
		d.line("No decision is on the record.")
	}
	d.line("\n### What was said when\n")
	if !d.list(Update) {
		d.line("No update is on the record.")
	}
	if c := d.inc.Clock; c != nil && c.Kept+c.Broken > 0 {
		d.line("\nPromised updates: %d kept, %d late.", c.Kept, c.Broken)
	}
}

func (d *draft) list(kind EntryKind) bool {
	any := false
	for _, e := range d.p.Evidence.Timeline {
		if e.Kind == kind {
			d.line("- %s %s: %s (%s)", d.at(e.At), orDash(e.By.Shown()), e.Text, e.ID())
			any = true
		}
	}
	return any
}

func (d *draft) timeline() {
	d.section("Timeline")
	d.line("| id | when | what | who | |")
	d.line("|---|---|---|---|---|")
	for _, e := range d.p.Evidence.Timeline {
		d.line("| %s | %s | %s | %s | %s |", e.ID(), e.At.In(d.zone).Format("2 Jan 15:04:05"), string(e.Kind), orDash(e.By.Shown()), e.Text)
	}
}

func (d *draft) actions() {
	d.section("Action items")
	for _, t := range d.inc.Tasks {
		if !t.Later {
			continue
		}
		box := "- [ ] "
		if !t.Done.IsZero() {
			box = "- [x] "
		}
		due := ""
		if !t.Due.IsZero() {
			due = ", due " + t.Due.In(d.zone).Format(time.DateOnly)
		}
		d.line(box+"%s (%s%s)", t.Text, orDash(t.Who.Shown()), due)
	}
	d.wanted("Each with one owner and a day. `incident followup TEXT @x due:DATE` adds one.")
}

func (d *draft) lessons() {
	d.section("Lessons")
	for _, what := range []string{"What went well?", "What went badly?", "Where were we lucky?", "What would the customer want us to change?"} {
		d.line("- _%s_", what)
	}
}
