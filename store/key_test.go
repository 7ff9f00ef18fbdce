package store

import (
	"bytes"
	"cmp"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestKeyOrder(t *testing.T) {
	day := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	for name, ascending := range map[string][]any{
		"text":   {"", "\x00", "\x00\x00", "\x00\x01", "\x00\xff", "\x01", "a", "a\x00", "a\x00b", "a\x01", "aa", "b", "\xff", "\xff\xff"},
		"int":    {math.MinInt64, -256, -1, 0, 1, 255, 256, math.MaxInt64},
		"uint64": {uint64(0), uint64(1), uint64(math.MaxInt64), uint64(math.MaxUint64)},
		"bool":   {false, true},
		"time": {time.Time{}, time.Unix(-1, 0), time.Unix(-1, 1), time.Unix(0, 0), day,
			day.Add(1).In(time.FixedZone("west", -9*3600)), day.Add(2).In(time.FixedZone("east", 9*3600)), day.AddDate(900, 0, 0)},
	} {
		for i := range ascending[1:] {
			low, high := Key(ascending[i], "z"), Key(ascending[i+1], "a")
			if bytes.Compare(low, high) >= 0 {
				t.Errorf("%s: the key of %q is not below that of %q", name, ascending[i], ascending[i+1])
			}
		}
	}
}

func TestKeyTypes(t *testing.T) {
	type severity string
	type rank uint8
	type raw []byte
	for _, same := range [][2][]byte{
		{Key("a"), Key(severity("a"))},
		{Key("a"), Key([]byte("a"))},
		{Key("a"), Key(raw("a"))},
		{Key(uint64(3)), Key(rank(3))},
		{Key(3), Key(int64(3))},
		{Key(3*time.Nanosecond, true), Key(3, true)},
		{Key("a", 1), append(Key("a"), Key(1)...)},
	} {
		if !bytes.Equal(same[0], same[1]) {
			t.Errorf("%q and %q differ", same[0], same[1])
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a part that has no order did not panic")
		}
	}()
	Key(1.5)
}

func TestKeyIsOnDisk(t *testing.T) {
	got := Key("a\x00b", []byte{1}, -1, uint64(2), true, time.Unix(1, 5))
	want := []byte("a\x00\xffb\x00\x01" + "\x01\x00\x01" + "\x7f\xff\xff\xff\xff\xff\xff\xff" + "\x00\x00\x00\x00\x00\x00\x00\x02" + "\x01" +
		"\x80\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x05")
	if !bytes.Equal(got, want) {
		t.Errorf("got %q, want %q: keys of existing databases would be lost", got, want)
	}
}

func FuzzKey(f *testing.F) {
	f.Add("svc1", int64(7), "svc10", int64(0))
	f.Add("a\x00", int64(-1), "a", int64(-1))
	f.Fuzz(func(t *testing.T, s1 string, n1 int64, s2 string, n2 int64) {
		want := cmp.Or(cmp.Compare(s1, s2), cmp.Compare(n1, n2))
		if got := bytes.Compare(Key(s1, n1), Key(s2, n2)); got != want {
			t.Errorf("(%q, %d) and (%q, %d) compare as %d, their keys as %d", s1, n1, s2, n2, want, got)
		}
		if s1 != s2 && bytes.HasPrefix(Key(s2, n2), Key(s1)) {
			t.Errorf("the key of %q is a prefix of that of %q", s1, s2)
		}
	})
}

func TestPrefixEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	bytesOf := func() []byte {
		b := make([]byte, r.IntN(4))
		for i := range b {
			b[i] = byte(0xfd + r.IntN(3))
		}
		return b
	}
	for range 20_000 {
		prefix, key := bytesOf(), bytesOf()
		end := prefixEnd(prefix)
		inside := bytes.Compare(key, prefix) >= 0 && (end == nil || bytes.Compare(key, end) < 0)
		if inside != bytes.HasPrefix(key, prefix) {
			t.Fatalf("prefix %q ends at %q: wrong for %q", prefix, end, key)
		}
	}
}
