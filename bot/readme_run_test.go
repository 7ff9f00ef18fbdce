package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"cresset/integrations/discord/discordtest"
	"cresset/integrations/slack/slacktest"
)

// A reader follows a document, line by line, in a fresh copy of the sources with
// an empty home.
type reader struct {
	t       *testing.T
	text    string
	dir     string
	address string
	env     []string
	bot     *process
}

// Every line of every block of the README is either done here as written, or
// listed with what else is held about it. A line that is neither fails.
func TestTheReadmeIsFollowed(t *testing.T) {
	r := newReader(t, "README.md")
	lines := map[string]func(line string){
		"git clone REPOSITORY cresset && cd cresset": r.hasSources,
		"go run ./bot":                r.startsAndWorks,
		"go run ./bot manifest slack": r.printsManifest,
		"export SLACK_BOT_TOKEN=xoxb-... SLACK_APP_TOKEN=xapp-...": r.setsTokens,
		"go run ./bot -config cresset.yaml check":                  r.isRight,
		"go run ./bot manifest discord":                            r.printsInvitation,
		"export DISCORD_BOT_TOKEN=...":                             r.setsDiscord,
		"go run ./bot -config discord.yaml check":                  r.isRight,
		"go run ./bot -config discord.yaml":                        r.startsReady,
		"go run ./bot -config cresset.yaml":                        r.startsReady,
		"go build -o cresset ./bot":                                r.does,
		"./cresset health":                                         r.doesWhileItRuns,
		"./cresset say 'incident list'":                            r.doesWhileItRuns,
		"./cresset backup cresset.backup":                          r.doesWhileItRuns,
		"./cresset doctor":                                         r.doesWhileItRests,
		"./cresset restore cresset.backup":                         r.doesWhileItRests,
		"make test":                                                r.isTarget,
		"make bench":                                               r.isTarget,
		"make torture":                                             r.isTarget,
	}
	for _, line := range strings.Split(blocks(r.text, "sh"), "\n") {
		do, ok := lines[line]
		switch {
		case ok:
			do(line)
			delete(lines, line)
		case strings.HasPrefix(line, "docker "): // TestDockerfile and TestConfigurationsOfTheReadme
		case line != "":
			t.Errorf("the README says %q, which nothing tries", line)
		}
	}
	for line := range lines {
		t.Errorf("the README no longer says %q", line)
	}
}

// newReader copies what git would: no state, no caches. The module cache and
// the build cache are those of the tests, and nothing is downloaded.
func newReader(t *testing.T, document string) *reader {
	r := &reader{t: t, text: read(t, document), dir: t.TempDir(), address: freeAddress(t)}
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel("..", file)
		to := filepath.Join(r.dir, name)
		switch {
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(to, 0o755)
		case strings.HasPrefix(name, "cresset") || !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	r.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GOPROXY=off", "CRESSET_LISTEN=" + r.address, "CRESSET_URL=http://" + r.address}
	for _, name := range []string{"GOMODCACHE", "GOCACHE", "GOFLAGS"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		r.env = append(r.env, name+"="+strings.TrimSpace(string(value)))
	}
	return r
}

// command is a line as a shell takes it.
func (r *reader) command(line string) *exec.Cmd {
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env = r.dir, r.env
	return cmd
}

func (r *reader) start(line string) {
	r.t.Helper()
	r.rest()
	r.bot = startCommand(r.t, "http://"+r.address, r.command("exec "+line)) // so that the shell is not what Ctrl-C ends
}

// rest ends the bot as Ctrl-C does. After it, `go run` itself exits with 1
// whatever the bot does.
func (r *reader) rest() {
	r.t.Helper()
	if r.bot == nil {
		return
	}
	viaGo := strings.Contains(r.bot.cmd.String(), "go run")
	if code := r.bot.stop(syscall.SIGINT); code != 0 && !(viaGo && code == 1) {
		r.t.Errorf("after Ctrl-C: exit %d, said\n%s", code, r.bot.said())
	}
	r.bot = nil
}

func (r *reader) does(line string) {
	r.t.Helper()
	if said, err := r.command(line).CombinedOutput(); err != nil {
		r.t.Errorf("%s: %v\n%s", line, err, said)
	}
}

func (r *reader) doesWhileItRuns(line string) {
	r.t.Helper()
	if r.bot == nil {
		r.start("./cresset")
	}
	r.does(line)
}

func (r *reader) doesWhileItRests(line string) {
	r.t.Helper()
	r.rest()
	r.does(line)
}

func (r *reader) isTarget(line string) {
	target, _ := strings.CutPrefix(line, "make ")
	if !strings.Contains("\n"+read(r.t, "Makefile"), "\n"+target+":") {
		r.t.Errorf("the Makefile has no target %s", target)
	}
}

func (r *reader) hasSources(string) {
	if _, err := os.Stat(filepath.Join(r.dir, "go.mod")); err != nil {
		r.t.Error(err)
	}
}

func (r *reader) startsAndWorks(line string) {
	r.start(line)
	for _, m := range regexp.MustCompile("(?m)^\\| `(/[\\w/]*)` \\|").FindAllStringSubmatch(r.text, -1) {
		want := http.StatusOK
		switch {
		case m[1] == "/api/v1/commands", m[1] == "/hooks/NAME":
			want = http.StatusMethodNotAllowed // they take a POST
		case strings.HasPrefix(m[1], "/api/"):
			want = http.StatusUnauthorized
		}
		if code, text := r.get(m[1]); code != want {
			r.t.Errorf("%s answered %d, want %d: %.300s", m[1], code, want, text)
		}
	}
	r.firstFiveMinutes()
}

// firstFiveMinutes types what the README says to type, where it says so.
func (r *reader) firstFiveMinutes() {
	const room = "inc-1-checkout-returns-500"
	_, minutes, _ := strings.Cut(r.text, "### The first five minutes")
	minutes, _, _ = strings.Cut(minutes, "\n## ")
	typed := regexp.MustCompile("`/([^`]+)`").FindAllStringSubmatch(minutes, -1)
	if len(typed) < 6 {
		r.t.Fatalf("the first five minutes are %q", typed)
	}
	for i, m := range typed {
		channel := "general"
		if i > 0 && !strings.HasPrefix(m[1], "cre") && !strings.HasPrefix(m[1], "slo") {
			channel = room
		}
		r.say(i, channel, "/"+m[1])
		if i == 0 {
			r.shows("/c/"+room, "Next update", "pinned")
		}
	}
	r.shows("/c/"+room, "rolling back the deploy", "Postmortem draft: INC-1")
	r.shows("/c/incidents", "resolved")
	r.shows("/c/cre", "R-1")
	r.shows("/c/general", "Reliability digest", "chart.png")
}

// say types a line into the console.
func (r *reader) say(n int, channel, text string) {
	resp, err := http.PostForm(r.bot.url+"/say", url.Values{"key": {fmt.Sprintf("readme-%04d", n)}, "channel": {channel}, "text": {text}})
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Error, Notice string
		Failed        bool
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Error != "" || answer.Failed {
		r.t.Errorf("%s in #%s was answered %s %+v (%v)", text, channel, resp.Status, answer, err)
	}
}

// shows waits a little until a page has all of the texts.
func (r *reader) shows(path string, wants ...string) {
	r.t.Helper()
	var text, missing string
	for range 100 {
		_, text = r.get(path)
		missing = ""
		for _, want := range wants {
			if !strings.Contains(text, want) {
				missing = want
			}
		}
		if missing == "" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	r.t.Errorf("%s does not show %q:\n%s", path, missing, text)
}

func (r *reader) get(path string) (int, string) {
	resp, err := http.Get(r.bot.url + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (r *reader) printsManifest(line string) {
	r.rest()
	said, err := r.command(line).Output()
	var manifest struct {
		Features struct {
			SlashCommands []any `json:"slash_commands"`
		} `json:"features"`
	}
	if err := json.Unmarshal(said, &manifest); err != nil || len(manifest.Features.SlashCommands) == 0 {
		r.t.Errorf("%s printed no manifest (%v):\n%s", line, err, said)
	}
	if err != nil {
		r.t.Error(err)
	}
}

// setsTokens puts a workspace behind the README's configuration: the same file,
// with an address of ours and of the fake.
func (r *reader) setsTokens(line string) {
	ws := slacktest.Start(r.t)
	ws.AddUser("ada")
	for _, channel := range []string{"incidents", "cre", "reliability"} {
		ws.AddChannel(channel, "ada", "cresset")
	}
	for name, token := range map[string]string{"SLACK_BOT_TOKEN": ws.BotToken, "SLACK_APP_TOKEN": ws.AppToken} {
		if !strings.Contains(line, name+"="+token[:5]) {
			r.t.Errorf("the README does not set %s", name)
		}
		r.env = append(r.env, name+"="+token)
	}
	yaml, _, _ := strings.Cut(blocks(r.text, "yaml"), "\n\n")
	write(r.t, r.dir, "cresset.yaml", "listen: "+r.address+"\n"+yaml+"\n    api_url: "+ws.URL+"/api/\n")
}

func (r *reader) printsInvitation(line string) {
	r.rest()
	said, err := r.command(line).Output()
	if err != nil || !strings.Contains(string(said), "https://discord.com/oauth2/authorize?client_id=") || !strings.Contains(string(said), "/incident") {
		r.t.Errorf("%s printed no way to create the app (%v):\n%s", line, err, said)
	}
}

// setsDiscord puts a server behind the README's second configuration: the same
// file, with an address of ours and the IDs and the address of the fake.
func (r *reader) setsDiscord(string) {
	d := discordtest.Start(r.t)
	for _, channel := range []string{"incidents", "cre", "reliability"} {
		d.AddChannel(channel)
	}
	r.env = append(r.env, "DISCORD_BOT_TOKEN="+d.BotToken)
	yaml := strings.NewReplacer("100000000000000001", d.AppID, "100000000000000002", d.GuildID).Replace(strings.Split(blocks(r.text, "yaml"), "\n\n")[1])
	write(r.t, r.dir, "discord.yaml", "listen: "+r.address+"\n"+yaml+"\n    api_url: "+d.URL+"\n")
}

func (r *reader) isRight(line string) {
	said, err := r.command(line).CombinedOutput()
	if err != nil || strings.Contains(string(said), "NO ") || !strings.Contains(string(said), "channel #incidents") {
		r.t.Errorf("%s: %v\n%s", line, err, said)
	}
}

func (r *reader) startsReady(line string) {
	r.start(line)
	r.shows("/readyz", `{"ok":true}`)
	r.rest()
}

// The configurations of the README are right.
func TestConfigurationsOfTheReadme(t *testing.T) {
	all := strings.Split(blocks(read(t, "README.md"), "yaml"), "\n\n")
	if len(all) != 6 {
		t.Fatalf("there are %d configurations", len(all))
	}
	_, port, _ := strings.Cut(freeAddress(t), ":")
	dir := t.TempDir()
	write(t, dir, "postgres.yaml", strings.Replace(all[5], "@db1,db2/", "@127.0.0.1:1,127.0.0.1:2/", 1))
	doctor := inFolder(dir, []string{"CRESSET_CONFIG=postgres.yaml", "PGPASSWORD=obviously-fake"}, cresset, "doctor")
	said, _ := doctor.CombinedOutput() // it fails: nobody is there
	if doctor.ProcessState.ExitCode() != 1 || !strings.Contains(string(said), "127.0.0.1:1") || strings.Contains(string(said), "obviously-fake") {
		t.Errorf("doctor on a PostgreSQL that is not there: exit %d, said %s", doctor.ProcessState.ExitCode(), said)
	}
	address := freeAddress(t)
	write(t, dir, "handoff.yaml", "listen: "+address+"\nstore: bolt:handoff.db\n"+all[2])
	startCommand(t, "http://"+address, inFolder(dir, []string{"CRESSET_CONFIG=handoff.yaml", "GITHUB_TOKEN=obviously-fake"}, cresset))
	write(t, dir, "listening.yaml", all[3])
	manifest, err := inFolder(dir, []string{"CRESSET_CONFIG=listening.yaml"}, cresset, "manifest", "slack").CombinedOutput()
	if err != nil || !strings.Contains(string(manifest), "message.channels") {
		t.Errorf("the manifest of a bot that listens: %v, said %s", err, manifest)
	}
	write(t, dir, "cresset.yaml", strings.Replace(all[4], ":8737", ":"+port, 1))
	inside := []string{"CRESSET_CONFIG=cresset.yaml", "ADA_SECRET=obviously-fake"}
	bot := startCommand(t, "http://0.0.0.0:"+port, inFolder(dir, inside, cresset))
	if said, err := inFolder(dir, inside, cresset, "health").CombinedOutput(); err != nil {
		t.Errorf("health: %v, said %s; the bot said\n%s", err, said, bot.said())
	}
}

// blocks is what stands in the fenced blocks of a language, one empty line
// between them.
func blocks(text, language string) string {
	var all []string
	for _, m := range regexp.MustCompile("(?ms)^( *)```"+language+"\n(.*?)^ *```$").FindAllStringSubmatch(text, -1) {
		block := strings.TrimSpace(m[2])
		all = append(all, strings.ReplaceAll(block, "\n"+m[1], "\n"))
	}
	return strings.Join(all, "\n\n")
}
