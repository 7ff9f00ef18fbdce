package store

import "fmt"

// Sequence gives the next number of the named sequence: 1, 2, 3. A number is
// taken only if its transaction commits, so there are no gaps.
func Sequence(tx Tx, name string) (uint64, error) {
	c := sequences()
	s, err := c.Get(tx, Key(name))
	if err != nil {
		return 0, fmt.Errorf("next number of %q: %w", name, err)
	}
	if s == nil {
		s = &sequence{Name: name}
	}
	s.Last++
	if err := c.Put(tx, s); err != nil {
		return 0, fmt.Errorf("next number of %q: %w", name, err)
	}
	return s.Last, nil
}

// Last is the number that the named sequence gave last, 0 before the first.
func Last(tx Tx, name string) (uint64, error) {
	s, err := sequences().Get(tx, Key(name))
	if err != nil || s == nil {
		return 0, err
	}
	return s.Last, nil
}

// Generation is the name of the fact under which a restore notes a new
// identity of the database: numbers may have gone back since the last one.
const Generation = "generation"

// Fact gives what the database notes about itself under name, "" if nothing.
func Fact(tx Tx, name string) (string, error) {
	f, err := facts().Get(tx, Key(name))
	if err != nil || f == nil {
		return "", err
	}
	return f.Value, nil
}

// SetFact notes something about the database itself.
func SetFact(tx Tx, name, value string) error {
	return facts().Put(tx, &fact{Name: name, Value: value})
}

// BuiltIn lists the collections of this file, to be checked with the others.
func BuiltIn() []Checker { return []Checker{sequences(), facts()} }

type sequence struct {
	Name string `json:"name"`
	Last uint64 `json:"last"`
}

func sequences() *Collection[sequence] {
	return &Collection[sequence]{Name: "seq", Key: func(s *sequence) []byte { return Key(s.Name) }}
}

type fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func facts() *Collection[fact] {
	return &Collection[fact]{Name: "meta", Key: func(f *fact) []byte { return Key(f.Name) }}
}
