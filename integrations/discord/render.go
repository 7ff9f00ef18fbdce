package discord

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chart"
	"cresset/bot/chat"
)

// Discord's limits, and how much of each part is shown. The text of a message is
// limited as a whole: what is short comes whole, what is long gets the rest.
const (
	mostComponents  = 40
	longestMessage  = 3900 // of 4000, with room for remarks
	longestTitle    = 250
	longestFacts    = 1000
	longestFooter   = 350
	longestText     = 2600
	longestTable    = 2000
	leastDetails    = 200
	longestLabel    = 80
	longestCustomID = 100
	longestURL      = 512
	longestAlt      = 1024
	buttonsInRow    = 5
	mostOptions     = 25
	mostFiles       = 10
	largestFile     = 10 << 20
)

var colours = map[chat.Tone]int{chat.Good: 0x2EB67D, chat.Warning: 0xECB22E, chat.Danger: 0xE01E5A}

// A letter is a message as Discord takes it.
type letter struct {
	Components      []component  `json:"components"`
	Flags           int          `json:"flags"`
	Attachments     []attachment `json:"attachments"`
	AllowedMentions allowed      `json:"allowed_mentions"`
	Nonce           string       `json:"nonce,omitempty"`
	EnforceNonce    bool         `json:"enforce_nonce,omitempty"`
	Reference       *reference   `json:"message_reference,omitempty"`

	files []chat.File
}

// reference is the message that another answers. One that is gone by then is no
// reason not to speak.
type reference struct {
	MessageID string `json:"message_id"`
	MustExist bool   `json:"fail_if_not_exists"`
}

// allowed says whom a message pings: nobody, but for those that it mentions itself.
type allowed struct {
	Parse []string `json:"parse"` // what in the text may ping: nothing
	Users []string `json:"users,omitempty"`
}

// attachment says what a file is. A message that is edited loses those that are
// not in its list.
type attachment struct {
	ID          int    `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
}

// render is m as a letter, with more rows of controls below its own. id is what
// the message is found by; without one it is not looked for.
func (p *Platform) render(m chat.Message, id string, more ...component) letter {
	s := sheet{left: longestMessage}
	shown := p.typing.Message(m)
	footer := s.spend(shown.Footer, longestFooter, "-# ")
	facts := s.facts(shown.Fields)
	controls, untold := p.controls(m)
	unpressed := s.spend(untold, longestFooter, "")
	s.opening(shown)
	s.add(facts)
	if m.Table != nil {
		s.table(*m.Table)
	}
	if m.Chart != nil {
		s.chart(*m.Chart)
	}
	s.details(shown.Details)
	s.attach(m.Files)
	s.overflow(shown)
	s.add(unpressed)
	s.controls(append(controls, more...))
	s.add(footer)
	return s.letter(m, id)
}

// A sheet is a message that is being written.
type sheet struct {
	writer
	left  int // characters
	parts []component
	files []chat.File
	alts  []string // of the files
	cut   bool     // something of the text is left out
}

// spend writes t from what is left, at most n characters of it, each line behind
// a mark.
func (s *sheet) spend(t chat.Text, n int, mark string) string {
	if t == "" {
		return ""
	}
	written, whole := s.text(t, min(n, s.left)-len(mark)*len(t.Lines()))
	written = mark + strings.ReplaceAll(written, "\n", "\n"+mark)
	s.left -= length(written)
	s.cut = s.cut || !whole
	return written
}

func (s *sheet) add(content string) {
	if strings.TrimSpace(content) != "" {
		s.parts = append(s.parts, display(content))
	}
}

// opening is title and text.
func (s *sheet) opening(m chat.Message) {
	content := ""
	if title := oneLineOf(m.Title, longestTitle); title != "" {
		content = "### " + escaped(title)
		s.left -= length(content) + 1
	}
	if text := s.spend(m.Text, min(longestText, s.left-leastDetails), ""); text != "" {
		content = strings.TrimPrefix(content+"\n"+text, "\n")
	}
	s.add(content)
}

// facts are label and value; short ones share a line.
func (s *sheet) facts(fields []chat.Field) string {
	var b strings.Builder
	inLine := 0
	for i, f := range fields {
		one, _ := s.text(fact(f), longestFacts/2)
		if length(b.String()+one)+remarkRoom > longestFacts {
			fmt.Fprintf(&b, "\n_… %d more_", len(fields)-i)
			break
		}
		size := len([]rune(f.Label + f.Value.String()))
		switch {
		case i == 0:
		case inLine+size > widestTable || strings.Contains(one, "\n"):
			b.WriteByte('\n')
			inLine = 0
		default:
			b.WriteString(" · ")
		}
		b.WriteString(one)
		inLine += size + 5
	}
	s.left -= length(b.String())
	return b.String()
}

func fact(f chat.Field) chat.Text {
	label := oneLineOf(f.Label, longestLabel)
	if label == "" {
		return f.Value
	}
	return chat.Textf("**%s:** ", label) + f.Value
}

func (s *sheet) table(t chat.Table) {
	content := s.writer.table(t, min(longestTable, s.left-leastDetails))
	s.left -= length(content)
	s.add(content)
}

// chart is a picture of c; one that cannot be drawn is told in words.
func (s *sheet) chart(c chat.Chart) {
	png, err := chart.PNG(&c, chart.Options{})
	if err != nil {
		s.add(s.spend(chat.Textf("**%s**\n%s", c.Title, c.Alt), longestFooter, ""))
		return
	}
	s.picture(chat.File{Name: "chart.png", Type: "image/png", Content: png, Alt: c.Alt})
}

func (s *sheet) picture(f chat.File) {
	kept := s.keep(f)
	alt := chat.Cut(strings.TrimSpace(chat.Clean(f.Alt)), longestAlt)
	s.alts[len(s.alts)-1] = alt
	s.parts = append(s.parts, component{Type: discordgo.MediaGalleryComponent,
		Items: []media{{Media: asset{"attachment://" + kept}, Description: alt}}})
}

// keep adds a file under a name that can be referred to, and gives the name.
func (s *sheet) keep(f chat.File) string {
	f.Name = fileName(f.Name)
	for _, other := range s.files {
		if other.Name == f.Name {
			f.Name = fmt.Sprintf("%d-%s", len(s.files), f.Name)
		}
	}
	if len(f.Content) == 0 {
		f.Content = []byte("\n") // Discord takes no empty file
	}
	s.files, s.alts = append(s.files, f), append(s.alts, "")
	return f.Name
}

// fileName is a name in which Discord changes nothing.
func fileName(called string) string {
	called = strings.Map(func(r rune) rune {
		if r < 128 && (wordly(r) || r == '.' || r == '-') {
			return r
		}
		return '_'
	}, chat.Clean(called))
	return cmp.Or(strings.TrimLeft(chat.Cut(called, 80), "."), "file")
}

func (s *sheet) details(t chat.Text) {
	if t == "" {
		return
	}
	s.parts = append(s.parts, component{Type: discordgo.SeparatorComponent})
	s.add(s.spend(t, s.left-leastDetails/2, ""))
}

// attach shows files: pictures to look at, the rest to read or download.
func (s *sheet) attach(files []chat.File) {
	var left []chat.Text
	for _, f := range files {
		switch {
		case len(f.Content) > largestFile || len(s.files) >= mostFiles-1:
			left = append(left, chat.Textf("**%s**", oneLineOf(f.Name, longestLabel)))
		case f.IsPicture():
			s.picture(f)
		default:
			s.file(f)
		}
	}
	if len(left) > 0 {
		s.add(s.spend("Not attached, because Discord takes no more, or nothing that large: "+chat.Join(left, ", "), longestFooter, ""))
	}
}

func (s *sheet) file(f chat.File) {
	s.parts = append(s.parts, component{Type: discordgo.FileComponentType, File: &asset{"attachment://" + s.keep(f)}})
}

// overflow attaches the whole message, where a part of it is shown.
func (s *sheet) overflow(m chat.Message) {
	if !s.cut {
		return
	}
	s.file(chat.File{Name: "full-text.md", Type: "text/markdown; charset=utf-8", Content: []byte(m.Markdown() + "\n")})
}

// controls are rows of buttons and menus, as many as there is room for.
func (s *sheet) controls(rows []component) {
	for _, r := range rows {
		if count(s.parts)+count([]component{r})+3 <= mostComponents { // the container, a first text, the footer
			s.parts = append(s.parts, r)
		}
	}
}

// letter puts the parts into one container. The first text is always there: with
// the container it carries what the message is found by.
func (s *sheet) letter(m chat.Message, id string) letter {
	if len(s.parts) == 0 || s.parts[0].Type != discordgo.TextDisplayComponent {
		s.parts = append([]component{display(s.names())}, s.parts...)
	}
	box := component{Type: discordgo.ContainerComponent, AccentColor: colours[m.Tone], Components: s.parts}
	l := letter{Flags: int(discordgo.MessageFlagsIsComponentsV2), Attachments: []attachment{}, files: s.files,
		AllowedMentions: allowed{Parse: []string{}, Users: s.mentions}}
	if id != "" {
		box.ID, s.parts[0].ID = marks(id)
		l.Nonce, l.EnforceNonce = nonce(id), true
	}
	l.Components = []component{box}
	for i, f := range s.files {
		l.Attachments = append(l.Attachments, attachment{ID: i, Filename: f.Name, Description: s.alts[i]})
	}
	return l
}

// names are what there is to see where nothing is said.
func (s *sheet) names() string {
	var names []string
	for _, f := range s.files {
		names = append(names, f.Name)
	}
	return escaped(cmp.Or(chat.Cut(strings.Join(names, ", "), longestTitle), "–"))
}
