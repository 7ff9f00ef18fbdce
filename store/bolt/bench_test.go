package bolt

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cresset/store"
)

// BenchmarkDurablePut measures durable puts, all writers together, and says
// how one compares with the disk's own price: writing 4 KiB and syncing.
func BenchmarkDurablePut(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			raw := rawSync(b)
			db, _ := fresh(b, Options{})
			commits := db.Stats().Commits
			var next atomic.Int64
			var all sync.WaitGroup
			b.ResetTimer()
			for range writers {
				all.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						write(b, db, fmt.Sprint(n%1000), "some text of an ordinary length")
					}
				})
			}
			all.Wait()
			b.StopTimer()
			each := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(each)/float64(raw), "x_raw_sync")
			b.ReportMetric(float64(b.N)/float64(db.Stats().Commits-commits), "puts/commit")
		})
	}
}

// rawSync is what one write of 4 KiB and a sync of the file cost here.
func rawSync(b *testing.B) time.Duration {
	b.Helper()
	f, err := os.OpenFile(filepath.Join(b.TempDir(), "raw"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	const rounds = 100
	page := make([]byte, 4096)
	began := time.Now()
	for i := range rounds {
		page[0] = byte(i)
		if _, err := f.WriteAt(page, 0); err != nil {
			b.Fatal(err)
		}
		if err := datasync(f); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began) / rounds
}

func BenchmarkGet(b *testing.B) {
	db, _ := fresh(b, Options{})
	write(b, db, "a", "some text of an ordinary length")
	err := db.View(b.Context(), func(tx store.Tx) error {
		for b.Loop() {
			if _, err := notes.Get(tx, store.Key("a")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
