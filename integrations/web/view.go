package web

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
)

// A messageView is a message as one person sees it.
type messageView struct {
	DOM     string // its id on the page
	Seq     uint64
	By      string // "" is the bot
	Initial string
	Colour  int
	Only    bool // nobody else sees it
	At      time.Time
	Day     string // set on the first message of a day
	Clock   string
	Edited  string
	Again   bool // an answer for the same eyes only as the line before it
	Follows bool // of the same author as the one before, a moment later
	Place   string
	Talk    template.HTML
	Typed   bool // it is a command; the answer repeats what counts
	Said    *saidView
	Acts    []actView
	Shorts  []chat.Shortcut
	Thread  *threadView // nil in a thread
}

type threadView struct {
	DOM     string
	Place   string
	Replies []messageView
	Closed  bool // nothing more can be said
}

// An actView is a reaction that can be given.
type actView struct {
	Name  string
	Title string // the command that it means
	Count int
	Mine  bool
}

// A saidView is what the bot said.
type saidView struct {
	Tone    string
	Title   string
	Text    template.HTML
	Fields  []fieldView
	Table   *tableView
	Chart   *chartView
	Details template.HTML
	Files   []fileView
	Buttons []buttonView
	Menus   []chat.Menu
	Footer  template.HTML
}

type fieldView struct {
	Label string
	Value template.HTML
}

type tableView struct {
	Columns []string
	Rows    [][]fieldView // each cell under its column's name
}

type chartView struct {
	Light, Dark, Alt string
	Wide, High       int
}

type fileView struct {
	Name, Size, URL string
	Alt             string // what a picture shows
	Text            template.HTML
	Image           bool
}

type buttonView struct {
	Label, Line, URL, Class, Confirm string
	Own                              bool
	Form                             bool // it opens the form, although the line alone would do
}

// view is the message for one person. Its thread is for the caller to add.
func (c *Console) view(m *message, me string) messageView {
	now := c.Now()
	v := messageView{DOM: fmt.Sprintf("m%d", m.Seq), Seq: m.Seq, By: m.By, Only: m.Only != "", At: m.At.In(c.zone()),
		Place: placeQuery(m.Channel, m.Thread), Shorts: c.Vocabulary.Shortcuts}
	v.Clock = v.At.Format("15:04")
	if !m.Edited.IsZero() {
		v.Edited = c.clock(m.Edited, now)
	}
	if m.By != "" {
		v.Initial, v.Colour = strings.ToUpper(m.By[:1]), colourOf(m.By)
		v.Talk, v.Typed = c.talk(m.Text), strings.HasPrefix(m.Text, "/")
	}
	if m.Said != nil {
		v.Said = c.viewSaid(m.Said)
		v.Said.files(m)
		v.Said.chart(m)
	}
	if !v.Only {
		v.Acts = c.viewReactions(m, me)
	}
	return v
}

func placeQuery(channel, thread string) string {
	q := url.Values{"channel": {channel}}
	if thread != "" {
		q.Set("thread", thread)
	}
	return q.Encode()
}

func colourOf(name string) int {
	sum := 0
	for _, r := range name {
		sum = sum*31 + int(r)
	}
	return sum & 0xffff % 6
}

func (c *Console) viewReactions(m *message, me string) []actView {
	var all []actView
	for _, name := range c.reactions() {
		who := m.Reactions[name]
		all = append(all, actView{Name: name, Title: c.Vocabulary.Reactions[name], Count: len(who), Mine: slices.Contains(who, me)})
	}
	return all
}

// reactions are the names of those that are offered: one for each command, with
// the shortest name, where several mean the same.
func (c *Console) reactions() []string {
	byLine := map[string]string{}
	for name, line := range c.Vocabulary.Reactions {
		if old, ok := byLine[line]; !ok || len(name) < len(old) || len(name) == len(old) && name < old {
			byLine[line] = name
		}
	}
	return slices.Sorted(maps.Values(byLine))
}

func (c *Console) viewSaid(m *chat.Message) *saidView {
	v := &saidView{Tone: string(m.Tone), Title: m.Title, Text: c.markup(m.Text), Details: c.markup(m.Details), Menus: m.Menus, Footer: c.inline(m.Footer)}
	for _, f := range m.Fields {
		v.Fields = append(v.Fields, fieldView{f.Label, c.inline(f.Value)})
	}
	if m.Table != nil {
		v.Table = &tableView{Columns: m.Table.Columns}
		for _, row := range m.Table.Rows {
			cells := make([]fieldView, len(row))
			for i, cell := range row {
				cells[i].Value = c.inline(cell)
				if i < len(m.Table.Columns) {
					cells[i].Label = m.Table.Columns[i]
				}
			}
			v.Table.Rows = append(v.Table.Rows, cells)
		}
	}
	for _, b := range m.Buttons {
		v.Buttons = append(v.Buttons, c.viewButton(b))
	}
	return v
}

func (c *Console) viewButton(b chat.Button) buttonView {
	v := buttonView{Label: b.Label, Line: b.Line, Class: string(b.Style), Confirm: b.Confirm}
	if b.Line == "" {
		v.URL, v.Own = c.href(b.URL)
	}
	return v
}

// chart leads to the picture of the message.
func (v *saidView) chart(m *message) {
	if m.Said.Chart == nil {
		return
	}
	light := fmt.Sprintf("/m/%d/chart.png?v=%d", m.Seq, m.Edited.UnixNano())
	v.Chart = &chartView{Light: light, Dark: light + "&dark=1", Alt: m.Said.Chart.Alt, Wide: m.Picture.Wide, High: m.Picture.High}
}

// files leads to the files of the message, and shows what can be read.
func (v *saidView) files(m *message) {
	for i, f := range m.Said.Files {
		file := fileView{Name: f.Name, Size: size(len(f.Content)), URL: fmt.Sprintf("/m/%d/file/%d", m.Seq, i), Alt: cmp.Or(f.Alt, f.Name), Image: f.IsPicture()}
		switch {
		case strings.HasPrefix(f.Type, "text/markdown"):
			file.Text = document(f.Content)
		case strings.HasPrefix(f.Type, "text/plain"):
			file.Text = template.HTML("<pre>" + template.HTMLEscapeString(chat.Clean(string(f.Content))) + "</pre>")
		}
		v.Files = append(v.Files, file)
	}
}

func size(n int) string {
	if n < 1000 {
		return strconv.Itoa(n) + " B"
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1000)
}
