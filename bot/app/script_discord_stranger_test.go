package app

import (
	"strings"
	"testing"
	"time"

	"cresset/integrations/discord/discordtest"
)

// Commands work where the bot sees nothing: what it would say there for all, it
// says to who asked, in private.
func TestDiscordWhereTheBotSeesNothing(t *testing.T) {
	for name, open := range map[string]func(testing.TB) home{"gateway": newDiscordGatewayHome, "http": newDiscordHTTPHome} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t).(*discordHome)
			h.d.AddPrivateChannel("elsewhere", "eve")
			h.start(&clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
			defer h.stop()
			for _, act := range [][3]string{{"eve", "#elsewhere", "/cre request customer:acme the export is slow"},
				{"ada", "#cre", "/cre take R-1"}, {"ada", "#cre", "/cre done R-1 --told the index was missing"},
				{"eve", "#elsewhere", "/incident declare sev2 checkout returns 500"}} {
				h.say(act[0], act[1], act[2])
				h.settle()
			}
			reads(t, h, h.d.Ephemerals("eve"), "R-1 is filed, 1st in the queue", "INC-1 checkout returns 500 (sev2) is declared")
			reads(t, h, h.d.As("eve").DMs(), "R-1 the export is slow", "is working on R-1", "R-1 is done, 0s after you asked")
			room := h.d.Channel("inc-1-checkout-returns-500")
			if got := strings.Join(h.broughtIn(room), " "); got != "eve" {
				t.Errorf("brought in are %q", got)
			}
			if said := h.d.Messages("elsewhere"); len(said) > 0 {
				t.Errorf("the bot speaks where it sees nothing: %+v", said)
			}
		})
	}
}

// reads holds that somebody reads these texts, and no more.
func reads(t *testing.T, h *discordHome, all []discordtest.Message, want ...string) {
	t.Helper()
	if len(all) != len(want) {
		t.Fatalf("eve reads %d messages, want %q: %+v", len(all), want, all)
	}
	for i, m := range all {
		if text := unmarked(strings.Join(h.entry(m).lines, "\n")); !strings.Contains(text, want[i]) {
			t.Errorf("eve reads %q, want %q", text, want[i])
		}
	}
}
