package bolt

import (
	"log/slog"
	"syscall"
)

// network lists file systems whose locks and maps reach over machines only
// in part: NFS, SMB in three ages, 9p.
var network = map[int64]string{
	0x6969:     "nfs",
	0x517b:     "smb",
	0xff534d42: "cifs",
	0xfe534d42: "smb2",
	0x01021997: "9p",
}

func warnOfNetwork(path string, log *slog.Logger) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return
	}
	if name, ok := network[int64(uint32(s.Type))]; ok {
		log.Warn("the database is on a network file system, where a second cresset or a lost connection can destroy it; use a local disk", "path", path, "filesystem", name)
	}
}
