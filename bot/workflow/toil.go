package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// toilDue is the step of a week that is over.
const toilDue = "toil due"

// A View says of which period, and of whose requests, something is shown.
type View struct {
	Period               cre.Period
	Department, Customer string // "": all
}

// Toil shows where the time of a period went, and what to automate first.
func (s *Step) Toil(v View) (chat.Message, error) {
	l, title, err := s.ledger(v, s.Now)
	if err != nil {
		return chat.Message{}, err
	}
	if l.All.Minutes == 0 {
		return chat.Message{Title: title, Text: chat.Textf("No time is logged. %s\nLog it when a request is done: `cre done R-12 minutes:30 class:toil`. For work that nobody requested, use `cre toil log`.", timed(l))}, nil
	}
	m := s.toilCard(l, title)
	m.Text = chat.Join([]chat.Text{s.toilShare(l), timed(l) + unclassed(l), automate(l, 5)}, "\n")
	m.Table = s.toilTable(l)
	return m, nil
}

// ledger adds up the period that is seen at a moment, and names it.
func (s *Step) ledger(v View, at time.Time) (*cre.Ledger, string, error) {
	from, to := v.Period.Span(at, s.Rules.Zone)
	all, err := s.spent(from, to, v)
	l := cre.NewLedger(all, from, to, s.Rules.Zone)
	title := "Toil in " + v.Period.Words(from)
	if of := strings.TrimSpace(v.Department + " " + v.Customer); of != "" {
		title += ": " + of
	}
	return &l, title, err
}

// WeekOf is the ledger of the week in which a time is.
func (s *Step) WeekOf(at time.Time) (*cre.Ledger, error) {
	l, _, err := s.ledger(View{Period: cre.ThisWeek}, at)
	return l, err
}

// spent is what was worked in [from, to). What the asker may not see is counted
// without its names, and in a view of one name not at all.
func (s *Step) spent(from, to time.Time, v View) ([]cre.Spent, error) {
	eyes, err := s.Eyes()
	if err != nil {
		return nil, err
	}
	all, err := store.Spent(s.Tx, eyes, from, to)
	if v.Department+v.Customer == "" {
		return all, err
	}
	return slices.DeleteFunc(all, func(w cre.Spent) bool {
		return w.Hidden || v.Department != "" && v.Department != w.Department || v.Customer != "" && v.Customer != w.Customer
	}), err
}

// toilCard is the picture, in the tone of what it shows.
func (s *Step) toilCard(l *cre.Ledger, title string) chat.Message {
	m := chat.Message{Title: title, Chart: l.Chart(title, s.Rules.ToilLimit)}
	if l.All.Over(s.Rules.ToilLimit) {
		m.Tone = chat.Warning
	}
	return m
}

func (s *Step) toilShare(l *cre.Ledger) chat.Text {
	return chat.Textf("**%s of the work is toil**: %s of %s. The limit is %s.", l.All.ToilWords(s.Rules.ToilLimit),
		cre.WorkTime(l.All.Classes[cre.ToilWork]), cre.WorkTime(l.All.Minutes), cre.Percent(s.Rules.ToilLimit))
}

// timed says how much of the work the ledger knows of.
func timed(l *cre.Ledger) chat.Text {
	if l.Done == 0 {
		return "No request was done."
	}
	return chat.Textf("Time is logged for %d of %s.", l.Timed, cre.Count(l.Done, "done request"))
}

func unclassed(l *cre.Ledger) chat.Text {
	if l.All.Classes[""] == 0 {
		return ""
	}
	return chat.Textf(" %s of it has no class.", cre.WorkTime(l.All.Classes[""]))
}

// automate ranks what to automate, with the arithmetic.
func automate(l *cre.Ledger, most int) chat.Text {
	if len(l.Automate) == 0 {
		return "No toil repeated, so there is nothing to automate yet."
	}
	lines := []chat.Text{"**Automate first**"}
	for i, c := range l.Automate[:min(len(l.Automate), most)] {
		line := chat.Textf("%d. %s: %s", i+1, c.Name, c.Sum())
		if len(c.Requests) > 0 {
			line += chat.Textf(" (%s)", chat.Cut(strings.Join(c.Requests, ", "), 60))
		}
		lines = append(lines, line)
	}
	return chat.Join(lines, "\n")
}

// toilTable are the sums behind the picture.
func (s *Step) toilTable(l *cre.Ledger) *chat.Table {
	t := &chat.Table{Columns: []string{"Work", "Toil", "Share"}}
	for _, line := range l.Lines() {
		name := line.Name
		if line.By != "" && !strings.Contains(name, line.By) {
			name += " (" + line.By + ")"
		}
		t.Rows = append(t.Rows, []chat.Text{chat.Plain(name), chat.Textf("%s of %s", cre.WorkTime(line.Classes[cre.ToilWork]), cre.WorkTime(line.Minutes)), chat.Plain(line.ToilWords(s.Rules.ToilLimit))})
	}
	return t
}

// scheduleToil leaves the timer that looks at the week that is over, on Monday at
// nine.
func (s *Step) scheduleToil() error {
	return s.schedule(regular{name: "toil", then: toilDue, next: func(after time.Time) time.Time {
		from, to := cre.ThisWeek.Span(after, s.Rules.Zone)
		if at := nine(from); at.After(after) {
			return at
		}
		return nine(to)
	}})
}

func nine(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, day.Location())
}

// toilDue opens the conversation after the first week that was over the limit.
func (s *Step) toilDue(*store.Errand, Outcome) error {
	week := View{Period: cre.LastWeek}
	last, title, err := s.ledger(week, s.Now)
	if err != nil {
		return err
	}
	before, _, err := s.ledger(week, s.Now.AddDate(0, 0, -7))
	if err != nil {
		return err
	}
	if last.All.Over(s.Rules.ToilLimit) && !before.All.Over(s.Rules.ToilLimit) {
		m := s.toilCard(last, title)
		m.Text = chat.Join([]chat.Text{s.toilShare(last) + " " + s.weekBefore(before), timed(last) + unclassed(last), waysOut(last)}, "\n")
		m.Buttons = []chat.Button{{Label: "All numbers", Line: "cre toil last-week"}}
		if _, err := s.Say(chat.Place{Platform: s.Rules.Home, Channel: "#" + s.Rules.Channels.Requests}, m, store.ForDigest); err != nil {
			return err
		}
	}
	return s.scheduleToil()
}

func (s *Step) weekBefore(l *cre.Ledger) chat.Text {
	if l.All.Minutes == 0 {
		return "No time was logged the week before."
	}
	return chat.Textf("The week before, it was %s.", l.All.ToilWords(s.Rules.ToilLimit))
}

// waysOut are the three that the SRE book has.
func waysOut(l *cre.Ledger) chat.Text {
	machine := chat.Text("Automate what repeats. `cre toil` ranks it, most costly first.")
	if len(l.Automate) > 0 {
		machine = chat.Textf("Automate **%s** first: %s.", l.Automate[0].Name, l.Automate[0].Sum())
	}
	return "You have three ways out:\n- Send work back to the product teams with `cre handoff`.\n- " + machine +
		"\n- Agree with your lead to accept it, and note here until when."
}

// Spend notes how long a request took that is done, its customer told or not, and what
// it was; zero leaves what is known.
func (s *Step) Spend(r *cre.Request, minutes cre.Minutes, class cre.ToilClass) error {
	if r.Status.Open() && r.Status != cre.CloseLoop {
		return cre.Errorf(cre.Conflict, "**%s** is %s. Say `cre done %s minutes:30 class:toil` when it is done.", r.ID, r.Status.Words(), r.ID)
	}
	if minutes == 0 && class == "" {
		return cre.Errorf(cre.Invalid, "Say how long it took and what it was: `cre spent %s 30 toil`.", r.ID).About("minutes")
	}
	if minutes > 0 {
		r.Minutes = int(minutes)
	}
	if class != "" {
		r.Class = class
	}
	return s.keepRequest(r)
}

// Log notes work that nobody asked for.
func (s *Step) Log(w cre.Spent) error {
	n, err := store.Sequence(s.Tx, "spent")
	if err != nil {
		return err
	}
	w.N, w.At, w.By = n, s.Now, s.By
	s.Changed(fmt.Sprintf("work %d", n))
	return store.Spents.Put(s.Tx, &w)
}

// AskSpent asks in two taps for what is not known of the work on an ended request,
// and offers what is usual for requests like it.
func (s *Step) AskSpent(r *cre.Request, m *chat.Message) error {
	line := "cre spent " + r.ID
	if r.Minutes == 0 {
		m.Menus = append(m.Menus, chat.Menu{Label: "Minutes…", Line: line, Kind: chat.Choice, Options: spans})
	}
	if r.Class == "" {
		classes := chat.Menu{Label: "Class…", Line: "cre class " + r.ID, Kind: chat.Choice} // no two menus of a message have one line
		for _, c := range r.Class.Choices() {
			classes.Options = append(classes.Options, chat.Option{Value: c, Label: s.Meaning(r.Class, c)})
		}
		m.Menus = append(m.Menus, classes)
	}
	if len(m.Menus) == 0 {
		return nil
	}
	minutes, class, err := s.usual(r)
	if err != nil || minutes == 0 || class == "" {
		return err
	}
	m.Text += chat.Textf("\nSimilar requests take %s and are mostly %s.", cre.WorkTime(minutes), class)
	minutes, class = cmp.Or(r.Minutes, minutes), cmp.Or(r.Class, class)
	m.Buttons = append(m.Buttons, chat.Button{Label: cre.WorkTime(minutes) + ", " + string(class), Line: fmt.Sprintf("%s %d %s", line, minutes, class), Style: chat.Good})
	return nil
}

// spans are the times that are offered.
var spans = func() (all []chat.Option) {
	for _, minutes := range []int{5, 15, 30, 60, 120, 240, 480} {
		all = append(all, chat.Option{Value: fmt.Sprint(minutes), Label: cre.WorkTime(minutes)})
	}
	return all
}()

// usual is what requests like r took and were: those that were found like it when it
// was filed, else those of its kind and component; zero where too little is known.
func (s *Step) usual(r *cre.Request) (int, cre.ToilClass, error) {
	const most, far = 20, 200
	var like []cre.Spent
	similar, err := s.Similar(r)
	if err != nil {
		return 0, "", err
	}
	for _, other := range similar {
		if other.Minutes > 0 && other.Class != "" {
			like = append(like, other.Spent())
		}
	}
	if len(like) > 0 {
		minutes, class := cre.Usual(like)
		return minutes, class, nil
	}
	for other, err := range store.Requests.By(s.Tx, "ended", nil, store.Page{Desc: true, Limit: far}) {
		if err != nil {
			return 0, "", err
		}
		if other.ID != r.ID && other.Minutes > 0 && other.Kind+other.Component != "" && other.Kind == r.Kind && other.Component == r.Component && s.maySee(other) {
			if like = append(like, other.Spent()); len(like) == most {
				break
			}
		}
	}
	minutes, class := cre.Usual(like)
	return minutes, class, nil
}
