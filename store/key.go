package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"time"
)

// Key makes one key of several parts. Keys made of parts of the same types
// sort as their parts do, first part first, and a key made of fewer parts is
// a prefix of exactly the keys that begin with those parts: Key("svc1") is a
// prefix of Key("svc1", 7) and not of Key("svc10", 7).
//
// A part is a string, []byte, bool, time.Time, an integer of any size, or of
// a type defined as one of these. Key panics on anything else.
func Key(parts ...any) []byte {
	key := make([]byte, 0, 16*len(parts))
	for _, part := range parts {
		key = appendPart(key, part)
	}
	return key
}

func appendPart(key []byte, part any) []byte {
	switch p := part.(type) {
	case string:
		return appendText(key, p)
	case []byte:
		return appendText(key, string(p))
	case time.Time:
		return appendTime(key, p)
	}
	switch v := reflect.ValueOf(part); {
	case v.Kind() == reflect.String:
		return appendText(key, v.String())
	case v.Kind() == reflect.Bool && v.Bool():
		return append(key, 1)
	case v.Kind() == reflect.Bool:
		return append(key, 0)
	case v.CanInt():
		return appendInt(key, v.Int())
	case v.CanUint():
		return binary.BigEndian.AppendUint64(key, v.Uint())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return appendText(key, string(v.Bytes()))
	}
	panic(fmt.Sprintf("store.Key: part of type %T", part))
}

// appendText escapes each 0x00 as 0x00 0xff and ends with 0x00 0x01. The end
// sorts before everything that may stand in its place, so a text sorts before
// the longer texts that begin with it, and it cannot be mistaken for a part of the text.
func appendText(key []byte, s string) []byte {
	for i := range len(s) {
		key = append(key, s[i])
		if s[i] == 0x00 {
			key = append(key, 0xff)
		}
	}
	return append(key, 0x00, 0x01)
}

// appendInt flips the sign bit: negative numbers then sort first.
func appendInt(key []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(key, uint64(n)^1<<63)
}

// appendTime writes seconds and nanoseconds apart. Nanoseconds in one int64
// would end in 2262 and, worse, could not hold the zero time.
func appendTime(key []byte, t time.Time) []byte {
	key = appendInt(key, t.Unix())
	return binary.BigEndian.AppendUint32(key, uint32(t.Nanosecond()))
}

// prefixEnd is the first key behind all keys that begin with prefix, nil if
// there is none.
func prefixEnd(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}
