package chat

import "regexp"

// mention is a mention, or an escape, which may hide the beginning of one.
var mention = regexp.MustCompile(`\\.|<@[^|>]+\|[^>]*>`)

// Calling is the message with each person who is mentioned in it by the account that
// called gives for them.
func (m Message) Calling(called func(Person) Person) Message {
	text := func(t Text) Text {
		return Text(mention.ReplaceAllStringFunc(string(t), func(s string) string {
			if s[0] == '\\' {
				return s
			}
			span, n := token(s)
			if n == 0 {
				return s
			}
			return string(Mention(called(span.Who)))
		}))
	}
	m.Text, m.Details, m.Footer = text(m.Text), text(m.Details), text(m.Footer)
	fields := make([]Field, len(m.Fields))
	for i, f := range m.Fields {
		fields[i] = Field{f.Label, text(f.Value)}
	}
	m.Fields = fields
	if m.Table != nil {
		table := Table{Columns: m.Table.Columns}
		for _, row := range m.Table.Rows {
			var cells []Text
			for _, cell := range row {
				cells = append(cells, text(cell))
			}
			table.Rows = append(table.Rows, cells)
		}
		m.Table = &table
	}
	return m
}
