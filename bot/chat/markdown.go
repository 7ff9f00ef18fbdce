package chat

import "strings"

// Markdown is the whole message as CommonMark, for programs, for mail, and for
// where nothing else can be shown: pictures in words, buttons as the lines to
// say instead.
func (m Message) Markdown() string {
	parts := []string{m.Title, m.Text.Markdown()}
	for _, f := range m.Fields {
		parts = append(parts, f.Label+": "+f.Value.Markdown())
	}
	parts = append(parts, m.Table.markdown())
	if m.Chart != nil {
		parts = append(parts, m.Chart.Alt)
	}
	parts = append(parts, m.Details.Markdown())
	for _, f := range m.Files {
		parts = append(parts, f.markdown())
	}
	for _, b := range m.Buttons {
		parts = append(parts, b.markdown())
	}
	for _, menu := range m.Menus {
		parts = append(parts, menu.Label+": `"+menu.Line+" …`")
	}
	parts = append(parts, m.Footer.Markdown())
	return joined(parts, "\n")
}

func (t *Table) markdown() string {
	if t == nil {
		return ""
	}
	rows := []string{strings.Join(t.Columns, " | ")}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = c.Markdown()
		}
		rows = append(rows, strings.Join(cells, " | "))
	}
	return joined(rows, "\n")
}

// markdown is what a file says: a picture its words, a text itself.
func (f File) markdown() string {
	switch {
	case f.Alt != "":
		return f.Alt
	case strings.HasPrefix(f.Type, "text/"):
		return string(f.Content)
	}
	return f.Name
}

func (b Button) markdown() string {
	if b.URL != "" {
		return b.Label + ": " + b.URL
	}
	return b.Label + ": `" + b.Line + "`"
}

// joined is what is not empty, with sep between.
func joined(parts []string, sep string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, sep)
}
