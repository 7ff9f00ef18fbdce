package discord

import (
	"sync"
	"sync/atomic"
	"testing"
)

// TestAGapWhileItCatchesUp: a session that is lost while the bot still looks for what
// the one before missed is looked for, too.
func TestAGapWhileItCatchesUp(t *testing.T) {
	s, _ := hurried(t)
	s.platform.options.Channels = []string{"ops"}
	s.run(t)
	s.heardAfter(t, "before the gaps")
	s.KeepEvents(0) // no session is taken up any more

	looked, goOn := make(chan bool), make(chan bool)
	release := sync.OnceFunc(func() { close(goOn) })
	t.Cleanup(release)
	var first atomic.Bool
	s.AfterCall(func(route string) {
		if route == "GET /channels/{channel}/messages" && first.CompareAndSwap(false, true) {
			close(looked)
			<-goOn
		}
	})
	lose := func(meanwhile func()) {
		s.Outage(true)
		eventually(t, "the bot to notice", func() bool { return s.platform.Ready() != nil })
		meanwhile()
		s.Outage(false)
		eventually(t, "another session", func() bool { return s.platform.Ready() == nil })
	}
	lose(func() { s.As("ada").Mention("#ops", "incident note in the first gap") })
	<-looked // #ops, and the answer is on its way
	lose(func() { s.As("ada").Mention("#ops", "incident note in the second gap") })
	s.heardAfter(t, "after the gaps") // the second session knows the server
	release()
	eventually(t, "what the second gap missed", func() bool { return s.lines()["incident note in the second gap"] == 1 })
}
