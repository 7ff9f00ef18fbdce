package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"sync"
)

// A record is one byte for the version of this layout, four for the checksum,
// and the value as JSON. The checksum covers the record's place as well: a
// sound record under a wrong key is as wrong as a flipped bit.
const (
	recordVersion = 1
	recordHeader  = 1 + crc32.Size
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(coll string, key, body []byte) uint32 {
	place := slices.Concat([]byte(coll), []byte{0, recordVersion}, key)
	return crc32.Update(crc32.Checksum(place, castagnoli), castagnoli, body)
}

// encode makes a record, which lies in the buffer and lasts until its next use.
func encode(in *bytes.Buffer, coll string, key []byte, v any) ([]byte, error) {
	in.Reset()
	in.Write(make([]byte, recordHeader))
	if err := json.NewEncoder(in).Encode(v); err != nil {
		return nil, fmt.Errorf("encode key %q of collection %q: %w", key, coll, err)
	}
	record := bytes.TrimSuffix(in.Bytes(), []byte("\n"))
	record[0] = recordVersion
	binary.BigEndian.PutUint32(record[1:], checksum(coll, key, record[recordHeader:]))
	return record, nil
}

// buffers are where records are made. An engine copies what it is given.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var errChecksum = errors.New("the checksum does not fit the content")

func decode(coll string, key, record []byte, into any) error {
	body, err := content(coll, key, record)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return Corrupt(coll, key, err)
	}
	return nil
}

// content is the value in a record that is whole and of a layout we know.
func content(coll string, key, record []byte) ([]byte, error) {
	if len(record) < recordHeader {
		return nil, Corrupt(coll, key, fmt.Errorf("only %d bytes long", len(record)))
	}
	// A flipped bit in the version byte reads like a newer version: both are
	// named, for the checksum cannot be judged without knowing the layout.
	if record[0] != recordVersion {
		return nil, Corrupt(coll, key, fmt.Errorf("layout %d, written by a newer cresset or damaged", record[0]))
	}
	body := record[recordHeader:]
	if binary.BigEndian.Uint32(record[1:recordHeader]) != checksum(coll, key, body) {
		return nil, Corrupt(coll, key, errChecksum)
	}
	return body, nil
}
