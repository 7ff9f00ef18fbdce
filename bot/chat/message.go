package chat

import "time"

// A Message is what the bot says. Every part is optional; a platform shows them
// in this order.
type Message struct {
	// Key makes a later message with the same key in the same place replace this
	// one.
	Key string `json:"key,omitempty"`
	// Tone colours the message where the platform can; the words say it too.
	Tone    Tone     `json:"tone,omitempty"`
	Title   string   `json:"title,omitempty"` // plain
	Text    Text     `json:"text,omitempty"`
	Fields  []Field  `json:"fields,omitempty"`  // short facts, side by side where there is room
	Table   *Table   `json:"table,omitempty"`   // falls back to aligned plain text
	Chart   *Chart   `json:"chart,omitempty"`   // a picture; falls back to its Alt
	Details Text     `json:"details,omitempty"` // long; folded where the platform folds, else it stands here
	Files   []File   `json:"files,omitempty"`   // to look at, to read or to download
	Buttons []Button `json:"buttons,omitempty"`
	Menus   []Menu   `json:"menus,omitempty"`
	Footer  Text     `json:"footer,omitempty"` // small print
}

// IsZero reports whether m says nothing.
func (m Message) IsZero() bool {
	return m.Title == "" && m.Text == "" && len(m.Fields) == 0 && m.Table == nil && m.Chart == nil &&
		m.Details == "" && len(m.Files) == 0 && len(m.Buttons) == 0 && len(m.Menus) == 0 && m.Footer == ""
}

// Tone is how a message feels.
type Tone string

const (
	Neutral Tone = ""
	Good    Tone = "good"
	Warning Tone = "warning"
	Danger  Tone = "danger"
)

// A Field is a labelled fact.
type Field struct {
	Label string `json:"label"` // plain
	Value Text   `json:"value"`
}

// A Table is a few rows; cells may hold markup.
type Table struct {
	Columns []string `json:"columns"`
	Rows    [][]Text `json:"rows"`
}

// A Button carries a command line, or a link.
type Button struct {
	Label   string `json:"label"`
	Line    string `json:"line,omitempty"`
	URL     string `json:"url,omitempty"`
	Style   Tone   `json:"style,omitempty"`   // Good: the obvious next step. Danger: hard to take back.
	Confirm string `json:"confirm,omitempty"` // a question to answer yes first
}

// A Menu is a choice that carries a command line: choosing says Line with the
// value behind it, a person as "@name". It falls back to a button that opens the
// form of Line.
type Menu struct {
	Label   string    `json:"label"` // shown while nothing is chosen
	Line    string    `json:"line"`
	Kind    FieldKind `json:"kind"`              // Choice or Somebody
	Options []Option  `json:"options,omitempty"` // of a Choice
}

// A File is a picture to look at, or something to read in chat or to download.
type File struct {
	Name    string `json:"name"`
	Type    string `json:"type"` // MIME
	Content []byte `json:"content"`
	Alt     string `json:"alt,omitempty"` // of a picture: says in words what it shows
}

// IsPicture reports whether the file is to be looked at in the message.
func (f File) IsPicture() bool { return f.Type == "image/png" || f.Type == "image/jpeg" }

// A Chart is a picture: of error budgets, one large panel or a grid of small
// ones, or of what things are made of, bars below each other. Values are shares:
// 1 is 100 %.
type Chart struct {
	Title    string  `json:"title"`
	Subtitle string  `json:"subtitle,omitempty"`
	Alt      string  `json:"alt"` // says in words what the picture shows; never empty
	Panels   []Panel `json:"panels"`
	Bars     []Bar   `json:"bars,omitempty"`  // instead of panels
	Limit    float64 `json:"limit,omitempty"` // a line across the bars; 0 draws none
}

// A Panel is one line over time.
type Panel struct {
	Name   string    `json:"name"`
	Value  string    `json:"value"`          // the headline: "29 % left", "no data"
	Note   string    `json:"note,omitempty"` // under the headline: "runs out ≈ 28 Feb at this pace"
	Tone   Tone      `json:"tone,omitempty"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Points []Point   `json:"points"` // in order; a gap in time is drawn as a gap when Break is set
	Marks  []Mark    `json:"marks,omitempty"`
	// Ahead is where the line goes at the present pace, in the same units, from
	// the last point to To; empty draws no forecast.
	Ahead []Point `json:"ahead,omitempty"`
}

// A Point is one value at one time.
type Point struct {
	At    time.Time `json:"at"`
	Value float64   `json:"value"`
	Break bool      `json:"break,omitempty"` // nothing is known between the point before and this one
}

// A Mark labels a moment, an incident for instance.
type Mark struct {
	At    time.Time `json:"at"`
	Label string    `json:"label"`
}

// A Bar is one whole, and what it is made of.
type Bar struct {
	Group string  `json:"group,omitempty"` // the heading that it and its neighbours stand under
	Name  string  `json:"name"`
	Value string  `json:"value"`          // the headline: "62 %"
	Note  string  `json:"note,omitempty"` // beside it: "8h20m"
	Tone  Tone    `json:"tone,omitempty"` // of the headline
	Parts []Share `json:"parts"`          // from left to right; what is missing to 100 % is not known
}

// A Share is a part of a bar. The same label means the same in every bar.
type Share struct {
	Label string  `json:"label"`
	Value float64 `json:"value"`
	Tone  Tone    `json:"tone,omitempty"` // Neutral: a shade that tells it from its neighbours
}

// A Form asks for the words of a command.
type Form struct {
	Line   string      `json:"line"` // the command that the filled form runs
	Title  string      `json:"title"`
	Submit string      `json:"submit"`
	Intro  Text        `json:"intro,omitempty"`
	Fields []FormField `json:"fields"`
	About  *Post       `json:"about,omitempty"` // the message that the form was opened on
	Place  Place       `json:"place"`           // where it was asked for
}

// A FormField is one thing to fill in.
type FormField struct {
	Name     string    `json:"name"`
	Label    string    `json:"label"`
	Help     string    `json:"help,omitempty"`
	Kind     FieldKind `json:"kind"`
	Options  []Option  `json:"options,omitempty"` // of Choice and Choices; with From, the first of perhaps more
	From     string    `json:"from,omitempty"`    // what Vocabulary.Suggest proposes more of while somebody types
	Value    string    `json:"value,omitempty"`   // filled in beforehand
	Optional bool      `json:"optional,omitempty"`
	// Live says that other fields hang on this one: when it changes, an Event with
	// Draft gives the form anew. Where forms cannot change while they are open, all
	// fields are there from the start.
	Live bool `json:"live,omitempty"`
}

// FieldKind is what a form field takes. Each falls back to OneLine.
type FieldKind string

const (
	OneLine   FieldKind = "line"
	ManyLines FieldKind = "lines"
	Choice    FieldKind = "choice"
	Choices   FieldKind = "choices" // several, joined by commas
	Somebody  FieldKind = "person"  // a person key ("slack:U1") or "@name"
	Day       FieldKind = "day"     // 2006-01-02
	Moment    FieldKind = "moment"  // 2006-01-02T15:04, in the zone of the house, or with Z in UTC
	Yes       FieldKind = "yes"     // "true" or ""
)

// An Option is one answer of a Choice.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
}
