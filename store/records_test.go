package store_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"cresset/bot/cre"
	"cresset/store"
)

var update = flag.Bool("update", false, "write the golden files of records; a line that goes away breaks every file out there")

// On disk is a contract. Each kind of record, with every field set, is decoded
// from a file that was written when the kind was made: a field that was renamed
// or re-typed is missing in what comes back. A field that was added wants
// -update, and a diff in which lines are only added.
func TestRecordsAreReadForEver(t *testing.T) {
	for name, record := range map[string]any{
		"errand": &store.Errand{}, "said": &store.Said{}, "received": &store.Received{}, "act": &store.Act{},
		"incident": &cre.Incident{}, "entry": &cre.Entry{}, "request": &cre.Request{}, "customer": &cre.Customer{},
		"sli-hour": &cre.SLIHour{}, "digest": &store.Digest{}, "postmortem": &cre.Postmortem{}, "lease": &store.Lease{},
		"move": &store.Move{}, "unreadable": &store.Unreadable{}, "outage": &store.Outage{}, "human": &cre.Human{}, "linking": &cre.Linking{},
		"event": &cre.CustomerDay{}, "budget": &store.Budget{}, "share": &store.Share{},
		"overheard": &cre.Overheard{}, "spent": &cre.Spent{},
	} {
		t.Run(name, func(t *testing.T) {
			fill(reflect.ValueOf(record).Elem(), name)
			file := filepath.Join("testdata", "records", name+".json")
			if *update {
				write(t, file, record)
			}
			golden, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			kept := reflect.New(reflect.TypeOf(record).Elem())
			if err := json.Unmarshal(golden, kept.Interface()); err != nil {
				t.Fatalf("a record that was written once cannot be read: %v", err)
			}
			if !reflect.DeepEqual(kept.Interface(), record) {
				now, _ := json.MarshalIndent(record, "", "  ") // it was filled above
				again, _ := json.MarshalIndent(kept.Interface(), "", "  ")
				t.Errorf("read from %s:\n%s\nwant\n%s", file, again, now)
			}
		})
	}
}

func write(t *testing.T, file string, record any) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fill sets every field that is kept to something that is not zero and comes from
// its name.
func fill(v reflect.Value, name string) {
	n := len(name)
	for _, b := range []byte(name) {
		n = (n*31 + int(b)) % 199
	}
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 3, 2, 10, n%60, 0, 0, time.UTC)))
		return
	case reflect.TypeFor[cre.Severity]():
		v.SetString("sev2")
		return
	case reflect.TypeFor[cre.Impact]():
		v.SetString("high")
		return
	case reflect.TypeFor[cre.ToilClass]():
		v.SetString("toil")
		return
	case reflect.TypeFor[cre.Urgency]():
		v.SetString("blocked")
		return
	case reflect.TypeFor[cre.Role]():
		v.SetString("lead")
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
				fill(v.Field(i), f.Name)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, name+" key")
		fill(value, name)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("the " + name)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(float64(n) + 0.5)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(uint64(n + 1))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(n + 1))
	default:
		panic("no way to fill a " + v.Type().String())
	}
}
