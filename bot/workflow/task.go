package workflow

import (
	"fmt"

	"cresset/bot/cre"
)

// AddTask adds something to do.
func (s *Step) AddTask(inc *cre.Incident, t cre.Task) (*cre.Task, error) {
	text, err := cre.CheckTitle(t.Text)
	if err != nil {
		return nil, cre.Errorf(cre.Invalid, "Say what should be done, in at most %d characters.", cre.MaxTitle).About("task")
	}
	t.Text, t.At, t.N = text, s.Now, len(inc.Tasks)+1
	inc.Tasks = append(inc.Tasks, t)
	what := "task"
	if t.Later {
		what = "follow-up"
	}
	entry := fmt.Sprintf("%s %d: %s", what, t.N, t.Text)
	if !t.Who.IsZero() {
		entry += " (" + t.Who.Shown() + ")"
	}
	if err := s.Record(inc, cre.Entry{Kind: cre.Tasked, Text: entry}); err != nil {
		return nil, err
	}
	if !t.Who.IsZero() && !t.Later {
		if err := s.bringIn(inc, t.Who); err != nil {
			return nil, err
		}
	}
	return &t, s.save(inc)
}

// FinishTask ticks a task off.
func (s *Step) FinishTask(inc *cre.Incident, n int) (*cre.Task, error) {
	t, err := inc.Task(n)
	if err != nil {
		return nil, err
	}
	if !t.Done.IsZero() {
		return nil, cre.Errorf(cre.Conflict, "Task %d of **%s** is already done.", n, inc.ID)
	}
	t.Done = s.Now
	if err := s.Record(inc, cre.Entry{Kind: cre.Tasked, Text: fmt.Sprintf("done: task %d, %s", n, t.Text)}); err != nil {
		return nil, err
	}
	return t, s.save(inc)
}
