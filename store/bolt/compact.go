package bolt

import (
	"errors"
	"os"

	"go.etcd.io/bbolt"
)

// compactAbove is the size from which a file is worth compacting at a start.
const compactAbove = 64 << 20

// compacted gives the database back smaller if more than half of its file is
// free space, which bbolt never returns by itself. If that does not work out, for
// want of space perhaps, the large file is as good as before.
func compacted(db *bbolt.DB, file *os.File, path string, o Options) (*bbolt.DB, *os.File, error) {
	size, free := sizes(db, path)
	if size < o.compactAbove || free <= size/2 {
		return db, file, nil
	}
	temp, err := writeAside(path, func(f *os.File) error { return compactTo(f.Name(), db) })
	if err == nil {
		err = checkFile(temp)
	}
	if err == nil {
		err = replace(temp, path)
	}
	if err != nil {
		o.Log.Warn("the database was not compacted", "path", path, "bytes", size, "free", free, "err", err)
		return db, file, nil
	}
	// The lock was held until here. Who waited for it finds that the name
	// has moved on, and starts again.
	if err := db.Close(); err != nil {
		return nil, nil, err
	}
	o.Log.Info("the database was compacted", "path", path, "bytes", size, "free", free)
	return open(path, o)
}

func sizes(db *bbolt.DB, path string) (size, free int64) {
	if info, err := os.Stat(path); err == nil {
		size = info.Size()
	}
	return size, int64(db.Stats().FreePageN) * int64(os.Getpagesize())
}

// compactTo leaves syncing to the end, when it is done once for the whole file.
func compactTo(path string, from *bbolt.DB) error {
	to, err := bbolt.Open(path, fileMode, &bbolt.Options{Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType, NoSync: true})
	if err != nil {
		return err
	}
	const atOnce = 1 << 20 // bytes in one transaction
	return errors.Join(bbolt.Compact(to, from, atOnce), to.Close())
}
