package slack

import (
	"testing"

	"cresset/bot/chat"
)

func TestAnswersAreSaidAsTheyAreTyped(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(always(chat.Replyf("Try `incident list`.")))
		if answer := s.As("ada").Slash("ops", "/incident", "x"); answer.Text != "Try /incident list." {
			t.Errorf("answer %+v", answer)
		}
		if _, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, chat.Message{Text: "`cre queue` shows it."}, "1"); err != nil {
			t.Fatal(err)
		}
		if said := s.Messages("ops")[0].Text; said != "/cre queue shows it." {
			t.Errorf("said %q", said)
		}
	})
}
