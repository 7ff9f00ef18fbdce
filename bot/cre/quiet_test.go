package cre

import "testing"

func TestHush(t *testing.T) {
	inc := Incident{ID: "INC-1"}
	for _, c := range []struct{ quiet, refused bool }{{false, true}, {true, false}, {true, true}, {false, false}} {
		err := inc.Hush(c.quiet)
		if Is(err, Conflict) != c.refused || err == nil && inc.Quiet != c.quiet {
			t.Errorf("%v: %v, %v", c.quiet, err, inc.Quiet)
		}
	}
}

func TestSwitch(t *testing.T) {
	for word, want := range map[string]bool{"on": true, "OFF": false, "": true} {
		var w Switch
		if word != "" {
			if err := w.UnmarshalText([]byte(word)); err != nil || !w.Looks(word) {
				t.Errorf("%q: %v", word, err)
			}
		}
		if w.On() != want {
			t.Errorf("%q is %v", word, w.On())
		}
	}
	if err := new(Switch).UnmarshalText([]byte("maybe")); !Is(err, Invalid) {
		t.Errorf("maybe: %v", err)
	}
}
