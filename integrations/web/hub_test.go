package web

import (
	"context"
	"testing"
	"time"
)

// A browser of one replica hears of what another changed, and of what its own
// changed no second time.
func TestOtherReplicasAreHeard(t *testing.T) {
	db := openStore(t, t.TempDir()+"/test.db")
	one, other := startBench(t, db, ""), startBench(t, db, "")
	ear := other.hub.listen("cre")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- other.Console.Run(ctx, nil) }()

	one.say("cre", "said on one")
	select {
	case <-ear.elsewhere:
	case <-time.After(10 * time.Second):
		t.Fatal("the other replica heard nothing")
	}
	other.say("cre", "said on the other")
	<-ear.here
	if err := other.lookAround(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ear.elsewhere:
		t.Error("the other replica heard of itself")
	default:
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
