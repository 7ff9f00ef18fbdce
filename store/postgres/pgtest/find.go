//go:build unix

package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// findPrograms looks where Debian keeps the newest server, then on the PATH.
func findPrograms() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err == nil && len(found) > 0 {
		return filepath.Dir(slices.Max(found)), nil
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(initdb), nil
	}
	return "", errors.New("there is no PostgreSQL here, and these tests start their own server. On Debian and Ubuntu: apt-get install postgresql")
}

// command is a program as whoever may run PostgreSQL, which root may not.
func (s *Server) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Dir = "/"
	if id, ok := other(); ok {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &id}
	}
	return cmd
}

// Own gives a file to whoever runs the servers.
func Own(path string) error {
	if id, ok := other(); ok {
		return os.Chown(path, int(id.Uid), int(id.Gid))
	}
	return nil
}

// other is whom to be instead of root.
func other() (id syscall.Credential, ok bool) {
	if os.Getuid() != 0 {
		return id, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err == nil && err2 == nil {
			return syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, true
		}
	}
	return id, false
}
