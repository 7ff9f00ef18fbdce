package chattest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"time"

	"cresset/bot/chat"
)

// A Fixture is a message as the bot says it, by the name of its golden files.
type Fixture struct {
	Name, Shows string // what the message is, and which parts of the model it has
	Message     chat.Message
}

// A FormFixture is a form as the bot asks it.
type FormFixture struct {
	Name, Shows string
	Form        chat.Form
}

// Fixtures are the messages that every platform renders into golden files: each
// part of [chat.Message] is in one of them. The people and the place are of the
// platform that is asked.
func Fixtures(ada, bob chat.Person, room chat.Place) []Fixture {
	return []Fixture{
		{"sentence", "one sentence to one person",
			chat.Message{Text: chat.Textf("**R-12** is filed, 3rd in the queue. Somebody will look at it by Mon 2 Mar 11:00.")}},
		{"card", "the pinned card of a war room: tone, title, tasks, fields, buttons, one that asks first, small print",
			chat.Message{Tone: chat.Danger, Title: "INC-42 checkout returns 500", Text: chat.Textf("- task 1: watch the error rate %s", bob),
				Fields: []chat.Field{{Label: "Status", Value: "**investigating**"}, {Label: "Severity", Value: "sev2"}, {Label: "Lead", Value: chat.Mention(ada)},
					{Label: "Customers", Value: "acme, globex"}, {Label: "Since", Value: "10:00"}, {Label: "Next update", Value: "by 10:40"}},
				Buttons: []chat.Button{{Label: "Update…", Line: "incident update INC-42", Style: chat.Good}, {Label: "Mitigated", Line: "incident mitigate INC-42"},
					{Label: "Resolved", Line: "incident resolve INC-42", Confirm: "Is INC-42 over for every customer?"},
					{Label: "Recap", Line: "incident recap INC-42"}, {Label: "Timeline", URL: "https://cresset.example/incidents/INC-42"}},
				Footer: "Declared by ada. A 📌 on a message puts it on the timeline."}},
		{"update", "what people wrote, quoted, with a mention and a channel",
			chat.Message{Text: chat.Textf("**Update** by %s in %s:\n%s", ada, chat.Channel(room, "inc-42-checkout"), chat.Quote("rolling back *the deploy* <!here> @everyone\n[look](https://evil.example)")),
				Footer: "Next update by 10:40."}},
		{"request", "a card for triage: fields, buttons, menus",
			chat.Message{Title: "R-12 the export of invoices is slow", Text: chat.Quote("It takes a minute since Monday."),
				Fields: []chat.Field{{Label: "Status", Value: "new"}, {Label: "Customer", Value: "globex"}, {Label: "Asked by", Value: chat.Mention(bob)}, {Label: "Due", Value: "Fri 6 Mar"},
					{Label: "Score", Value: "22 of 100: due in 4 days, business"}, {Label: "First response", Value: "by 14:00"}},
				Buttons: []chat.Button{{Label: "Take", Line: "cre take R-12", Style: chat.Good}, {Label: "Done", Line: "cre done R-12", Confirm: "Is R-12 done? bob is told at once."}, {Label: "Decline…", Line: "cre decline R-12"},
					{Label: "Escalate", Line: "cre escalate R-12", Style: chat.Danger, Confirm: "Declare an incident from R-12?"}},
				Menus:  []chat.Menu{{Label: "Waits for…", Line: "cre wait R-12", Kind: chat.Choice, Options: waits}, {Label: "Assign to…", Line: "cre assign R-12", Kind: chat.Somebody}},
				Footer: chat.Link("the message it came from", "https://chat.example/archives/C1/p1")}},
		{"digest", "a table, and a chart with its words",
			chat.Message{Tone: chat.Warning, Title: "Reliability digest", Text: "Needs attention: **checkout** (burning).",
				Table: &chat.Table{Columns: []string{"SLO", "Left", "Burn, last hour", "Customers"}, Rows: [][]chat.Text{
					{"checkout", "**29 %**", "2.1x, gone in 9 hours", "acme, globex"}, {"export", "97 %", "0.2x", "globex"}, {"login", "100 %", "0x", "initech"}}},
				Chart: budget(), Footer: "Rolling 28 days, Europe/Paris."}},
		{"toil", "a chart of bars with a limit",
			chat.Message{Tone: chat.Warning, Title: "Toil in week 10 (2 to 8 Mar 2026)", Text: chat.Textf("**62 %% of the work is toil**: 3h20m of 5h20m. The limit is 50 %%.\n**Automate first**\n1. access, payments: 4 × 20m = 1h20m"),
				Chart: toil()}},
		{"recap", "lists, links, emphasis, and details that fold",
			chat.Message{Title: "INC-42 checkout returns 500", Text: chat.Textf("- 10:00 **declared** ada\n- 10:10 **decision** ada: `rollback` before looking further\n_Two entries left out._ %s",
				chat.Link("The timeline", "https://cresset.example/incidents/INC-42")),
				Details: chat.Plain("10:00 declared\n10:05 pinned: the errors began with the deploy at 09:50\n10:10 decision: roll back before looking further")}},
		{"draft", "a document to read or to download",
			chat.Message{Title: "Postmortem draft: INC-42", Text: "A person has to fill in what is in _italics_.",
				Files: []chat.File{{Name: "INC-42.md", Type: "text/markdown", Content: []byte("# INC-42 checkout returns 500\n\nLasted 45 minutes.\n")}}}},
		{"picture", "a picture with words for who does not see it",
			chat.Message{Text: "What ada saw:", Files: []chat.File{{Name: "errors.png", Type: "image/png", Content: errorRate(), Alt: "The error rate rises from 0.1 % to 12 % at 09:50 and stays there."}}}},
		{"refusal", "what went wrong and what to do next",
			chat.Message{Tone: chat.Warning, Text: chat.Textf("I could not do this for **INC-42** (pin): %s", "the channel has as many pins as it can hold: unpin something"),
				Buttons: []chat.Button{{Label: "Try again", Line: "cre retry 17"}, {Label: "Drop", Line: "cre drop 17", Style: chat.Danger, Confirm: "Give up errand 17 (pin)? It will not be done."}}}},
	}
}

var waits = []chat.Option{{Value: "customer", Label: "the customer"}, {Value: "requester", Label: "who asked"}, {Value: "engineering", Label: "engineering"}}

// FormFixtures are the forms that every platform renders into golden files: each
// kind of field is in one of them.
func FormFixtures(ada chat.Person, room chat.Place) []FormFixture {
	severities := []chat.Option{{Value: "sev1", Label: "sev1: many customers cannot work"}, {Value: "sev2", Label: "sev2: some customers cannot work"}, {Value: "sev3", Label: "sev3"}}
	customers := []chat.Option{{Value: "acme", Label: "Acme GmbH"}, {Value: "globex", Label: "Globex Corporation"}}
	return []FormFixture{
		{"update", "several lines, filled in beforehand",
			chat.Form{Line: "incident update INC-42", Title: "Incident update", Submit: "Send", Intro: "This will tell the room how things stand, and promise the next update.", Place: room,
				Fields: []chat.FormField{{Name: "text", Label: "Text", Help: "what is known, and what happens next", Kind: chat.ManyLines},
					{Name: "next", Label: "Next", Help: "when the next update comes: 30m", Kind: chat.OneLine, Value: "30m", Optional: true}}}},
		{"declare", "choices, several choices that others hang on, a tick",
			chat.Form{Line: "incident declare", Title: "Incident declare", Submit: "Send", Intro: "This will open an incident and its war room, and make you its lead.", Place: room,
				Fields: []chat.FormField{{Name: "title", Label: "Title", Help: "what is wrong, as a customer would see it", Kind: chat.OneLine},
					{Name: "severity", Label: "Severity", Help: "how bad it is for customers; may be set later", Kind: chat.Choice, Options: severities, Value: "sev2", Optional: true},
					{Name: "customer", Label: "Customer", Help: "who is affected", Kind: chat.Choices, Options: customers, From: chat.Customers, Value: "acme,globex", Optional: true, Live: true},
					{Name: "service", Label: "Service", Help: "what is affected", Kind: chat.Choices, From: "services", Options: []chat.Option{{Value: "checkout", Label: "checkout"}, {Value: "payments", Label: "payments"}}, Optional: true},
					{Name: "private", Label: "Private", Help: "only the people in the room may know of it", Kind: chat.Yes, Optional: true}}}},
		{"followup", "an incident by proposals, a person, a day, a moment",
			chat.Form{Line: "incident followup", Title: "Incident followup", Submit: "Send", Intro: "This will add something to do after the incident.", Place: room,
				Fields: []chat.FormField{{Name: "task", Label: "Task", Help: "what is to be done", Kind: chat.OneLine, Value: "alert on the connection pool"},
					{Name: "incident", Label: "Incident", Help: "INC-7; may be left out in its war room", Kind: chat.OneLine, From: chat.Incidents, Value: "INC-42", Optional: true},
					{Name: "who", Label: "Who", Help: "who does it", Kind: chat.Somebody, Value: ada.Key(), Optional: true},
					{Name: "due", Label: "Due", Help: "by when", Kind: chat.Day, Value: "2026-03-06", Optional: true},
					{Name: "at", Label: "At", Help: "when it was seen", Kind: chat.Moment, Value: "2026-03-02T09:50:00Z", Optional: true}}}},
	}
}

// budget is four weeks in which most of an error budget went on one day.
func budget() *chat.Chart {
	from := time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC)
	panel := chat.Panel{Name: "checkout", Value: "29 % left", Note: "gone in 9 hours at this pace", Tone: chat.Warning, From: from, To: from.AddDate(0, 0, 28),
		Marks: []chat.Mark{{At: from.AddDate(0, 0, 12), Label: "INC-37"}}}
	for hour := range 24 * 26 {
		left := 1 - 0.2*float64(hour)/(24*26) - 0.5/(1+math.Exp(float64(24*12-hour)/2))
		panel.Points = append(panel.Points, chat.Point{At: from.Add(time.Duration(hour) * time.Hour), Value: left})
	}
	return &chat.Chart{Title: "Error budgets", Subtitle: "rolling 28 days", Alt: "checkout: 29 % of the error budget is left; most of it went on 14 Feb (INC-37).", Panels: []chat.Panel{panel}}
}

// toil is a week of work, most of which ought to be automated. Half an hour of it
// is of no class.
func toil() *chat.Chart {
	bar := func(group, name, time, value string, tone chat.Tone, toil, engineering, question float64) chat.Bar {
		return chat.Bar{Group: group, Name: name, Note: time, Value: value, Tone: tone, Parts: []chat.Share{
			{Label: "toil", Value: toil, Tone: chat.Warning}, {Label: "engineering", Value: engineering}, {Label: "question", Value: question}}}
	}
	return &chat.Chart{Title: "Toil in week 10 (2 to 8 Mar 2026)", Subtitle: "3h20m of 5h20m, over the limit of 50 %", Limit: 0.5,
		Alt: "62 % of 5h20m is toil, over the limit of 50 %. By department: sales 75 % of 4h, consulting 25 % of 1h20m.",
		Bars: []chat.Bar{
			bar("", "all work", "5h20m", "62 %", chat.Danger, 200./320, 60./320, 30./320),
			bar("by department", "sales", "4h", "75 %", chat.Neutral, 180./240, 30./240, 0),
			bar("by department", "consulting", "1h20m", "25 %", chat.Neutral, 20./80, 30./80, 30./80)}}
}

// errorRate is a picture of a line that jumps up, as people share them.
func errorRate() []byte {
	img := image.NewGray(image.Rect(0, 0, 320, 96))
	for x := range 320 {
		line := 84
		if x > 120 {
			line = 20 + x%7
		}
		for y := range 96 {
			shade := color.Gray{Y: 250}
			if y >= line {
				shade.Y = 205
			}
			if y >= line-1 && y <= line {
				shade.Y = 60
			}
			img.SetGray(x, y, shade)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // memory takes every byte
	}
	return b.Bytes()
}
