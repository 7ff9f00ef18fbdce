package slack

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cresset/bot/chat"
)

// What was handled while its socket ended is acknowledged nowhere any more, and
// gives its place back; what was not begun is left to Slack.
func TestASocketThatEndedKeepsNoPlaces(t *testing.T) {
	s := workspace(t)
	s.RetryEventsAfter() // what is not acknowledged does not come again
	if err := s.platform.introduce(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.platform.stagger = time.Hour // one socket
	goOn, ended := make(chan struct{}), make(chan error, 1)
	var begun atomic.Int32
	stuck := func(ctx context.Context, e chat.Event) (chat.Reply, error) {
		begun.Add(1)
		<-goOn
		return s.handle(ctx, e)
	}
	go func() { ended <- s.platform.listen(t.Context(), stuck) }()
	s.AwaitConnections(1)
	var all sync.WaitGroup
	for range 3 * connections * eventsAtOnce {
		all.Go(func() { s.As("ada").Mention("ops", "in the storm") })
	}
	eventually(t, "the storm", func() bool { return begun.Load() == connections*eventsAtOnce })
	s.Refuse("apps.connections.open", "invalid_auth", 1)
	s.Cut()
	eventually(t, "the end", func() bool {
		s.platform.mu.Lock()
		defer s.platform.mu.Unlock()
		return len(s.platform.open) == 0
	})
	close(goOn)
	if err := <-ended; !fatal(err) {
		t.Errorf("the socket ended with %v", err)
	}
	eventually(t, "the places", func() bool { return len(s.platform.slots) == 0 })
	if n := len(s.events()); n != connections*eventsAtOnce {
		t.Errorf("%d events were handled, want the %d that were begun", n, connections*eventsAtOnce)
	}
	all.Wait()
}
