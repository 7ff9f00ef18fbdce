package web

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

// What was written once must be readable for ever: fields are added to this
// file, never renamed or taken away.
func TestRecordsOnDisk(t *testing.T) {
	text, err := os.ReadFile("testdata/records.json")
	if err != nil {
		t.Fatal(err)
	}
	var records struct {
		Channel channel `json:"channel"`
		Message message `json:"message"`
		Person  person  `json:"person"`
		Session session `json:"session"`
	}
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&records); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(records)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}
