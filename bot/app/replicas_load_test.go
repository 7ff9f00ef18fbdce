package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cresset/bot/app"
	"cresset/store"
	"cresset/store/postgres/pgtest"
)

// rollingRestart replaces each of three bots, one after the other, under load.
func rollingRestart(t *testing.T, server *pgtest.Server) {
	f := newFleet(t, server, 3)
	l := f.load(f.t)
	for range rounds() {
		for _, b := range f.all() {
			l.goesOn()
			f.terminate(b)
			f.start()
		}
	}
	l.goesOn()
	l.end()
}

// databaseRestarted pulls the plug of the server under load: each bot goes on by
// itself.
func databaseRestarted(t *testing.T) {
	server := pgtest.Start(t)
	f := newFleet(t, server, 3)
	l := f.load(f.t)
	for range rounds() {
		l.goesOn()
		if err := server.Stop("immediate"); err != nil {
			t.Fatal(err)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
	}
	l.goesOn()
	l.end()
	for _, b := range f.all() {
		if b.hasEnded() {
			t.Errorf("%s did not live through it: %v", b.name, b.err)
		}
	}
}

func rounds() int {
	if *app.Torture {
		return 10
	}
	return 1
}

// A load is programs that give commands, each to any of the bots, as a load
// balancer spreads them.
type load struct {
	*fleet
	programs sync.WaitGroup
	stop     context.CancelFunc
	turn     atomic.Int64

	mu    sync.Mutex
	acked map[string]string // the incident by its title
}

const programs = 6

// load begins one: each program declares an incident with a room, and then many
// that are only recorded.
func (f *fleet) load(t *testing.T) *load {
	ctx, stop := context.WithCancel(context.Background())
	l := &load{fleet: f, stop: stop, acked: map[string]string{}}
	t.Cleanup(func() { stop(); l.programs.Wait() })
	for who := range programs {
		l.programs.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				title, how := fmt.Sprintf("trouble %d of %d", n, who), "--past "
				if n == 0 {
					how = ""
				}
				id, err := l.command("incident declare sev3 "+how+title, title)
				if err != nil {
					t.Errorf("%q: %v", title, err)
					return
				}
				l.mu.Lock()
				l.acked[title] = id
				l.mu.Unlock()
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	return l
}

// goesOn waits until every program has more answers than now.
func (l *load) goesOn() {
	l.t.Helper()
	enough := l.count() + 5*programs
	l.await("more commands to be acknowledged", func() bool { return l.t.Failed() || l.count() >= enough })
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// command gives one command, to the next bot when one does not take it. It gives
// the incident of the acknowledgement.
func (l *load) command(line, key string) (incident string, err error) {
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		bots := l.all()
		if len(bots) == 0 {
			continue
		}
		b := bots[l.turn.Add(1)%int64(len(bots))]
		if b.at() == "" {
			continue
		}
		status, body, err := post(b.at(), line, key)
		switch { // what was not answered when the bot stopped is said again, with the same key
		case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), err == nil && status == http.StatusServiceUnavailable:
			time.Sleep(5 * time.Millisecond)
			continue
		case err != nil:
			return "", fmt.Errorf("%s: %w", b.name, err)
		}
		var done struct{ Incident string }
		if err := json.Unmarshal(body, &done); err != nil || status != http.StatusOK {
			return "", fmt.Errorf("%s answered %d: %s", b.name, status, body)
		}
		return done.Incident, nil
	}
	return "", errors.New("no bot took it")
}

// balancer makes a connection for every request, as to a new bot.
var balancer = &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}

func post(address, line, key string) (status int, body []byte, err error) {
	text, err := json.Marshal(map[string]string{"text": line})
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequest(http.MethodPost, address+"/api/v1/commands", bytes.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer test-token-obviously-fake")
	req.Header.Set("Idempotency-Key", key)
	resp, err := balancer.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

// end ends the load, and checks that each command that was given is there once,
// under the number of its acknowledgement, and that no number is missing.
func (l *load) end() {
	l.t.Helper()
	l.stop()
	l.programs.Wait()
	titles := map[string]string{}
	l.view(func(tx store.Tx) error {
		clear(titles)
		for inc, err := range store.Incidents.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			if twin := titles[inc.Title]; twin != "" {
				l.t.Errorf("%q is there twice: %s and %s", inc.Title, twin, inc.ID)
			}
			titles[inc.Title] = inc.ID
		}
		return nil
	})
	numbers := map[string]bool{}
	for title, id := range l.acked {
		numbers[id] = true
		if titles[title] != id {
			l.t.Errorf("%q was acknowledged as %s, and is %q", title, id, titles[title])
		}
	}
	for n := range len(titles) {
		if id := fmt.Sprint("INC-", n+1); !numbers[id] {
			l.t.Errorf("there is no %s among %d", id, len(titles))
		}
	}
	l.t.Logf("%d commands were given", len(titles))
	l.await("every errand to be done", func() bool { return len(l.open()) == 0 }, l.open)
	l.roomsOnce()
	l.sound()
}

// roomsOnce wants one room with one card, and one line of announcement, for each
// incident that was to have them.
func (l *load) roomsOnce() {
	l.t.Helper()
	all := rooms(l.ws.Channels())
	if len(all) != programs {
		l.t.Errorf("%d incidents have the rooms %v", programs, all)
	}
	for _, name := range all {
		id := strings.Join(strings.SplitN(name, "-", 3)[:2], "-")
		if twins := slices.DeleteFunc(slices.Clone(all), func(other string) bool { return !strings.HasPrefix(other, id+"-") }); len(twins) > 1 {
			l.t.Errorf("%s has the rooms %v", id, twins)
		}
		if cards := l.ws.Messages("#" + name); len(cards) != 1 {
			l.t.Errorf("#%s has %d cards", name, len(cards))
		}
	}
	if lines := l.ws.Messages("#incidents"); len(lines) != programs {
		l.t.Errorf("%d incidents were announced in %d messages", programs, len(lines))
	}
}
