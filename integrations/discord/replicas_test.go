package discord

import (
	"testing"
	"time"

	"cresset/bot/chat"
)

// TestTwoReplicasAnswerOnce: both hear of everything, and a slow answer to a press is
// given once all the same.
func TestTwoReplicasAnswerOnce(t *testing.T) {
	s := server(t)
	s.IdentifyEvery(0)
	s.run(t)
	other := *s
	other.platform = open(t, settingsOf(s.Server, false), Options{Log: logTo(t)})
	other.run(t)
	s.says(chat.Replyf("done"))
	s.As("ada").Mention("#ops", "incident list")
	eventually(t, "both to hear it", func() bool { return len(s.events()) == 2 })
	eventually(t, "the answer", func() bool { return len(s.As("ada").DMs()) > 0 })

	ref, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: s.ops.ID}, chat.Message{Text: "x", Buttons: []chat.Button{{Label: "Press", Line: "incident ops"}}}, "x")
	if err != nil {
		t.Fatal(err)
	}
	s.with(func(chat.Event) (chat.Reply, error) {
		time.Sleep(deferAfter + 500*time.Millisecond)
		return chat.Replyf("at last"), nil
	})
	s.As("ada").Click("#ops", ref.ID, "Press")
	eventually(t, "both to handle it", func() bool { return len(s.events()) == 4 })
	time.Sleep(deferAfter + time.Second)
	if n := len(s.Ephemerals("ada")); n != 1 {
		t.Errorf("answered %d times", n)
	}
	if n := len(s.As("ada").DMs()); n != 1 {
		t.Errorf("told %d times in private", n)
	}
}
