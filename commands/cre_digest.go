package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func creDigest() router.Command {
	type args struct {
		About      cre.DigestAbout `arg:"about,optional" help:"queue or week; the week when a department is named, else the queue"`
		Department string          `arg:"department,key" from:"departments" help:"the week of this department alone"`
	}
	return router.Handle(router.Command{
		Name:    "cre digest",
		Aliases: []string{"cre report"},
		Summary: "show what in the queue is due, at risk, waiting, new and done, or the week of each department",
		Example: "cre digest week",
		Rank:    cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		department, err := s.Rules.CheckDepartment(a.Department)
		if err != nil {
			return chat.Reply{}, err
		}
		about := a.About
		if about == "" {
			about = cre.AboutQueue
			if department != "" {
				about = cre.AboutWeek
			}
		}
		m, err := s.Report(about, department)
		return chat.Reply{Message: m}, err
	})
}
