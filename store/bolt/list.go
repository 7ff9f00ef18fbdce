package bolt

import (
	"runtime/debug"

	"go.etcd.io/bbolt"
)

func (t *tx) Collections() (all []string, err error) {
	defer guard(debug.SetPanicOnFault(true), "", nil, &err)
	if t.bolt == nil {
		return nil, errOver
	}
	err = t.bolt.ForEach(func(name []byte, b *bbolt.Bucket) error {
		if key, _ := b.Cursor().First(); key != nil && string(name) != trials {
			all = append(all, string(name))
		}
		return nil
	})
	return all, err
}
