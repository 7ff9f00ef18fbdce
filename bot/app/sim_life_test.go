package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"cresset/config"
	"cresset/store/bolt"
)

// A life is the bot from a start to its end. When it is cut off, nothing of it
// reaches the outside any more, nor the state that the next life begins with.
type life struct {
	sim      *sim
	n        int
	path     string
	app      *App
	routes   http.Handler
	cancel   context.CancelFunc
	ended    chan error    // of Run
	reaped   chan struct{} // closed when what was cut off may end
	reapOnce sync.Once

	mu      sync.Mutex
	refuses bool // takes nothing more
	cut     bool
	wires   []net.Conn     // to a gateway
	inside  sync.WaitGroup // requests of the services
}

// silent is a listener that nobody connects to: requests come through the door.
type silent struct {
	once   sync.Once
	closed chan struct{}
}

func (l *silent) Accept() (net.Conn, error) { <-l.closed; return nil, net.ErrClosed }
func (l *silent) Close() error              { l.once.Do(func() { close(l.closed) }); return nil }
func (l *silent) Addr() net.Addr            { return &net.TCPAddr{} }

// start begins a life on the state of the last one.
func (s *sim) start() {
	s.lives++
	l := &life{sim: s, n: s.lives, path: s.file(s.lives), ended: make(chan error, 1), reaped: make(chan struct{})}
	var sections []string
	for _, on := range s.on {
		sections = append(sections, on.section())
	}
	text := fmt.Sprintf(simConfig, l.path, strings.Join(sections, ", "))
	if s.temper.pictures {
		text += simPictures
	}
	c, err := config.Parse("sim.yaml", []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		s.t.Fatal(err)
	}
	if l.app, err = Open(Options{Config: c, Log: s.log(), Now: s.now, Transport: l, Dial: l.dial}); err != nil {
		s.t.Fatal(err)
	}
	l.app.listener = &silent{closed: make(chan struct{})}
	l.routes = l.app.routes()
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	go func() { l.ended <- l.app.Run(ctx) }()
	s.note("the bot starts, life %d", l.n)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life = l
}

func (s *sim) alive() *life {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.life
}

// retire makes the present life nobody's.
func (s *sim) retire() *life {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.life
	s.life = nil
	return l
}

// stop ends the bot in good order. Its state is where the next life looks for it.
func (s *sim) stop() {
	l := s.retire()
	s.note("the bot is stopped")
	l.end()
	if err := os.Rename(l.path, s.file(l.n+1)); err != nil {
		s.t.Fatal(err)
	}
}

// end lets what is under way end, also what waited for a crash that did not come
// before the stop.
func (l *life) end() {
	l.reap()
	l.mu.Lock()
	l.refuses = true
	l.mu.Unlock()
	l.cancel()
	l.inside.Wait()
	if err := <-l.ended; err != nil {
		l.sim.t.Errorf("the bot ended with %v", err)
	}
	if err := l.app.Close(); err != nil {
		l.sim.t.Errorf("the bot closed with %v", err)
	}
}

// crash cuts the bot off, from one instant to the next: what it asks of the
// outside hangs, what it answers is lost, and the next life begins with the
// state of that instant, which bbolt copies between two commits. What was under
// way then ends, without anybody to notice.
func (s *sim) crash() {
	l := s.retire()
	l.mu.Lock()
	l.cut, l.refuses = true, true
	for _, wire := range l.wires {
		_ = wire.Close() // it may have ended before
	}
	l.mu.Unlock()
	s.note("the bot crashes")
	s.image(l, s.file(l.n+1))
	l.reap()
	s.dying.Go(l.end)
}

// reap lets go of whoever hangs in a life that was cut off.
func (l *life) reap() { l.reapOnce.Do(func() { close(l.reaped) }) }

// image copies the state of a life.
func (s *sim) image(l *life, path string) {
	if err := l.app.db.(*bolt.DB).Backup(context.Background(), path, nil); err != nil {
		s.t.Fatal(err)
	}
}

// isCut reports whether the life was cut off.
func (l *life) isCut() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut
}

// dial connects to the gateway. What is heard on it ends with the life.
func (l *life) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if l.isCut() {
		return nil, errDial
	}
	wire, err := l.sim.gateway(ctx)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		_ = wire.Close()
	}
	l.wires = append(l.wires, wire)
	return wire, nil
}

// admit lets a request of a service's in, if the bot takes any.
func (l *life) admit() bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuses {
		return false
	}
	l.inside.Add(1)
	return true
}

// world is what befalls the bot while people work.
func (s *sim) world() {
	s.active.Go(func() {
		for range 2 + s.dice.IntN(4) {
			select {
			case <-time.After(time.Duration(s.dice.IntN(120_000)) * time.Millisecond):
				s.befall()
			case <-s.kills:
				s.crashes()
			}
		}
	})
}

// befall is one thing of those that this seed has in store.
func (s *sim) befall() {
	things := []func(){func() {}}
	if s.temper.restless {
		things = append(things, s.crashes, s.restarts)
	}
	if s.temper.trouble > 0 {
		things = append(things, s.outage)
		for _, on := range s.on {
			if mishaps := on.mishaps(); len(mishaps) > 0 {
				things = append(things, mishaps[s.dice.IntN(len(mishaps))], s.severalMishaps)
			}
		}
	}
	if s.temper.restored {
		things = append(things, s.backUpOrRestore, s.backUpOrRestore)
	}
	if s.temper.skewed {
		things = append(things, s.jump)
	}
	things[s.dice.IntN(len(things))]()
}

func (s *sim) crashes() {
	s.crash()
	s.away()
	s.start()
}

func (s *sim) restarts() {
	s.stop()
	s.away()
	s.start()
}

// killedHere crashes the bot at this very point, if the world has that in store
// now. Whoever asked then hangs with it.
func (s *sim) killedHere(l *life, kind string) bool {
	s.mu.Lock()
	now := s.temper.restless && !s.quiet && s.chance("kill "+kind).IntN(60) == 0
	s.mu.Unlock()
	if !now {
		return false
	}
	select {
	case s.kills <- struct{}{}:
		s.note("at %s …", kind)
		return true
	default:
		return false
	}
}

// outage has a service away for minutes, or for hours: from the bot, or from
// people as well.
func (s *sim) outage() {
	d := time.Duration(s.dice.IntN(300)) * time.Second
	if s.dice.IntN(30) == 0 {
		d *= 12
	}
	on, whole := s.on[s.dice.IntN(len(s.on))], s.dice.IntN(2) == 0
	s.note("%s is down for %v, for people too: %v", on.name(), d, whole)
	s.mu.Lock()
	s.down[on.name()] = time.Now().Add(d)
	s.mu.Unlock()
	if whole {
		on.outage(true)
		defer on.outage(false)
	}
	time.Sleep(d)
}

func (s *sim) isDown(on simService) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.down[on.name()])
}

// severalMishaps befall the gateways one after the other.
func (s *sim) severalMishaps() {
	for range 3 {
		for _, on := range s.on {
			if mishaps := on.mishaps(); len(mishaps) > 0 {
				mishaps[s.dice.IntN(len(mishaps))]()
			}
		}
		time.Sleep(time.Duration(s.dice.IntN(20_000)) * time.Millisecond)
	}
}

// away is how long nobody starts the bot again.
func (s *sim) away() {
	if s.dice.IntN(2) == 0 {
		time.Sleep(time.Duration(s.dice.IntN(90_000)) * time.Millisecond)
	}
}

// jump sets the clock of the bot an hour forth or back, or right.
func (s *sim) jump() {
	to := time.Duration(s.dice.IntN(3)-1) * time.Hour
	s.note("the clock of the bot is off by %v", to)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jumped = to
}

func (s *sim) backUpOrRestore() {
	if s.backup == "" {
		s.backup = s.dir + "/backup"
		s.note("a backup is made")
		s.image(s.alive(), s.backup)
		return
	}
	s.stop()
	s.remember()
	s.note("the backup is restored")
	_, err := bolt.Restore(context.Background(), s.backup, s.file(s.lives+1), bolt.Restoring{Generation: newGeneration(), Check: check})
	if err != nil {
		s.t.Fatal(err)
	}
	s.start()
}

// calm ends all trouble.
func (s *sim) calm() {
	s.note("nothing goes wrong any more")
	s.mu.Lock()
	s.quiet, s.jumped = true, 0
	s.mu.Unlock()
	s.dying.Wait()
}
