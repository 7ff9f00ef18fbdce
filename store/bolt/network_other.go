//go:build !linux

package bolt

import "log/slog"

// warnOfNetwork knows no file systems here.
func warnOfNetwork(string, *slog.Logger) {}
