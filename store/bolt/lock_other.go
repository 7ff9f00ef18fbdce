//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package bolt

import "os"

// lock relies on the system, which does not rename files that are open.
func lock(path string) (*os.File, error) { return os.Open(path) }

// mayWriteIn would say why we may make no files in a folder; here only trying tells.
func mayWriteIn(string) error { return nil }

// abandon closes a file of which bbolt did not let go.
func abandon(f *os.File) error { return f.Close() }
