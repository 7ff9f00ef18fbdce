package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/config"
)

// FuzzSchedule: a schedule of the file is refused with its place, or it comes:
// always later than now, and at most some years away.
func FuzzSchedule(f *testing.F) {
	for _, s := range []string{"0 9 * * MON-FRI", "@daily", "@every 1s", "@every 0s", "*/0 * * * *", "0 0 30 2 *", "0 0 31 4,6 *", "0 0 29 2 *", "TZ=Europe/Paris 0 9 * * *", "CRON_TZ=X/Y 0 9 * * *", "60 24 32 13 8", "1-0 * * * *", "* * * * *", "@reboot", "0 2 29 3 *", "0-59/61 * * * *", "0 9 L * *"} {
		f.Add(s, "Europe/Paris", int64(1774742400))
	}
	f.Fuzz(func(t *testing.T, schedule, zone string, at int64) {
		if strings.ContainsAny(schedule+zone, "\"\\\n\r$") {
			return // YAML's business
		}
		c, err := config.Parse("cresset.yaml", fmt.Appendf(nil, "digests: [{name: d, schedule: \"%s\", timezone: \"%s\"}]\n", schedule, zone), func(string) (string, bool) { return "", false })
		if err != nil {
			return
		}
		s, problems := settingsOf(c)
		if len(problems) > 0 {
			if p := problems[0]; p.Line != 1 || !strings.Contains(p.Path, "schedule") {
				t.Errorf("%q: %v", schedule, problems)
			}
			return
		}
		for _, d := range s.Digests {
			now := time.Unix(at%4e9, 0)
			for range 5 {
				next := d.Next(now)
				if next.IsZero() {
					return // as far as the library looks, which is five years
				}
				if !next.After(now) || next.Sub(now) > 9*366*24*time.Hour {
					t.Fatalf("%q after %s comes at %s", schedule, now, next)
				}
				now = next
			}
		}
	})
}
