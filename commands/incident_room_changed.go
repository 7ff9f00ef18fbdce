package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

// incidentRoomChanged is what a platform says of a room that people changed.
func incidentRoomChanged() router.Command {
	type args struct{}
	return router.Handle(router.Command{
		Name:    "incident room-changed",
		Summary: "look whether the war room was renamed, archived, deleted or shared",
		Example: "incident room-changed",
		Rank:    cre.Viewer,
		Hidden:  true,
	}, func(s *workflow.Step, _ args) (chat.Reply, error) {
		return looking(s, s.RoomChanged())
	})
}

// incidentRoomMoved is what a platform says of a room that has another id now. It
// is believed of the platform alone: everybody in a room can copy its mark.
func incidentRoomMoved() router.Command {
	type args struct {
		To string `arg:"to" help:"the id of the room now"`
	}
	return router.Handle(router.Command{
		Name:    "incident room-moved",
		Summary: "look whether the war room has another id now",
		Example: "incident room-moved C2",
		Rank:    cre.Viewer,
		Hidden:  true,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		if !s.Event.Quiet {
			return chat.Replyf("Only the platform can report that a room has another id."), nil
		}
		return looking(s, s.RoomMoved(a.To))
	})
}

// looking answers whoever types it; a platform wants no answer.
func looking(s *workflow.Step, err error) (chat.Reply, error) {
	if err != nil || s.Event.Quiet {
		return chat.Reply{}, err
	}
	return chat.Replyf("If this is a war room, I check it and take over what people changed."), nil
}
