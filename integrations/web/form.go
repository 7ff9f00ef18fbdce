package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/store"
)

// A formView is a form as a dialog.
type formView struct {
	Title, Submit, Line, Place, About string
	Intro                             template.HTML
	Fields                            []formField
	People                            []string
}

type formField struct {
	chat.FormField
	ID      string
	Chosen  map[string]bool
	Focused bool
	Found   bool   // its options are found by typing, not looked through
	Zone    string // of a moment
}

// form is the dialog of a form that the act asked for, as HTML.
func (a *acts) form(ctx context.Context, act *act, f *chat.Form) (string, error) {
	v := formView{Title: f.Title, Submit: f.Submit, Line: f.Line, Place: act.where, Intro: a.markup(f.Intro)}
	if v.Submit == "" {
		v.Submit = "Send"
	}
	if act.about != nil {
		v.About = strconv.FormatUint(act.about.Seq, 10)
	}
	err := a.DB.View(ctx, func(tx store.Tx) (err error) {
		v.People, err = a.names(tx)
		return err
	})
	if err != nil {
		return "", err
	}
	first := max(0, slices.IndexFunc(f.Fields, isEmpty))
	for i, field := range f.Fields {
		view := a.viewField(field)
		view.Focused = i == first
		v.Fields = append(v.Fields, view)
	}
	return a.fragment("form", v), nil
}

// isEmpty reports whether somebody goes to the field to fill it in.
func isEmpty(f chat.FormField) bool {
	return f.Value == "" && f.Kind != chat.Yes && f.Kind != chat.Choices
}

// many is how many options nobody wants to look through.
const many = 12

func (c *Console) viewField(f chat.FormField) formField {
	v := formField{FormField: f, ID: "f-" + url.PathEscape(f.Name), Chosen: map[string]bool{}, Found: f.From != "" && len(f.Options) > many}
	switch f.Kind {
	case chat.Choices:
		for value := range strings.SplitSeq(f.Value, ",") {
			v.Chosen[strings.TrimSpace(value)] = true
		}
	case chat.Choice:
		v.Chosen[f.Value] = true
	case chat.Yes:
		v.Chosen["true"] = f.Value == "true"
	case chat.Somebody:
		v.Value = strings.Replace(f.Value, Name+":", "@", 1)
	case chat.Moment:
		v.Zone = c.zone().String()
		if at, err := time.Parse(time.RFC3339, f.Value); err == nil {
			v.Value = at.In(c.zone()).Format("2006-01-02T15:04")
		}
	}
	return v
}

// formValues are the fields of a filled form: "v.title" is the field title, and
// "p.lead" one that takes a person. Several answers are joined by commas.
func formValues(form url.Values) map[string]string {
	values := map[string]string{}
	for key, all := range form {
		value := chat.Clean(strings.Join(all, ","))
		if name, ok := strings.CutPrefix(key, "v."); ok {
			values[name] = value
		}
		if name, ok := strings.CutPrefix(key, "p."); ok {
			values[name] = someone(value)
		}
	}
	return values
}

// someone is a person as fields take them. Who leaves out the @ means it.
func someone(typed string) string {
	typed = strings.TrimSpace(typed)
	if isPersonName(typed) {
		return "@" + typed
	}
	return typed
}

// command reads a typed line: the command in it, if it is one.
func (c *Console) command(text string, where *channel) (line string, ok bool) {
	_, direct := where.direct()
	rest, slashed := strings.CutPrefix(text, "/")
	rest, called := strings.CutPrefix(rest, "@cresset")
	rest = strings.TrimSpace(rest)
	first, args, _ := strings.Cut(rest, " ")
	for _, s := range c.Vocabulary.Slash {
		if first == s.Name {
			return strings.TrimSpace(s.Line + " " + args), true
		}
	}
	return rest, slashed || called || direct || c.isCommand(rest)
}

// isCommand reports whether a line begins as a command does.
func (c *Console) isCommand(line string) bool {
	if strings.HasPrefix(line, "/") {
		return true
	}
	first, _, _ := strings.Cut(line, " ")
	for _, word := range c.firstWords() {
		if first == word {
			return true
		}
	}
	return false
}

func (c *Console) firstWords() []string {
	words := []string{"help"}
	for _, s := range c.Vocabulary.Slash {
		words = append(words, s.Name, s.Line)
	}
	return words
}

// complete proposes lines that continue what was typed, as the person typed
// it: with a slash or without.
func (c *Console) complete(w http.ResponseWriter, r *http.Request) {
	typed := r.FormValue("line")
	bare, slashed := strings.CutPrefix(typed, "/")
	proposals := []chat.Option{}
	if c.Vocabulary.Complete != nil && (slashed || c.begins(bare)) {
		for _, o := range c.Vocabulary.Complete(visitor(r), bare) {
			o.Value = strings.TrimPrefix(o.Value, "/")
			if slashed {
				o.Value = "/" + o.Value
			}
			proposals = append(proposals, o)
		}
	}
	respond(w, http.StatusOK, proposals)
}

// suggest proposes values of what a field comes from.
func (c *Console) suggest(w http.ResponseWriter, r *http.Request) {
	proposals := []chat.Option{}
	if c.Vocabulary.Suggest != nil {
		proposals = append(proposals, c.Vocabulary.Suggest(visitor(r), r.FormValue("from"), chat.Clean(r.FormValue("typed")))...)
	}
	respond(w, http.StatusOK, proposals)
}

// begins reports whether a line may become a command.
func (c *Console) begins(line string) bool {
	if len(line) < 2 {
		return false
	}
	for _, word := range c.firstWords() {
		if strings.HasPrefix(word, line) || strings.HasPrefix(line, word+" ") {
			return true
		}
	}
	return false
}
