package bolt

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"cresset/store"
)

// TestExamineAsSomebodyElse looks at a file and a folder that others own.
func TestExamineAsSomebodyElse(t *testing.T) {
	_, path := fresh(t, Options{})
	dir := filepath.Dir(path)
	err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o555), os.Chmod(path, 0o444))
	if err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(dir, "none.db")
	answers := make(chan [2]error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends, and its identity with it
		if os.Getuid() == 0 {
			const nobody = 65534
			if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, nobody, nobody, nobody); errno != 0 {
				t.Error(errno)
			}
		}
		read := func(store.Tx) error { return errors.New("it was read") }
		answers <- [2]error{Examine(path, read), Examine(none, read)}
	}()
	for i, err := range <-answers {
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if err := Examine(path+"x", nil); os.Getuid() == 0 && err != nil {
		t.Error(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}
