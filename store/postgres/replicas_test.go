package postgres_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/bot/app"
	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/config"
	"cresset/store/postgres"
)

// replica is one bot of several on one database. They share a platform, as
// replicas share a workspace.
type replica struct {
	*app.App
	stop func()
}

func newReplica(t *testing.T, url string, platform chat.Platform) *replica {
	t.Helper()
	c, err := config.Parse("test.yaml", fmt.Appendf(nil, "listen: 127.0.0.1:0\nstore: %q\napi: {tokens: [{name: t, token: test-token-obviously-fake}]}\n", url),
		func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(app.Options{Config: c, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Platforms: []chat.Platform{platform}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	r := &replica{App: a}
	var once sync.Once
	r.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(r.stop)
	return r
}

func (r *replica) declare(t *testing.T, who, n int) {
	id := fmt.Sprintf("p%d", who)
	reply, err := r.Handle(t.Context(), chat.Event{Key: fmt.Sprintf("memory:%d:%d", who, n), Line: fmt.Sprintf("incident declare sev3 trouble %d of %s", n, id),
		By: chat.Person{Platform: "memory", ID: id, Name: id}, Place: chat.Place{Platform: "memory", Channel: "C1"}})
	if err != nil || reply.Failed {
		t.Errorf("declare %d of %s: %v %s", n, id, err, reply.Message.Text)
	}
}

// Two replicas take events at the same time; one does the errands, and when it
// stops the other goes on. Nothing is lost and nothing happens twice.
func TestTwoReplicas(t *testing.T) {
	url := postgres.FreshURL(t)
	platform := chattest.NewMemory("memory", time.Now)
	one, two := newReplica(t, url, platform), newReplica(t, url, platform)
	const people, each = 4, 5
	half := make(chan struct{})
	var under sync.WaitGroup
	for who := range people {
		under.Go(func() {
			for n := range each {
				if who == 0 && n == 2 {
					close(half)
				}
				two.declare(t, who, n) // the one that stays takes every event
			}
		})
	}
	under.Go(func() {
		for n := range 2 {
			one.declare(t, 9, n)
		}
		<-half
		one.stop()
	})
	under.Wait()
	const all = people*each + 2
	rooms, cards := map[string]int{}, 0
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		rooms, cards = map[string]int{}, 0
		announced := 0
		for _, c := range platform.Channels() {
			if id, _, ok := cutRoom(c.Name); ok {
				rooms[id]++
				for _, m := range c.Messages {
					if strings.HasPrefix(m.Said.Title, "INC-") {
						cards++
					}
				}
			}
			if c.Name == "incidents" {
				announced = len(c.Messages)
			}
		}
		if len(rooms) == all && cards == all && announced == all {
			break
		}
	}
	if len(rooms) != all || cards != all {
		t.Errorf("%d incidents have %d rooms and %d cards", all, len(rooms), cards)
	}
	for n := 1; n <= all; n++ {
		if rooms[fmt.Sprintf("inc-%d", n)] != 1 {
			t.Errorf("INC-%d has %d rooms", n, rooms[fmt.Sprintf("inc-%d", n)])
		}
	}
	for _, c := range platform.Channels() {
		if c.Name == "incidents" && len(c.Messages) != all {
			t.Errorf("%d incidents were announced in %d messages", all, len(c.Messages))
		}
	}
}

// cutRoom takes the incident out of the name of its room: inc-7 of inc-7-trouble.
func cutRoom(name string) (id, rest string, ok bool) {
	parts := strings.SplitN(name, "-", 3)
	if len(parts) < 3 || parts[0] != "inc" {
		return "", "", false
	}
	return parts[0] + "-" + parts[1], parts[2], true
}
