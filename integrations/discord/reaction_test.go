package discord

import "testing"

func TestReactions(t *testing.T) {
	s := server(t)
	s.run(t)
	m := s.As("bob").Message("#ops", "the errors began at 09:50")
	thread := s.As("bob").StartThread("#ops", m.ID, "errors")
	inside := s.As("bob").Message(thread.ID, "and ended at 10:10")
	s.As("ada").React("#ops", m.ID, "🎉")
	s.As("ada").React("#ops", m.ID, "📌")
	eventually(t, "the reaction", func() bool { return len(s.events()) == 1 })
	e := s.last(t)
	if e.Line != "incident pin" || !e.Quiet || e.By.Name != "ada" || e.About.Text != "the errors began at 09:50" || e.About.By.Name != "bob" || e.Place.Channel != s.ops.ID {
		t.Errorf("heard %+v about %+v", e, e.About)
	}
	s.As("ada").React(thread.ID, inside.ID, "🎫")
	eventually(t, "the reaction", func() bool { return len(s.events()) == 2 })
	if e := s.last(t); e.Line != "cre ticket-this" || e.Place.Channel != s.ops.ID || e.Place.Thread != thread.ID || e.About.Text != "and ended at 10:10" {
		t.Errorf("heard %+v about %+v", e, e.About)
	}
}
