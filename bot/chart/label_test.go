package chart

import (
	"testing"

	"cresset/bot/chat"
)

func TestWordsKeepOffEachOther(t *testing.T) {
	p := line(chat.Good, 1, 0.98, 0.9, 0.95, 0.2, 0.1)
	pl := on(p)
	b := newBoard(pl)
	var leaders [][2]vec
	for i := range 10 {
		value, _ := pl.at(after(float64(i) / 10))
		at := pl.place(chat.Point{At: after(float64(i) / 10), Value: value})
		room, ok := b.near(at, 250, 28, true)
		if !ok {
			continue
		}
		for _, w := range b.words {
			if w.left < room.right && room.left < w.right && w.top < room.bottom && room.top < w.bottom {
				t.Errorf("words at %v and %v overlap", w, room)
			}
		}
		b.words = append(b.words, room)
		leaders = append(leaders, pairs(leader(at, room))...)
		b.lines = append(b.lines, leaders...)
	}
	if len(b.words) < 5 {
		t.Errorf("only %d of 10 marks found room", len(b.words))
	}
	for _, w := range b.words {
		for _, l := range append(leaders, pairs(pl.path(pl.runs[0]))...) {
			if crosses(l, w) {
				t.Errorf("the line %v runs through the words at %v", l, w)
			}
		}
	}
}

func TestCrosses(t *testing.T) {
	b := box{10, 10, 20, 20}
	for _, tt := range []struct {
		line [2]vec
		want bool
	}{
		{[2]vec{{0, 15}, {30, 15}}, true}, {[2]vec{{12, 12}, {13, 13}}, true}, {[2]vec{{0, 0}, {30, 30}}, true},
		{[2]vec{{0, 5}, {30, 5}}, false}, {[2]vec{{0, 15}, {8, 15}}, false}, {[2]vec{{0, 18}, {8, 30}}, false}, {[2]vec{{5, 18}, {18, 30}}, false},
	} {
		if got := crosses(tt.line, b); got != tt.want {
			t.Errorf("crosses(%v) = %v, want %v", tt.line, got, tt.want)
		}
	}
}
