package slack

import (
	"context"
	"sync"
	"testing"

	"cresset/bot/chat"
)

// The library gives a socket up when Slack refuses another. What was handled
// meanwhile is acknowledged nowhere any more, and gives its place back; what was
// not begun is left to Slack.
func TestASocketThatEndedKeepsNoPlaces(t *testing.T) {
	s := workspace(t)
	s.RetryEventsAfter() // what is not acknowledged does not come again
	if err := s.platform.introduce(t.Context()); err != nil {
		t.Fatal(err)
	}
	goOn, ended := make(chan struct{}), make(chan error, 1)
	stuck := func(ctx context.Context, e chat.Event) (chat.Reply, error) {
		<-goOn
		return s.handle(ctx, e)
	}
	go func() { ended <- s.platform.connect(t.Context(), t.Context(), 0, stuck) }()
	s.AwaitConnections(1)
	var all sync.WaitGroup
	for range 3 * eventsAtOnce {
		all.Go(func() { s.As("ada").Mention("ops", "in the storm") })
	}
	eventually(t, "the storm", func() bool { return len(s.platform.slots) == eventsAtOnce })
	s.Refuse("apps.connections.open", "invalid_auth", 1)
	s.Cut()
	if err := <-ended; !fatal(err) {
		t.Errorf("the socket ended with %v", err)
	}
	close(goOn)
	eventually(t, "the places", func() bool { return len(s.platform.slots) == 0 })
	if n := len(s.events()); n != eventsAtOnce {
		t.Errorf("%d events were handled, want the %d that were begun", n, eventsAtOnce)
	}
	all.Wait()
}
