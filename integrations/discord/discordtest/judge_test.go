package discordtest_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/integrations/discord/discordtest"
	"cresset/integrations/npmtest"
)

// judge is an app of discord.js's own packages, and what it has told.
type judge struct {
	mu   sync.Mutex
	told []string
}

func (j *judge) count(what string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for _, line := range j.told {
		if strings.HasPrefix(line, what) {
			n++
		}
	}
	return n
}

func (j *judge) all() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.told)
}

// runJudge starts testdata/judge/app.js and waits until it is connected. Its Node
// comes from npm too, since distributions have older ones.
func runJudge(t *testing.T, d *discordtest.Server) *judge {
	t.Helper()
	dir := npmtest.Installed(t, os.DirFS("testdata/judge"))
	ctx, cancel := context.WithCancel(context.Background())
	node := exec.CommandContext(ctx, filepath.Join(dir, "node_modules", ".bin", "node"), "app.js")
	node.Dir = dir
	node.Env = append(os.Environ(), "DISCORD_URL="+d.URL, "DISCORD_TOKEN="+d.BotToken, "DISCORD_APP="+d.AppID, "DISCORD_GUILD="+d.GuildID)
	node.Stderr = t.Output()
	out, err := node.StdoutPipe()
	ok(t, err)
	ok(t, node.Start())
	j := &judge{}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			j.mu.Lock()
			j.told = append(j.told, lines.Text())
			j.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-read
		_ = node.Wait() // it was killed
		if t.Failed() {
			t.Logf("the app told: %q", j.all())
		}
	})
	d.AwaitConnections(1)
	return j
}

func (j *judge) tells(t *testing.T, what string, times int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d times %q", times, what), func() bool { return j.count(what) >= times })
}

func last(d *discordtest.Server, channel string) string {
	all := d.Messages(channel)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1].Content
}

// The packages that discord.js is made of believe the REST API.
func TestDiscordjsREST(t *testing.T) {
	d, _ := start(t)
	d.AllowViolations() // it is told to say too much
	j := runJudge(t, d)
	j.tells(t, "ready cresset", 1)
	j.tells(t, "guild general,war 4", 1)
	ada := d.As("ada")

	d.Limit(posting, 2, 300*time.Millisecond)
	ada.Message("war", "count")
	eventually(t, "five messages", func() bool { return len(d.Messages("war")) == 6 })
	for _, call := range d.CallsOf(posting) {
		equal(t, "status", call.Status, 200)
	}
	d.RateLimit(posting, 1, 200*time.Millisecond)
	ada.Message("war", "ping 1")
	eventually(t, "the message after a limit", func() bool { return last(d, "war") == "pong 1" })
	d.BreakDown(posting, 502, 1)
	ada.Message("war", "ping 2")
	eventually(t, "the message after a failure", func() bool { return last(d, "war") == "pong 2" })

	ada.Message("war", "chart")
	eventually(t, "a chart", func() bool { return last(d, "war") == "Here." })
	file := d.Messages("war")[len(d.Messages("war"))-1].Attachments[0]
	equal(t, "file", file.Filename+" "+file.Description+" "+string(file.Content), "chart.png errors by minute PNG")

	ada.Message("war", "fail")
	j.tells(t, "refused 404 10003 Unknown Channel", 1)
	j.tells(t, "refused 400 50035 Invalid Form Body content[BASE_TYPE_MAX_LENGTH]: Must be 2000 or fewer in length.", 1)

	equal(t, "answer", ada.Slash("war", "/incident title:checkout").Message.Content, "Heard.")
	eventually(t, "what follows", func() bool { return last(d, "war") == "And later." })
	ada.Message("war", "card")
	eventually(t, "a card", func() bool { return len(d.Messages("war")[len(d.Messages("war"))-1].Components) == 1 })
	id := d.Messages("war")[len(d.Messages("war"))-1].ID
	equal(t, "taken by", ada.Click("war", id, "Take it").Edited.Components[0].Components[0].Content, "ada")
	ada.React("war", id, "📌")
	j.tells(t, "reaction 📌 by ada", 1)
	equal(t, "failures", j.count("failed"), 0)
}

// They hold their session through every way of losing it, and miss nothing.
func TestDiscordjsGateway(t *testing.T) {
	d, _ := start(t)
	d.HeartbeatEvery(500 * time.Millisecond)
	j := runJudge(t, d)
	ada := d.As("ada")
	asked := 0
	answered := func(t *testing.T) {
		t.Helper()
		asked++
		ada.Message("war", fmt.Sprint("ping ", asked))
		eventually(t, "an answer", func() bool { return last(d, "war") == fmt.Sprint("pong ", asked) })
	}
	answered(t)
	eventually(t, "heartbeats", func() bool { return d.Heartbeats() >= 2 })
	for name, lose := range map[string]func(){
		"closed by Discord":          d.Drop,
		"cut":                        d.DropWithoutClose,
		"asked to reconnect (op 7)":  d.Reconnect,
		"invalid, resumable (op 9)":  func() { d.Invalidate(true) },
		"dead":                       d.Mute,
		"an unknown error (4000)":    func() { d.Close(4000) },
		"an unreadable frame (4002)": func() { d.Close(4002) },
	} {
		resumes := d.Resumes()
		lose()
		answered(t) // asked while nobody listens
		eventually(t, name+": a resume", func() bool { return d.Resumes() == resumes+1 })
		equal(t, name+": identifies", d.Identifies(), 1)
	}
	j.tells(t, "resumed", 7)

	d.Invalidate(false)
	eventually(t, "a new session", func() bool { return d.Identifies() == 2 && d.Connections() == 1 })
	answered(t)
	d.Close(4007)
	eventually(t, "a new session after a bad sequence", func() bool { return d.Identifies() == 3 && d.Connections() == 1 })
	answered(t)
	d.Close(4014)
	j.tells(t, "error Used disallowed intents", 1)
	equal(t, "failures", j.count("failed"), 0)
}
