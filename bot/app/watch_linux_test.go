package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"
)

// A watch sees every system call by which a process touches the files of a
// folder, in one order for all its threads and before the kernel does it, and
// decides what becomes of it. It is what `strace -e inject` is to one thread:
// strace counts for each thread by itself, and Go moves its goroutines between
// threads, so that the 37th write would be another one each time.
type watch struct {
	t        *testing.T
	folder   string
	listener int
	pid      int
	ended    chan struct{}

	mu     sync.Mutex
	decide func(touch) verdict // nil: everything goes on
}

// touch is one call that touches a file of the folder.
type touch struct {
	name string
	path string
	at   int64 // where pwrite64 writes
}

// metas is how much of the file the two header pages of bbolt take: writing one
// of them is what makes a commit count.
var metas = 2 * int64(os.Getpagesize())

func (c touch) String() string {
	return fmt.Sprintf("%s %s at %d", c.name, filepath.Base(c.path), c.at)
}

// header reports whether the call makes a commit count.
func (c touch) header() bool { return c.name == "pwrite64" && c.at < metas }

// changes reports whether a disk that is full or broken would refuse the call.
func (c touch) changes() bool {
	switch c.name {
	case "pwrite64", "write", "fdatasync", "fsync", "ftruncate":
		return true
	}
	return false
}

// A verdict is what becomes of a call: nothing of it happens if the process is
// killed or the call fails.
type verdict struct {
	kill bool
	fail syscall.Errno
}

// obey makes decide the judge of every call from now on. It is called by one
// goroutine, one call after the other, while the process stands still.
func (w *watch) obey(decide func(touch) verdict) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.decide = decide
}

// watched are the calls that are seen, each with the argument that is the file:
// an open file, or the address of a path.
var watched = map[uint32]struct {
	name     string
	argument int
	path     bool
}{
	syscall.SYS_PWRITE64:  {"pwrite64", 0, false},
	syscall.SYS_WRITE:     {"write", 0, false},
	syscall.SYS_FDATASYNC: {"fdatasync", 0, false},
	syscall.SYS_FSYNC:     {"fsync", 0, false},
	syscall.SYS_FTRUNCATE: {"ftruncate", 0, false},
	syscall.SYS_CLOSE:     {"close", 0, false},
	syscall.SYS_OPENAT:    {"openat", 1, true},
	syscall.SYS_LINKAT:    {"linkat", 3, true},
	syscall.SYS_RENAMEAT:  {"renameat", 3, true},
	syscall.SYS_UNLINKAT:  {"unlinkat", 1, true},
}

// watchChild names the program to a child that gives itself up to a watch and
// then becomes it.
const watchChild = "CRESSET_TEST_WATCHED"

// startWatched starts the command under a watch. The command runs as the test
// binary first, in the test that calls this, which must call [becomeWatched].
func startWatched(t *testing.T, cmd *exec.Cmd, folder string, decide func(touch) verdict) (*watch, error) {
	if seccompCall == 0 {
		return nil, fmt.Errorf("nobody noted the number of seccomp(2) on %s", runtime.GOARCH)
	}
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	defer ours.Close()
	root, _, _ := strings.Cut(t.Name(), "/")
	cmd.Env = append(cmd.Env, watchChild+"="+strings.Join(cmd.Args, "\n"))
	cmd.Path, cmd.Args = os.Args[0], []string{os.Args[0], "-test.run=^" + root + "$"}
	cmd.ExtraFiles = []*os.File{theirs}
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return nil, err
	}
	listener, err := receive(ours)
	if err != nil {
		return nil, fmt.Errorf("the system lets nobody watch system calls (seccomp with user notification, Linux 5.5): %w", err)
	}
	w := &watch{t: t, folder: folder, listener: listener, pid: cmd.Process.Pid, ended: make(chan struct{}), decide: decide}
	go w.run()
	return w, nil
}

// receive takes the listener that the child sends when it has made it.
func receive(from *os.File) (int, error) {
	oob := make([]byte, syscall.CmsgSpace(4))
	_, n, _, _, err := syscall.Recvmsg(int(from.Fd()), make([]byte, 1), oob, syscall.MSG_CMSG_CLOEXEC)
	if err != nil {
		return 0, err
	}
	messages, err := syscall.ParseSocketControlMessage(oob[:n])
	if err != nil {
		return 0, err
	}
	if len(messages) == 0 {
		return 0, errors.New("the child says why")
	}
	files, err := syscall.ParseUnixRights(&messages[0])
	if err != nil {
		return 0, err
	}
	return files[0], nil
}

const (
	setNoNewPrivs  = 38
	filterMode     = 1
	newListener    = 1 << 3
	allow          = 0x7fff0000
	notify         = 0x7fc00000
	goOn           = 1
	notifyReceive  = 0xc0502100
	notifySend     = 0xc0182101
	pollIn, pollUp = 0x1, 0x10
)

// seccompCall is the number of seccomp(2), which package syscall does not have
// for every machine.
var seccompCall = map[string]uintptr{"amd64": 317, "arm64": 277}[runtime.GOARCH]

// becomeWatched is a no-op except in a child of startWatched: there it never
// returns.
func becomeWatched(t *testing.T) {
	program := os.Getenv(watchChild)
	if program == "" {
		return
	}
	runtime.LockOSThread()
	filter := []syscall.SockFilter{{Code: syscall.BPF_LD | syscall.BPF_W | syscall.BPF_ABS}}
	for number := range watched {
		left := uint8(len(watched) - len(filter) + 1)
		filter = append(filter, syscall.SockFilter{Code: syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, Jt: left, K: number})
	}
	filter = append(filter, syscall.SockFilter{Code: syscall.BPF_RET, K: allow}, syscall.SockFilter{Code: syscall.BPF_RET, K: notify})
	syscall.CloseOnExec(3)
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setNoNewPrivs, 1, 0); errno != 0 {
		t.Fatal(errno)
	}
	listener, _, errno := syscall.RawSyscall(seccompCall, filterMode, newListener,
		uintptr(unsafe.Pointer(&syscall.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]})))
	if errno != 0 {
		t.Fatal(errno)
	}
	if err := syscall.Sendmsg(3, []byte{0}, syscall.UnixRights(int(listener)), nil, 0); err != nil {
		t.Fatal(err)
	}
	args := strings.Split(program, "\n")
	t.Fatal(syscall.Exec(args[0], args, os.Environ()))
}

// notification is how the kernel tells of a call, answer what is told it.
type (
	notification struct {
		id         uint64
		pid, flags uint32
		number     uint32
		_          uint32
		_          uint64
		args       [6]uint64
	}
	answer struct {
		id    uint64
		value int64
		errno int32
		flags uint32
	}
)

// run hears of calls until the process is gone.
func (w *watch) run() {
	defer close(w.ended)
	defer syscall.Close(w.listener)
	for w.hasMore() {
		var n notification
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(w.listener), notifyReceive, uintptr(unsafe.Pointer(&n))); errno != 0 {
			continue // it died while it waited
		}
		a := answer{id: n.id, flags: goOn}
		switch v := w.judge(&n); {
		case v.kill:
			_ = syscall.Kill(w.pid, syscall.SIGKILL) // dead already is as good
			continue
		case v.fail != 0:
			a.flags, a.errno = 0, -int32(v.fail)
		}
		syscall.Syscall(syscall.SYS_IOCTL, uintptr(w.listener), notifySend, uintptr(unsafe.Pointer(&a)))
	}
}

// hasMore waits for a call. It is false when nobody is left to make one.
func (w *watch) hasMore() bool {
	for {
		poll := struct {
			fd              int32
			events, revents int16
		}{fd: int32(w.listener), events: pollIn}
		_, _, errno := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&poll)), 1, 0, 0, 0, 0)
		switch {
		case errno == 0 && poll.revents&pollIn != 0:
			return true
		case errno != syscall.EINTR || poll.revents&pollUp != 0:
			return false
		}
	}
}

func (w *watch) judge(n *notification) verdict {
	what := watched[n.number]
	c := touch{name: what.name, at: int64(n.args[3])}
	if what.path {
		c.path = w.text(n.args[what.argument])
	} else {
		c.path, _ = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", n.pid, n.args[what.argument])) // a file that is not open is none of ours
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.decide == nil || !strings.HasPrefix(c.path, w.folder) {
		return verdict{}
	}
	if c.name != "pwrite64" {
		c.at = 0
	}
	return w.decide(c)
}

// text reads a path in the memory of the process.
func (w *watch) text(address uint64) string {
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", w.pid))
	if err != nil {
		w.t.Errorf("read a path: %v", err)
		return ""
	}
	defer memory.Close()
	buf := make([]byte, 4096)
	n, _ := memory.ReadAt(buf, int64(address)) // the page behind may not be there
	path, _, _ := bytes.Cut(buf[:n], []byte{0})
	return string(path)
}
