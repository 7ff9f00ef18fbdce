package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// ensure makes an empty database at path if there is none. It gets its name
// when it is whole and on the disk, so a power cut leaves a database or nothing.
func ensure(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temp, err := writeAside(path, func(f *os.File) error { return initialise(f.Name()) })
	if err != nil {
		return err
	}
	err = christen(temp, path)
	if errors.Is(err, fs.ErrExist) { // another process was faster
		return nil
	}
	return err
}

func initialise(path string) error {
	db, err := bbolt.Open(path, fileMode, &bbolt.Options{Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	return db.Close()
}

// writeAside fills a new file in the directory of path and syncs it.
func writeAside(path string, fill func(*os.File) error) (temp string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return "", err
	}
	err = errors.Join(fill(f), f.Sync(), f.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// christen gives temp the name path, which must be free. A link cannot
// replace a file that somebody else just made, as a rename would; but not
// every file system has links.
func christen(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return errors.Join(err, os.Remove(temp), syncDir(path))
	}
	return replace(temp, path)
}

// replace gives temp the name path, whatever had it before.
func replace(temp, path string) error {
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncDir(path)
}

// syncDir makes the names in the directory of path survive a power cut.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// damagedFile is the one sentence for all files that cannot be opened.
func damagedFile(path string, cause error) error {
	return fmt.Errorf("database %q is damaged: %w. Copy the file away, then restore a backup with `cresset restore`", path, cause)
}

// meta is what bbolt says about the file, at the beginning of each of its
// first two pages. The newer of the two that are whole counts.
type meta struct {
	pageSize, root, freelist, pages, txid uint64
}

const (
	pageHeader = 16
	metaSize   = 64
	metaMagic  = 0xED0CDAED
	metaLayout = 2

	leafPage, branchPage, freelistPage = 0x02, 0x01, 0x10
	noFreelist                         = ^uint64(0)
)

// preflight refuses a file that bbolt would fall over, or that would end the
// process later: memory behind the end of a file cannot be read.
func preflight(path string, log *slog.Logger) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open database %q: %w", path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open database %q: %w", path, err)
	}
	if info.Size() == 0 {
		return fmt.Errorf("database %q is an empty file. Delete it to start afresh, or restore a backup with `cresset restore`", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		log.Warn("others than its owner may use the database file", "path", path, "mode", info.Mode().Perm().String())
	}
	m, err := newestMeta(f, func(page int, err error) {
		log.Warn("one of two header pages is damaged, the other is used; normal after a power cut", "path", path, "page", page, "err", err)
	})
	if err != nil {
		return damagedFile(path, err)
	}
	if err := m.covered(f); err != nil {
		return damagedFile(path, err)
	}
	return nil
}

func newestMeta(f io.ReaderAt, damaged func(page int, err error)) (meta, error) {
	first, err0 := readMeta(f, 0)
	second, err1 := secondMeta(f, first)
	switch {
	case err0 != nil && err1 != nil:
		return meta{}, fmt.Errorf("both header pages are unusable (first: %w; second: %w)", err0, err1)
	case err0 != nil:
		damaged(0, err0)
		return second, nil
	case err1 != nil:
		damaged(1, err1)
		return first, nil
	case second.txid > first.txid:
		return second, nil
	}
	return first, nil
}

// secondMeta lies one page into the file. Without the first nobody says how
// large a page is, so all sizes that bbolt itself would try are tried.
func secondMeta(f io.ReaderAt, first meta) (meta, error) {
	if first.pageSize != 0 {
		return readMeta(f, int64(first.pageSize))
	}
	var err error
	for size := int64(1 << 10); size <= 1<<24; size <<= 1 {
		m, e := readMeta(f, size)
		if e == nil && m.pageSize == uint64(size) {
			return m, nil
		}
		if size == int64(os.Getpagesize()) {
			err = e
		}
	}
	return meta{}, err
}

func readMeta(f io.ReaderAt, at int64) (meta, error) {
	buf := make([]byte, pageHeader+metaSize)
	if _, err := f.ReadAt(buf, at); errors.Is(err, io.EOF) {
		return meta{}, errors.New("the file ends before it")
	} else if err != nil {
		return meta{}, err
	}
	buf = buf[pageHeader:]
	word := binary.NativeEndian.Uint64
	half := binary.NativeEndian.Uint32
	sum := fnv.New64a()
	sum.Write(buf[:metaSize-8])
	switch {
	case half(buf) != metaMagic:
		return meta{}, errors.New("this is no bbolt database")
	case half(buf[4:]) != metaLayout:
		return meta{}, fmt.Errorf("layout %d instead of %d", half(buf[4:]), metaLayout)
	case word(buf[56:]) != sum.Sum64():
		return meta{}, errors.New("wrong checksum")
	}
	return meta{
		pageSize: uint64(half(buf[8:])),
		root:     word(buf[16:]),
		freelist: word(buf[32:]),
		pages:    word(buf[40:]),
		txid:     word(buf[48:]),
	}, nil
}

// covered checks that the file has all pages that m speaks of, and that the
// two from which bbolt starts are what they should be.
func (m meta) covered(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if need := m.pages * m.pageSize; uint64(info.Size()) < need {
		return fmt.Errorf("it is cut off: %d bytes long, at least %d are needed", info.Size(), need)
	}
	if err := m.page(f, "root", m.root, leafPage, branchPage); err != nil {
		return err
	}
	if m.freelist == noFreelist {
		return nil
	}
	return m.page(f, "freelist", m.freelist, freelistPage)
}

func (m meta) page(f io.ReaderAt, what string, id uint64, kinds ...uint16) error {
	buf := make([]byte, pageHeader)
	if _, err := f.ReadAt(buf, int64(id*m.pageSize)); err != nil {
		return fmt.Errorf("its %s page %d: %w", what, id, err)
	}
	own, flags := binary.NativeEndian.Uint64(buf), binary.NativeEndian.Uint16(buf[8:])
	for _, kind := range kinds {
		if own == id && flags == kind {
			return nil
		}
	}
	return fmt.Errorf("its %s page %d is something else", what, id)
}
