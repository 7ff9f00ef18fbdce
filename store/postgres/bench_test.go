package postgres

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"cresset/store"
	"cresset/store/bolt"
)

// BenchmarkPut measures durable Updates of one record and of eight, on both
// engines, alone and with company.
func BenchmarkPut(b *testing.B) {
	file, err := bolt.Open(filepath.Join(b.TempDir(), "cresset.db"), bolt.Options{})
	none(b, err)
	b.Cleanup(func() { none(b, file.Close()) })
	db, _ := fresh(b, Options{})
	for _, records := range []int{1, 8} {
		for _, writers := range []int{1, 32} {
			name := fmt.Sprintf("records=%d/writers=%d/", records, writers)
			b.Run(name+"bolt", func(b *testing.B) { putMany(b, file, records, writers) })
			b.Run(name+"postgres", func(b *testing.B) { putMany(b, db, records, writers) })
		}
	}
}

func putMany(b *testing.B, db store.DB, records, writers int) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				err := db.Update(b.Context(), func(tx store.Tx) error {
					for i := range records {
						name := fmt.Sprintf("%d.%d", n%1000, i)
						if err := notes.Put(tx, &note{name, "some text of an ordinary length"}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkGet(b *testing.B) {
	db, _ := fresh(b, Options{})
	write(b, db, "a", "some text of an ordinary length")
	for b.Loop() {
		err := db.View(b.Context(), func(tx store.Tx) error {
			_, err := notes.Get(tx, store.Key("a"))
			return err
		})
		none(b, err)
	}
}
