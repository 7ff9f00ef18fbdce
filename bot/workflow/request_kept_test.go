package workflow_test

import (
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
)

func (h *house) promises(who chat.Person, p cre.Period, department, customer string) (m chat.Message) {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) (err error) {
		m, err = s.Promises(workflow.View{Period: p, Department: department, Customer: customer})
		return err
	})
	return m
}

// How the promises of a week were kept adds up, names nobody, and hides what the asker
// may not see.
func TestThePromisesOfAWeekAreAddedUp(t *testing.T) {
	h := clockHouse(t)
	h.rules.Customers[0].Tier = "business"
	h.rules.Customers = append(h.rules.Customers, cre.Customer{Key: "hooli", Name: "Hooli", SeenBy: []string{ada.Key(), bob.Key()}})
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.SyncCustomers() })
	file := func(customer string) string { return h.file(workflow.Filing{Title: "slow", Customer: customer}).ID }
	answer := func(id string) {
		h.must(ada, id, func(s *workflow.Step, r *cre.Request) error { return s.Reply(r, "soon", false) })
	}
	answer(file("acme")) // on Friday
	late, secret := file("acme"), file("hooli")
	h.goes("09 12:00") // both were due at eleven
	answer(late)
	// were with us for 2 + 8 + 6 h on Tuesday at three.
	h.goes("10 16:00")
	if m := h.promises(ada, cre.LastWeek, "", ""); m.Text.String() != "100 % of the promises were kept: 1 of 1. The target is 95 %." || m.Tone != "" {
		t.Errorf("last week: %q %s", m.Text.String(), m.Tone)
	}
	const sum = "0 % of the promises were kept: 0 of 5. The target is 95 %.\n"
	for who, want := range map[chat.Person]string{
		ada: "- R-2 first response: late by 1h. It was due at 9 Mar 11:00.\n" +
			"- R-3 first response: late by 13h, and still is. It was due at 9 Mar 11:00.\n" +
			"- R-1 resolution: late by 1h, and still is. It was due at 15:00.\n" +
			"- R-2 resolution: late by 1h, and still is. It was due at 15:00.\n" +
			"- R-3 resolution: late by 1h, and still is. It was due at 15:00.",
		eve: "- R-2 first response: late by 1h. It was due at 9 Mar 11:00.\n" +
			"- R-1 resolution: late by 1h, and still is. It was due at 15:00.\n" +
			"- R-2 resolution: late by 1h, and still is. It was due at 15:00.\n" +
			"2 late promises of requests that you may not see.",
	} {
		m := h.promises(who, cre.ThisWeek, "", "")
		if m.Text.String() != sum+want || m.Tone != chat.Warning {
			t.Errorf("%s reads\n%s\nwant\n%s", who.Name, m.Text.String(), sum+want)
		}
	}
	var rows []string
	for _, row := range h.promises(ada, cre.ThisMonth, "", "acme").Table.Rows {
		rows = append(rows, chat.Join(row, " | ").String())
	}
	same(t, "of acme", rows, "first response | business | any | 1 of 2 | 50 %", "resolution | business | any | 0 of 2 | 0 %")
	if m := h.promises(eve, cre.ThisMonth, "", "hooli"); !strings.HasPrefix(m.Text.String(), "No promise") {
		t.Errorf("eve reads of %s: %s", secret, m.Text)
	}
}
