package store_test

import (
	"fmt"
	"testing"

	"cresset/bot/cre"
	"cresset/store"
)

func TestWaitingUpTo(t *testing.T) {
	keep := func(tx store.Tx) error {
		for i := range uint64(5) {
			r := cre.Request{ID: fmt.Sprint("R-", i+1), Number: i + 1, Status: cre.New, Department: []string{"sales", "consulting"}[i%2], Created: queueNow}
			if err := store.Requests.Put(tx, &r); err != nil {
				return err
			}
		}
		return nil
	}
	inQueue(t, cre.Eyes{CRE: true}, keep, func(tx store.Tx, _ *store.Queue) {
		for _, test := range []struct {
			eyes       cre.Eyes
			most, want int
		}{{cre.Eyes{CRE: true}, 10, 5}, {cre.Eyes{CRE: true}, 3, 3}, {cre.Eyes{Department: "sales"}, 10, 3}, {cre.Eyes{}, 10, 0}} {
			if n, err := store.WaitingUpTo(tx, queueRules, test.eyes, queueNow, test.most); n != test.want || err != nil {
				t.Errorf("%+v up to %d sees %d, %v; want %d", test.eyes, test.most, n, err, test.want)
			}
		}
	})
}

func TestRequestsSaying(t *testing.T) {
	titles := []string{"The export is slow", "Exports of invoices fail", "Invoices are late", "A slow exporter"}
	keep := func(tx store.Tx) error {
		for i, title := range titles {
			r := cre.Request{ID: fmt.Sprint("R-", i+1), Number: uint64(i + 1), Title: title, Status: cre.New, Created: queueNow}
			if err := store.Requests.Put(tx, &r); err != nil {
				return err
			}
		}
		return nil
	}
	inQueue(t, cre.Eyes{CRE: true}, keep, func(tx store.Tx, _ *store.Queue) {
		for text, want := range map[string]string{
			"export":        "[1 2 4]",
			"slow exp":      "[1 4]",
			"exp slow":      "[]", // only the last word may be one that is begun
			"invoice fails": "[2]",
			"the":           "[]",
			"nobody":        "[]",
		} {
			saying, err := store.RequestsSaying(tx, text)
			if err != nil {
				t.Fatal(err)
			}
			got := []uint64{}
			for n := range uint64(len(titles)) {
				if saying.Has(n + 1) {
					got = append(got, n+1)
				}
			}
			if fmt.Sprint(got) != want {
				t.Errorf("%q is said by %v, want %s", text, got, want)
			}
		}
	})
}
