package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// like says what is like r, one line for each hit, as who sees it.
func (h *house) like(who chat.Person, r cre.Request) (lines []string) {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) error {
		l, err := s.Like(&r, 5)
		if err != nil {
			return err
		}
		lines = nil
		for _, hit := range l.Hits {
			line := fmt.Sprintf("%s %.1f %% %s", hit.Request.ID, 100*hit.Share, strings.Join(hit.Words, " "))
			if hit.Via != "" {
				line += " via " + hit.Via
			}
			lines = append(lines, line)
		}
		return nil
	})
	return lines
}

func (h *house) wantLike(what string, who chat.Person, r cre.Request, want ...string) {
	h.t.Helper()
	if got := h.like(who, r); !slices.Equal(got, want) {
		h.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// Three requests say "invoice", three "slow", one "export". So, of what is asked for,
//
//	invoices  1 + ln(2000/3) = 7.5023
//	exports   1 + ln(2000/1) = 8.6009
//	slow      1 + ln(2000/3) = 7.5023   23.6055 in all
//
// R-1 says all of it. R-4 says invoice and slow, 15.0046 of 23.6055, which is 63.6 %.
// say one word of two or more, which is not enough.
func TestLikenessByHand(t *testing.T) {
	h := newHouse(t)
	for _, title := range []string{"The export of invoices is slow", "The import of invoices fails", "A slow login", "An invoice is slow for one customer"} {
		h.file(workflow.Filing{Title: title})
	}
	asked := cre.Request{Title: "Invoices: exports are slow"}
	h.wantLike("a text", ada, asked, "R-1 100.0 % exports Invoices slow", "R-4 63.6 % Invoices slow")
	h.as(ada, func(s *workflow.Step) error {
		l, err := s.Like(&asked, 1)
		if err != nil {
			return err
		}
		if len(l.Hits) != 1 || len(l.Words) != 3 || l.Words[0].Said != "exports" || l.Words[0].In != 1 || l.Words[1].In != 3 || l.Words[2].In != 3 {
			t.Errorf("%+v", l)
		}
		return nil
	})
	// Filed, it is not like itself, and its own words do not count.
	filed := h.file(workflow.Filing{Title: asked.Title})
	h.wantLike("the same, filed", ada, *filed, "R-1 100.0 % exports Invoices slow", "R-4 63.6 % Invoices slow")
}

// What ties is answered first, then of the same customer, then newer.
func TestLikenessTies(t *testing.T) {
	h := newHouse(t)
	for _, customer := range []string{"", "acme", "", ""} {
		h.file(workflow.Filing{Title: "the export is slow", Customer: customer})
	}
	h.file(workflow.Filing{Title: "the export is slow since 2.4.1"}) // says more, and is no likelier
	h.change("R-1", func(s *workflow.Step, r *cre.Request) error {
		return s.Finish(r, workflow.Finish{Minutes: 5, What: "the index was missing", Told: true})
	})
	h.change("R-3", func(s *workflow.Step, r *cre.Request) error {
		return s.Finish(r, workflow.Finish{Minutes: 5, Told: true})
	})
	h.wantLike("ties", ada, cre.Request{Title: "slow export", Customer: "acme"},
		"R-1 100.0 % slow export", "R-2 100.0 % slow export", "R-5 100.0 % slow export", "R-4 100.0 % slow export", "R-3 100.0 % slow export")
}

// One word is a search; no word is like nothing, and neither is a word that nobody says.
func TestLikenessOfLittle(t *testing.T) {
	h := newHouse(t)
	h.file(workflow.Filing{Title: "The export of invoices is slow"})
	h.wantLike("one word", ada, cre.Request{Title: "exporting"}, "R-1 100.0 % exporting")
	h.wantLike("one word of two", ada, cre.Request{Title: "the export fails"})
	h.wantLike("no word", ada, cre.Request{Title: "it is not there"})
	h.wantLike("a new word", ada, cre.Request{Title: "kafka"})
}

// A duplicate stands for the request that goes on, also through another, and only
// the likest of them is shown. Nothing is like its own duplicates.
func TestLikenessOfDuplicates(t *testing.T) {
	h := newHouse(t)
	for _, title := range []string{"people cannot log in", "the login page returns 502", "login page 502 for Ada", "login is broken with 502"} {
		h.file(workflow.Filing{Title: title})
	}
	h.duplicate("R-2", "R-3")
	h.duplicate("R-3", "R-4")
	h.wantLike("the duplicate", ada, cre.Request{Title: "502 returns on login page"}, "R-4 100.0 % returns page 502 login via R-2")
	h.wantLike("the one that goes on", ada, *h.request("R-4"))

	h.file(workflow.Filing{Title: "the export is slow"})
	h.file(workflow.Filing{Title: "the export is slow"})
	h.duplicate("R-5", "R-6")
	h.wantLike("both", ada, cre.Request{Title: "slow export"}, "R-6 100.0 % slow export")
}

func (h *house) duplicate(id, of string) {
	h.t.Helper()
	h.change(id, func(s *workflow.Step, r *cre.Request) error {
		goesOn, err := s.Request(of)
		if err != nil {
			return err
		}
		return s.Duplicate(r, goesOn)
	})
}

// What the asker may not see is not shown, nor what goes on in its place.
func TestLikenessOfWhatMayBeSeen(t *testing.T) {
	h := newHouse(t)
	h.rules.Roles.Responder = []string{ada.Key()}
	h.file(workflow.Filing{Title: "the export is slow"})
	asked := cre.Request{Title: "slow export"}
	h.wantLike("a CRE", ada, asked, "R-1 100.0 % slow export")
	h.wantLike("who asked", bob, asked, "R-1 100.0 % slow export")
	h.wantLike("somebody else", eve, asked)
	h.as(eve, func(s *workflow.Step) error { _, err := s.File(workflow.Filing{Title: "slow exports"}); return err })
	h.duplicate("R-2", "R-1")
	h.wantLike("of a duplicate of hers", eve, asked)
	h.file(workflow.Filing{Title: "the upload fails"})
	h.as(eve, func(s *workflow.Step) error { _, err := s.File(workflow.Filing{Title: "a broken page"}); return err })
	h.duplicate("R-3", "R-4")
	h.wantLike("of hers, for a duplicate that is not", eve, cre.Request{Title: "uploads fail"})
	h.change("R-1", func(s *workflow.Step, r *cre.Request) error { _, err := s.Escalate(r, cre.Sev2, true); return err })
	h.wantLike("private", eve, asked)
	h.wantLike("private, who leads it", ada, asked, "R-1 100.0 % slow export")
}

// A request is found by what it says now.
func TestLikenessFollowsAnEdit(t *testing.T) {
	h := newHouse(t)
	h.file(workflow.Filing{Title: "the export is slow"})
	h.change("R-1", func(s *workflow.Step, r *cre.Request) error {
		r.Title, r.Detail = "the import is slow", "since the release"
		return store.Requests.Put(s.Tx, r)
	})
	h.wantLike("before", ada, cre.Request{Title: "export"})
	h.wantLike("after", ada, cre.Request{Title: "release import"}, "R-1 100.0 % release import")
}

// A word of 2,000 requests weighs 1, and an old request that says it has it, although
// only the newest that do are counted. 2,100 say "slow", one of them "export":
//
//	export 1 + ln(2000/1) = 8.6009, slow 1, index 8.6009   18.2018 in all
//
// R-1 says export and slow, 9.6009 of 18.2018, which is 52.7 %. It says the page, too, as
// all do: without what it is not counted for, of the export, an index and an upload on
// a slow page it would say 8.6009 of 27.8027, which is less than a third, and with it
// 10.6009, which is 38.1 %.
func TestLikenessAmongMany(t *testing.T) {
	h := newHouse(t)
	h.file(workflow.Filing{Title: "The export page is slow"})
	h.as(ada, func(s *workflow.Step) error {
		for n := range uint64(workflow.Many + 99) {
			r := &cre.Request{ID: fmt.Sprint("R-", n+2), Number: n + 2, Title: fmt.Sprintf("slow page thing%d", n), Requester: bob, Status: cre.New}
			if err := store.Requests.Put(s.Tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	h.wantLike("an old one", ada, cre.Request{Title: "slow export index"}, "R-1 52.7 % export slow")
	h.wantLike("an old one for what all say", ada, cre.Request{Title: "slow page: export, index, upload"}, "R-1 38.1 % export slow page")
	if lines := h.like(ada, cre.Request{Title: "slow"}); len(lines) != 5 || lines[0] != "R-2100 100.0 % slow" {
		t.Errorf("a word that all say: %q", lines)
	}
}
