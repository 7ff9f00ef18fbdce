package app

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// A worker is one of the people, who works at random and behaves like anybody:
// what timed out is said again.
type worker struct {
	*sim
	name    string
	dice    *rand.Rand
	all     []account
	account // where they are now
}

func (s *sim) people() {
	for i, name := range people {
		w := &worker{sim: s, name: name, dice: rand.New(rand.NewPCG(s.seed, 10+uint64(i)))}
		for _, on := range s.on {
			w.all = append(w.all, on.account(name))
		}
		w.account = w.all[0]
		s.active.Go(w.work)
	}
}

func (w *worker) work() {
	if len(w.all) > 1 && w.dice.IntN(2) == 0 {
		w.try(w.link)
	}
	acts := w.temper.acts * len(w.all)
	for i := range acts {
		time.Sleep(time.Duration(w.dice.IntN(60_000)) * time.Millisecond)
		if w.temper.longPauses && i == acts/2 {
			time.Sleep(25 * time.Hour)
		}
		if len(w.all) > 1 {
			w.account = w.all[w.dice.IntN(len(w.all))]
		}
		w.try(w.act)
	}
}

// try does what a service offers, and notes what it does not.
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

// link makes one of the accounts of a person.
func (w *worker) link() {
	code := codeGiven.FindString(w.say("/cre link", true))
	if code == "" {
		return
	}
	w.account = w.all[1]
	w.say("/cre link "+code, true)
}

func (w *worker) pick(of ...string) string { return of[w.dice.IntN(len(of))] }

func (w *worker) incident() string { return fmt.Sprintf("INC-%d", 1+w.dice.IntN(4)) }
func (w *worker) request() string  { return fmt.Sprintf("R-%d", 1+w.dice.IntN(4)) }
func (w *worker) other() string    { return "@" + w.pick(people...) }

func (w *worker) act() {
	if w.temper.queue && w.dice.IntN(5) > 0 {
		w.onQueue()
		return
	}
	r := w.dice.IntN(100)
	if n := w.dice.IntN(4); len(w.all) > 1 && n < 2 { // what only two services have
		in := fmt.Sprintf("INC-%d", 1+w.dice.IntN(2))
		w.say([]string{
			"/incident mirror " + in + w.pick("", "", " "+w.all[w.dice.IntN(2)].name()),
			"/incident " + w.pick("note ", "update ", "decide ") + in + " it is" + w.word(),
		}[n], true)
		return
	}
	switch {
	case r < 22:
		w.declare()
	case r < 50:
		w.say(w.line(), true)
	case r < 58:
		w.tickets()
	case r < 74:
		w.presses()
	case r < 82:
		w.asksForForm()
	case r < 86:
		w.note("%s mentions the bot", w.name)
		w.mention(w.place(), w.pick("incident list", "cre queue", "slo digest"))
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
		return "/incident update " + in + " next:10m we look at the logs" + w.word()
	case 2:
		return "/incident note " + in + " the graphs look odd" + w.word()
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

// word is one that nobody says again, by which it is followed from room to room.
func (w *worker) word() string { return fmt.Sprintf(" w%s%06d", w.name, w.dice.IntN(1e6)) }

// place is a channel that the person is in, more often a war room than not.
func (w *worker) place() string { return w.pick(w.places()...) }

// say types a line, and types it again when it timed out. complete says that the
// line has all it needs, so that its answer is a promise.
func (w *worker) say(line string, complete bool) (told string) {
	where := w.place()
	for range 3 {
		w.note("%s on %s %s> %s", w.name, w.account.name(), where, line)
		var failed string
		if told, failed = w.slash(where, line, complete); failed == "" {
			w.note("    to %s: %s", w.name, cmp.Or(told, "(nothing)"))
			break
		}
		w.note("    to %s: %s", w.name, failed)
		time.Sleep(time.Duration(1000+w.dice.IntN(40_000)) * time.Millisecond)
	}
	w.fill()
	return told
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
	w.secrets[word] = append(w.secrets[word], w.key())
}

// tickets has a message of a person become a request.
func (w *worker) tickets() {
	where, text := w.place(), fmt.Sprintf("please raise limit %d", w.dice.IntN(1000))
	id := w.write(where, text)
	w.note("%s on %s %s says %q and puts 🎫 on it", w.name, w.account.name(), where, text)
	w.ticket(where, id)
	if w.dice.IntN(3) == 0 {
		w.shortcut(where, id)
		w.fill()
	}
}

// presses presses a button of one of the last messages that the person sees.
func (w *worker) presses() {
	where := w.pick(w.place(), "#incidents", "#cre")
	all := w.buttons(where)
	if len(all) == 0 {
		w.say("/cre queue", true)
		return
	}
	b := all[w.dice.IntN(len(all))]
	w.note("%s on %s %s presses %q", w.name, w.account.name(), where, b.label)
	if failed := w.press(where, b); failed != "" {
		w.note("    to %s: %s", w.name, failed)
	}
	w.fill()
}

// asksForForm asks for a form, by a line that lacks something.
func (w *worker) asksForForm() {
	w.say(w.pick("/incident declare", "/incident update "+w.incident(), "/cre request", "/cre wait "+w.request(), "/incident severity "+w.incident()), false)
}

// fill fills in the form that is open for the person, if one is, and sends it.
// What is wrong with it they correct once.
func (w *worker) fill() {
	f := w.form()
	if f == nil {
		return
	}
	if w.dice.IntN(6) == 0 {
		w.note("%s closes the form %q", w.name, f.title)
		w.dismiss(f)
		return
	}
	for range 2 {
		values := w.values(f)
		w.note("%s sends the form %q: %v", w.name, f.title, values)
		problem := w.submit(f, values)
		if problem == "" {
			return
		}
		w.note("    to %s: %s", w.name, problem)
		if f = w.form(); f == nil {
			return
		}
	}
	w.dismiss(f)
}

// values are what the person fills in.
func (w *worker) values(f *openForm) map[string]string {
	values := map[string]string{}
	for _, field := range f.fields {
		switch {
		case field.text:
			values[field.label] = w.words(field.label)
		case len(field.options) > 0 && w.dice.IntN(3) > 0:
			values[field.label] = w.pick(field.options...)
		}
	}
	return values
}

// words suit a field, most of the time.
func (w *worker) words(label string) string {
	switch l := strings.ToLower(label); {
	case strings.Contains(l, "next"):
		return w.pick("20m", "soon")
	case strings.Contains(l, "title"):
		return fmt.Sprintf("trouble%s%d from a form", w.name, w.dice.IntN(1000))
	}
	return w.pick("rolled back", "the index was missing", "we wait for logs")
}
