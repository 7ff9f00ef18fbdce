package store

import "time"

// A Lease says who does the errands. Whoever takes it over gets the next epoch,
// and what was begun under an older one no longer counts.
type Lease struct {
	Name   string    `json:"name"`
	Holder string    `json:"holder"`
	Epoch  uint64    `json:"epoch"`
	Until  time.Time `json:"until"` // by the store's clock
	// Yielded says that the holder gave it up, who may have acted until then.
	Yielded bool `json:"yielded,omitempty"`
}

// Leases are the leases by name.
var Leases = &Collection[Lease]{
	Name: "leases",
	Key:  func(l *Lease) []byte { return Key(l.Name) },
}

// Claim takes the lease for a holder, or renews it, and gives it as it then
// stands: whoever is not its Holder has to wait until it ends. Who is alone on
// the store, as its lock assures, takes it from anybody.
func Claim(tx Tx, name, holder string, length time.Duration, alone bool) (Lease, error) {
	l, err := Leases.Get(tx, Key(name))
	if err != nil {
		return Lease{}, err
	}
	now := tx.Now()
	switch {
	case l == nil:
		l = &Lease{Name: name, Holder: holder, Epoch: 1}
	case l.Holder == holder && (alone || l.Until.After(now)):
	case alone || !l.Until.After(now):
		l.Holder, l.Epoch = holder, l.Epoch+1
	default:
		return *l, nil
	}
	l.Until, l.Yielded = now.Add(length), false
	return *l, Leases.Put(tx, l)
}

// Yield ends a lease early, if the holder still has it.
func Yield(tx Tx, name, holder string) error {
	l, err := Leases.Get(tx, Key(name))
	if err != nil || l == nil || l.Holder != holder {
		return err
	}
	l.Until, l.Yielded = tx.Now(), true
	return Leases.Put(tx, l)
}

// Holds reports whether the lease is still the one that was claimed.
func (l *Lease) Holds(tx Tx) (bool, error) {
	now, err := Leases.Get(tx, Key(l.Name))
	return err == nil && now != nil && now.Holder == l.Holder && now.Epoch == l.Epoch, err
}
