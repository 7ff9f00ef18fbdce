package commands

import (
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

// creImport files a part of a sheet. Programs and the console send it, part by part.
func creImport() router.Command {
	type args struct {
		Rows string `arg:"rows,lines" help:"a part of a sheet"`
		From string `arg:"from,key" help:"name of the sheet"`
		Dry  bool   `arg:"dry-run" help:"only try"`
	}
	return router.Handle(router.Command{
		Name:    "cre import",
		Summary: "file the requests of a part of a sheet",
		Example: "cre import --dry-run rows:\"line,title,requester\n2,the export is slow,eve\"",
		Rank:    cre.Commander,
		Hidden:  true,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		from := strings.TrimSpace(a.From)
		if from == "" {
			from = workflow.Sheet
		}
		done, err := s.Import(a.Rows, from, a.Dry)
		if err != nil {
			return chat.Reply{}, err
		}
		return chat.Reply{Message: importMessage(done)}, nil
	})
}

func importMessage(done *workflow.Import) chat.Message {
	var lines []chat.Text
	for _, row := range done.Refused {
		lines = append(lines, chat.Textf("Line %d: %s", row.Line, row.Err.Error()))
	}
	number := func(label string, n int) chat.Field { return chat.Field{Label: label, Value: chat.Textf("%d", n)} }
	m := chat.Message{Text: chat.Join(lines, "\n"),
		Fields: []chat.Field{number(cre.ImportFiled, done.Filed), number(cre.ImportKnown, done.Known), number(cre.ImportRefused, len(done.Refused))}}
	if len(done.Ignored) > 0 {
		m.Footer = chat.Textf("Not taken: %s.", strings.Join(done.Ignored, ", "))
	}
	return m
}
