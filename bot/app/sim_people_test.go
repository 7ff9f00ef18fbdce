package app

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"cresset/integrations/slack/slacktest"
)

// A worker is one of the people, who works at random and behaves like anybody:
// what timed out is said again.
type worker struct {
	*sim
	name string
	id   string
	dice *rand.Rand
	who  *slacktest.Person
}

func (s *sim) people() {
	for i, name := range people {
		w := &worker{sim: s, name: name, who: s.ws.As(name), dice: rand.New(rand.NewPCG(s.seed, 10+uint64(i)))}
		w.id = w.who.User().ID
		s.active.Go(w.work)
	}
}

func (w *worker) work() {
	for i := range w.temper.acts {
		time.Sleep(time.Duration(w.dice.IntN(60_000)) * time.Millisecond)
		if w.temper.longPauses && i == w.temper.acts/2 {
			time.Sleep(25 * time.Hour)
		}
		w.try(w.act)
	}
}

// try does what Slack offers, and notes what it does not.
func (w *worker) try(act func()) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case impossible:
			w.note("%s cannot: %s", w.name, string(p))
		default:
			panic(p)
		}
	}()
	act()
}

func (w *worker) pick(of ...string) string { return of[w.dice.IntN(len(of))] }

func (w *worker) incident() string { return fmt.Sprintf("INC-%d", 1+w.dice.IntN(4)) }
func (w *worker) request() string  { return fmt.Sprintf("R-%d", 1+w.dice.IntN(4)) }
func (w *worker) other() string    { return "@" + w.pick(people...) }

func (w *worker) act() {
	switch r := w.dice.IntN(100); {
	case r < 22:
		w.declare()
	case r < 50:
		w.say(w.line(), true)
	case r < 58:
		w.ticket()
	case r < 74:
		w.press()
	case r < 82:
		w.form()
	case r < 86:
		w.note("%s mentions the bot", w.name)
		w.who.Mention(w.place(), w.pick("incident list", "cre queue", "slo digest"))
	case r < 90:
		w.say(w.pick("/slo digest", "/slo status", "/cre status", "/incident list --all", "/cre queue"), true)
	case r < 95:
		w.say(w.pick("/incident", "/incident frobnicate", "/cre take", "/incident severity INC-1 sev9", "/cre done R-99", "/cre customer nobody"), false)
	default:
		w.say(fmt.Sprintf("/cre retry %d", 1+w.dice.IntN(30)), true)
	}
}

// line is a line of work that has all it needs.
func (w *worker) line() string {
	in, req := w.incident(), w.request()
	switch w.dice.IntN(18) {
	case 0, 1:
		return "/incident update " + in + " next:10m we look at the logs"
	case 2:
		return "/incident note " + in + " the graphs look odd"
	case 3:
		return "/incident severity " + in + " " + w.pick("sev1", "sev2", "sev4")
	case 4:
		return "/incident role " + w.pick("lead", "ops", "comms") + " " + w.other() + " " + in
	case 5:
		return "/incident resolve " + in + " rolled back"
	case 6:
		return "/incident reopen " + in
	case 7:
		return "/incident close " + in
	case 8:
		return "/incident cancel " + in + " a false alarm"
	case 9:
		return "/incident merge " + in + " " + w.incident()
	case 10:
		return "/incident task " + in + " look at the pool " + w.other()
	case 11:
		return "/cre request customer:acme the export is slow"
	case 12:
		return "/cre take " + req
	case 13:
		return "/cre done " + req + " minutes:5 it was the index"
	case 14:
		return "/cre escalate " + req + w.pick("", " sev2", " sev3 --private")
	case 15:
		return "/postmortem draft " + in
	case 16:
		return "/cre customer add umbrella Umbrella Ltd"
	}
	return "/incident mitigate " + in + " traffic moved"
}

// place is a channel that the person is in, more often a war room than not.
func (w *worker) place() string {
	mine := []string{"#general", "#support"}
	for _, c := range w.ws.Channels() {
		if strings.HasPrefix(c.Name, "inc-") && !c.Archived && slices.Contains(c.Members, w.name) && slices.Contains(c.Members, "cresset") {
			mine = append(mine, "#"+c.ID)
		}
	}
	return w.pick(mine...)
}

// say types a line, and types it again when it timed out. complete says that the
// line has all it needs, so that its answer is a promise.
func (w *worker) say(line string, complete bool) (answer *slacktest.Answer) {
	where := w.place()
	for range 3 {
		w.note("%s %s> %s", w.name, where, line)
		w.expect(complete)
		command, rest, _ := strings.Cut(line, " ")
		answer = w.who.Slash(where, command, rest)
		w.expect(false)
		if answer.Failed == "" {
			w.note("    to %s: %s", w.name, cmp.Or(answer.Text, "(nothing)"))
			break
		}
		w.note("    to %s: %s", w.name, answer.Failed)
		time.Sleep(time.Duration(1000+w.dice.IntN(40_000)) * time.Millisecond)
	}
	w.fill()
	return answer
}

func (w *worker) expect(yes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.complete[w.id] = yes
}

// declare declares an incident; sometimes twice, sometimes one that only some
// may know of.
func (w *worker) declare() {
	word := fmt.Sprintf("outage%s%d", w.name, w.dice.IntN(1000))
	line := "/incident declare " + w.pick("sev1 ", "sev2 ", "sev3 ", "") + w.pick("", "", "customer:acme ")
	if w.dice.IntN(4) == 0 {
		word = "hush" + word
		line += "--private "
		w.keepSecret(word)
	}
	w.say(line+word+" of the shop", true)
	if w.dice.IntN(3) == 0 {
		time.Sleep(time.Duration(w.dice.IntN(100_000)) * time.Millisecond)
		w.say(line+word+" of the shop", true)
	}
}

// keepSecret has a word followed wherever it goes.
func (w *worker) keepSecret(word string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets[word] = append(w.secrets[word], w.name)
}

// ticket has a message of a person become a request.
func (w *worker) ticket() {
	where := w.place()
	m := w.who.Say(where, fmt.Sprintf("please raise limit %d", w.dice.IntN(1000)))
	w.note("%s %s says %q and puts 🎫 on it", w.name, where, m.Text)
	w.who.React(where, m.TS, "ticket")
	if w.dice.IntN(3) == 0 {
		w.who.Shortcut(where, m.TS, "file_request")
		w.fill()
	}
}
