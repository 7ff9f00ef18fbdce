package bolt

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
)

const childMark = "CRESSET_TEST_SMALL_FILES"

// smallFiles runs the test again in a process whose files the system refuses
// to let grow beyond 256 KiB, as a full disk does: with an error of ftruncate
// or of pwrite. limit begins that; it is nil in the process that only watches.
func smallFiles(t *testing.T) (limit func()) {
	t.Helper()
	if os.Getenv(childMark) == "" {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), childMark+"=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("in a process with small files: %v\n%s", err, out)
		}
		return nil
	}
	return func() {
		signal.Ignore(syscall.SIGXFSZ)
		small := syscall.Rlimit{Cur: 256 << 10, Max: 256 << 10}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFullWhenTheFileGrows(t *testing.T) {
	limit := smallFiles(t)
	if limit == nil {
		return
	}
	db, _ := fresh(t, Options{})
	write(t, db, "a", "saved")
	limit()
	isFullAndUsable(t, db)
}

// TestFullWhenPagesAreWritten gives the file its length before there is room
// for it, as most file systems do.
func TestFullWhenPagesAreWritten(t *testing.T) {
	limit := smallFiles(t)
	if limit == nil {
		return
	}
	db, path := fresh(t, Options{})
	write(t, db, "a", "saved")
	if err := os.Truncate(path, 8<<20); err != nil {
		t.Fatal(err)
	}
	limit()
	isFullAndUsable(t, db)
}
