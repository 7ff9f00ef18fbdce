package app

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A page is what the console shows one person in one channel.
type page struct {
	rooms  []string // that the menu lists, by id
	place  placeSeen
	pinned []string // ids of messages
	posts  []post
}

// A post is one message on a page.
type post struct {
	entry
	seq     int
	private bool // the reader alone sees it
	person  bool // a person said it
	typed   bool // it is a command
	spot    url.Values
	buttons []pageButton
	menus   []pageMenu
}

type pageMenu struct {
	label, line string
	options     map[string]string // by what is read; nil: people
}

type pageButton struct{ label, line string }

// readPage reads the page of a channel as a person does.
func readPage(t testing.TB, source string) page {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	top := el{root}
	var p page
	for _, link := range top.all(has("data-room")) {
		p.rooms = append(p.rooms, link.attr("data-room"))
	}
	p.place.topic = top.first(class("topic")).text()
	for _, card := range top.first(class("pinned-cards")).all(class("card")) {
		p.pinned = append(p.pinned, card.attr("data-seq"))
		if p.place.topic == "" { // the head says once what both say
			p.place.topic = card.first(tag("h3")).text()
		}
	}
	p.place.pins = len(p.pinned)
	for _, m := range top.all(class("member")) {
		p.place.members = append(p.place.members, m.text())
	}
	for _, m := range top.first(id("log")).all(class("message")) {
		p.posts = append(p.posts, readPost(t, m))
	}
	slices.SortFunc(p.posts, func(a, b post) int { return a.seq - b.seq })
	for _, m := range p.posts {
		if !m.private && !m.person {
			p.place.said = append(p.place.said, m.entry)
		}
	}
	return p
}

func readPost(t testing.TB, m el) post {
	t.Helper()
	seq, err := strconv.Atoi(m.attr("data-seq"))
	if err != nil {
		t.Fatalf("a message without a number: %v", err)
	}
	spot, err := url.ParseQuery(m.attr("data-place"))
	if err != nil {
		t.Fatal(err)
	}
	said := m.first(class("bot-said"))
	p := post{seq: seq, spot: spot, private: m.is(class("only")), person: said.Node == nil, typed: m.first(class("typed")).Node != nil}
	p.entry = entry{id: strconv.Itoa(seq), thread: spot.Get("thread"), lines: saidLines(said)}
	for _, b := range said.all(has("data-line")) {
		p.buttons = append(p.buttons, pageButton{b.text(), b.attr("data-line")})
	}
	for _, m := range said.all(has("data-menu")) {
		menu := pageMenu{label: m.attr("aria-label"), line: m.attr("data-menu")}
		for _, o := range m.all(tag("option"))[1:] {
			if menu.options == nil {
				menu.options = map[string]string{}
			}
			menu.options[o.text()] = o.attr("value")
		}
		p.menus = append(p.menus, menu)
	}
	return p
}

// saidLines is what the bot said as the scripts write it.
func saidLines(said el) []string {
	var lines []string
	for part := range said.parts() {
		switch {
		case part.is(tag("h3")):
			lines = append(lines, "= "+part.text())
		case part.is(class("text")):
			lines = append(lines, textLines(part)...)
		case part.is(class("fields")):
			var facts []string
			for fact := range part.parts() {
				facts = append(facts, fact.first(tag("dt")).text()+": "+unmarked(fact.first(tag("dd")).markdown()))
			}
			lines = append(lines, strings.Join(facts, " · "))
		case part.is(class("table-scroll")):
			for _, row := range part.all(tag("tr")) {
				var cells []string
				for cell := range row.parts() {
					cells = append(cells, cell.text())
				}
				lines = append(lines, strings.Join(cells, " | "))
			}
		case part.is(class("enlarge")):
			lines = append(lines, "(picture) "+part.first(tag("img")).attr("alt"))
		case part.is(class("menus")):
			var labels []string
			for m := range part.parts() {
				labels = append(labels, "{"+m.attr("aria-label")+"}")
			}
			lines = append(lines, strings.Join(labels, " "))
		case part.is(class("buttons")):
			var labels []string
			for b := range part.parts() {
				labels = append(labels, "["+b.text()+"]")
			}
			lines = append(lines, strings.Join(labels, " "))
		case part.is(class("footer")):
			lines = append(lines, "~ "+unmarked(part.markdown()))
		}
	}
	return lines
}

// textLines are the lines of a text with its bullets and quotes.
func textLines(text el) []string {
	var lines []string
	for block := range text.parts() {
		switch {
		case block.is(tag("ul")):
			for item := range block.parts() {
				lines = append(lines, "- "+strings.TrimRight(item.markdown(), " "))
			}
		case block.is(tag("blockquote")):
			for l := range strings.SplitSeq(block.markdown(), "\n") {
				lines = append(lines, "> "+l)
			}
		default:
			lines = append(lines, strings.Split(block.markdown(), "\n")...)
		}
	}
	return lines
}

// A formSeen is a form that is open for somebody.
type formSeen struct {
	title  string
	spot   url.Values
	sent   url.Values // what the form carries already
	fields []fieldSeen
}

type fieldSeen struct {
	label, name string
	value       string            // filled in beforehand
	options     map[string]string // by what is read
	ticks       []string          // ticked beforehand
	boxes       bool              // they are ticked, several perhaps
}

// readForm reads the dialog of a form.
func readForm(t testing.TB, source string) *formSeen {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	dialog := el{root}.first(tag("dialog"))
	f := &formSeen{title: dialog.first(tag("h2")).text(), sent: url.Values{}}
	if f.spot, err = url.ParseQuery(dialog.attr("data-place")); err != nil {
		t.Fatal(err)
	}
	for _, hidden := range dialog.all(func(e el) bool { return e.attr("type") == "hidden" }) {
		f.sent.Set(hidden.attr("name"), hidden.attr("value"))
	}
	for _, box := range dialog.all(class("field")) {
		f.fields = append(f.fields, readField(box))
	}
	return f
}

func readField(box el) fieldSeen {
	label := box.first(func(e el) bool { return e.is(tag("label")) || e.is(tag("legend")) })
	control := box.first(has("name"))
	f := fieldSeen{label: label.words(), name: control.attr("name"), value: control.attr("value"), options: map[string]string{}}
	if control.is(tag("textarea")) {
		f.value = control.text()
	}
	for _, o := range box.all(class("check")) {
		input := o.first(tag("input"))
		f.boxes, f.options[o.text()] = true, input.attr("value")
		if input.is(has("checked")) {
			f.ticks = append(f.ticks, input.attr("value"))
		}
	}
	for _, o := range control.all(tag("option")) {
		f.options[o.text()] = o.attr("value")
		if o.is(has("selected")) {
			f.value = o.attr("value")
		}
	}
	return f
}

// chosen are the values of the options that are written so, by value or by label.
func (f fieldSeen) chosen(written string) []string {
	var values []string
	for one := range strings.SplitSeq(written, ",") {
		if value, there := f.options[one]; there {
			one = value
		}
		values = append(values, one)
	}
	return values
}

func (f *formSeen) String() string {
	var labels []string
	for _, field := range f.fields {
		labels = append(labels, field.label)
	}
	return f.title + ": " + strings.Join(labels, ", ")
}

// An el is an element of a page. That of a nil node has nothing in it.
type el struct{ *html.Node }

func tag(name string) func(el) bool {
	return func(e el) bool { return e.Type == html.ElementNode && e.Data == name }
}

func class(name string) func(el) bool {
	return func(e el) bool { return slices.Contains(strings.Fields(e.attr("class")), name) }
}

func id(name string) func(el) bool { return func(e el) bool { return e.attr("id") == name } }

func has(attribute string) func(el) bool {
	return func(e el) bool {
		return slices.ContainsFunc(e.Attr, func(a html.Attribute) bool { return a.Key == attribute })
	}
}

func (e el) is(kind func(el) bool) bool { return e.Node != nil && kind(e) }

func (e el) attr(name string) string {
	if e.Node == nil {
		return ""
	}
	for _, a := range e.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// all are the elements of a kind within e, in order.
func (e el) all(kind func(el) bool) []el {
	var found []el
	if e.Node == nil {
		return nil
	}
	for n := range e.Descendants() {
		if kind(el{n}) {
			found = append(found, el{n})
		}
	}
	return found
}

func (e el) first(kind func(el) bool) el {
	if all := e.all(kind); len(all) > 0 {
		return all[0]
	}
	return el{}
}

// parts are the elements directly within e.
func (e el) parts() func(yield func(el) bool) {
	return func(yield func(el) bool) {
		if e.Node == nil {
			return
		}
		for n := range e.ChildNodes() {
			if n.Type == html.ElementNode && !yield(el{n}) {
				return
			}
		}
	}
}

// text is what stands in e, without markup.
func (e el) text() string {
	if e.Node == nil {
		return ""
	}
	var b strings.Builder
	for n := range e.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// words are the text of e itself, without that of its elements.
func (e el) words() string {
	var b strings.Builder
	if e.Node != nil {
		for n := range e.ChildNodes() {
			if n.Type == html.TextNode {
				b.WriteString(n.Data)
			}
		}
	}
	return strings.TrimSpace(b.String())
}

// markdown is what stands in e with its markup, as the scripts write it.
func (e el) markdown() string {
	var b strings.Builder
	for n := range e.ChildNodes() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			continue
		}
		b.WriteString(el{n}.marked())
	}
	return b.String()
}

// leadsTo is an address as the scripts write it: that of a message differs by
// platform.
func leadsTo(address string) string {
	if strings.HasPrefix(address, "/c/") {
		return "link"
	}
	return address
}

func (e el) marked() string {
	inner := e.markdown()
	switch {
	case e.is(tag("br")):
		return "\n"
	case e.is(tag("strong")):
		return "**" + inner + "**"
	case e.is(tag("em")):
		return "_" + inner + "_"
	case e.is(tag("code")), e.is(class("try")):
		return "`" + inner + "`"
	case e.is(class("glyph")):
		return map[string]string{"pushpin": "📌", "ticket": "🎫"}[e.attr("aria-label")]
	case e.is(tag("a")) && !e.is(class("mention")) && !e.is(class("record")):
		return "[" + inner + "](" + leadsTo(e.attr("href")) + ")"
	}
	return inner
}
