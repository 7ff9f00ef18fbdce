package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

// overheardLine is what a platform says of something that people said to each other.
const overheardLine = "cre overheard"

// Overhear is what is heard in the channels of these names; nil where there are none.
func Overhear(channels []string) *chat.Overhear {
	if len(channels) == 0 {
		return nil
	}
	return &chat.Overhear{Channels: channels, Line: overheardLine, Worth: func(said string) bool {
		_, worth := cre.Worth(said)
		return worth
	}}
}

func creOverheard() router.Command {
	type args struct {
		Channel string `arg:"channel" help:"the name of the channel"`
	}
	return router.Handle(router.Command{
		Name:    overheardLine,
		Summary: "offer to file what somebody said in a channel where the bot listens",
		Example: overheardLine + " support-acme",
		Rank:    cre.Viewer,
		Hidden:  true,
		Heard:   true,
		Heeds: func(s *workflow.Step) (bool, error) {
			return s.Heeds(s.Event.Named["channel"])
		},
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		if !s.Event.Quiet {
			return chat.Replyf("I listen by myself in the channels under `requests.listen`."), nil
		}
		m, err := s.Overhear(a.Channel)
		return chat.Reply{Message: m}, err
	})
}

// creTalk is what people say to the bot alone, and which is no command.
func creTalk() router.Command {
	type args struct {
		Text string `arg:"text,rest" help:"what a customer needs, in a sentence"`
	}
	return router.Handle(router.Command{
		Name:    "cre talk",
		Summary: "offer to file what you say",
		Example: "cre talk globex says the export is slow since Monday",
		Rank:    cre.Viewer,
		Hidden:  true,
		Talk:    true,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		m, err := s.Talk(a.Text)
		return chat.Reply{Message: m}, err
	})
}

func creFileOverheard() router.Command {
	type args struct {
		Number int `arg:"number" help:"the number of the offer"`
	}
	return router.Handle(router.Command{
		Name:    "cre file-overheard",
		Summary: "make a request of what was said",
		Example: "cre file-overheard 1",
		Rank:    cre.Viewer,
		Hidden:  true,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		o, err := s.Overheard(a.Number)
		if err != nil {
			return chat.Reply{}, err
		}
		r, err := s.FileOverheard(o)
		if err != nil {
			return chat.Reply{}, err
		}
		return filed(s, r, nil)
	})
}

func creLeaveOverheard() router.Command {
	type args struct {
		Number int `arg:"number" help:"the number of the offer"`
	}
	return router.Handle(router.Command{
		Name:    "cre leave-overheard",
		Summary: "take back the offer to file what was said",
		Example: "cre leave-overheard 1",
		Rank:    cre.Responder,
		Hidden:  true,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		o, err := s.Overheard(a.Number)
		if err != nil {
			return chat.Reply{}, err
		}
		return chat.Replyf("Noted: it is not a request."), s.LeaveOverheard(o)
	})
}
