package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
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
	sum := crc32.Update(0, castagnoli, []byte(coll))
	sum = crc32.Update(sum, castagnoli, []byte{0, recordVersion})
	sum = crc32.Update(sum, castagnoli, key)
	return crc32.Update(sum, castagnoli, body)
}

func encode(coll string, key []byte, v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode key %q of collection %q: %w", key, coll, err)
	}
	record := make([]byte, 0, recordHeader+len(body))
	record = append(record, recordVersion)
	record = binary.BigEndian.AppendUint32(record, checksum(coll, key, body))
	return append(record, body...), nil
}

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
