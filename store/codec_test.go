package store

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

type note struct {
	Text string `json:"text"`
}

// golden is a record as the first version wrote it. It is read for ever.
const golden = "\x01\xd0\x7d\x16\x8d" + `{"text":"hello"}`

func TestRecordIsOnDisk(t *testing.T) {
	got, err := encode(new(bytes.Buffer), "notes", Key("k"), note{"hello"})
	if err != nil || string(got) != golden {
		t.Errorf("encode: got %q, %v, want %q", got, err, golden)
	}
	var n note
	if err := decode("notes", Key("k"), []byte(golden), &n); err != nil || n.Text != "hello" {
		t.Errorf("decode: got %+v, %v", n, err)
	}
}

func TestEveryBitIsWatched(t *testing.T) {
	record, err := encode(new(bytes.Buffer), "notes", Key("k"), note{"hello"})
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(record) {
		bad := append([]byte(nil), record...)
		bad[bit/8] ^= 1 << (bit % 8)
		err := decode("notes", Key("k"), bad, new(note))
		if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), `"k\x00\x01" of collection "notes"`) {
			t.Errorf("bit %d flipped: %v", bit, err)
		}
	}
	for n := range record {
		if err := decode("notes", Key("k"), record[:n], new(note)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	if err := decode("notes", Key("other"), record, new(note)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("under another key: %v", err)
	}
	if err := decode("others", Key("k"), record, new(note)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("in another collection: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(golden))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, record []byte) {
		err := decode("notes", Key("k"), record, new(note))
		if err != nil && !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q: %v", record, err)
		}
	})
}
