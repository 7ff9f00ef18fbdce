package router_test

import (
	"slices"
	"strings"
	"testing"

	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// TestCustomersOfTheConfiguration: what the configuration says of a customer
// wins, a key is one customer whatever its case, and none is lost.
func TestCustomersOfTheConfiguration(t *testing.T) {
	h := opened(t)
	h.must(ada, "cre customer add Umbrella tier:gold Umbrella Ltd")
	h.must(ada, "cre customer add hooli Hooli")
	h.rules.Customers = append(h.rules.Customers, cre.Customer{Key: "umbrella", Name: "Umbrella Inc"})
	for range 2 { // each start
		h.update(func(tx store.Tx) error { return (&workflow.Step{Tx: tx, Now: h.now, Rules: h.rules}).SyncCustomers() })
	}
	var keys []string
	h.view(func(tx store.Tx) error {
		for c, err := range store.Customers.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			keys = append(keys, c.Key)
			if c.Configured != (c.Key != "hooli") || c.Key == "umbrella" && c.Name != "Umbrella Inc" {
				t.Errorf("got %+v", c)
			}
		}
		return nil
	})
	if !slices.Equal(keys, []string{"acme", "globex", "hooli", "umbrella"}) {
		t.Errorf("the customers are %q", keys)
	}
	for _, word := range []string{"umbrella", "UMBRELLA", `customer:"umbrella inc"`} {
		if r := h.must(ada, "cre customer "+word); r.Message.Title != "Umbrella Inc" {
			t.Errorf("%q shows %+v", word, r)
		}
	}
	if r := h.say(ada, "cre customer add ACME Another"); !r.Failed || !strings.Contains(r.Message.Text.String(), "Acme GmbH") {
		t.Errorf("a second acme: %+v", r)
	}
}
