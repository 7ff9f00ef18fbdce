package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/config"
	"cresset/integrations/github"
	"cresset/integrations/gitlab"
	"cresset/integrations/jira"
	"cresset/integrations/openai"
	"cresset/integrations/prometheus"
	"cresset/integrations/slack"
	"cresset/integrations/slack/slacktest"
	"cresset/integrations/web"
	"cresset/store"
	"cresset/store/bolt"
)

// TestSettingsThatSoundSecretAreSecret: a setting whose name or documentation
// speaks of a token, a key or a password prints as <secret>, or stands here with
// the reason why it may be seen.
func TestSettingsThatSoundSecretAreSecret(t *testing.T) {
	open := map[string]string{"config.Customer.key": "names a customer"}
	sounds := regexp.MustCompile(`(?i)token|secret|passw|(^|_)key`)
	secret := reflect.TypeFor[config.Secret]()
	seen := map[reflect.Type]bool{}
	found := 0
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || typ == secret {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			if f.Type == secret {
				found++
			} else if f.Type.Kind() == reflect.String && sounds.MatchString(name) && open[typ.String()+"."+name] == "" {
				t.Errorf("%s.%s sounds secret and is a %s", typ, name, f.Type)
			}
			walk(f.Type)
		}
	}
	for _, settings := range []any{config.Config{}, slack.Settings{}, web.Settings{}, prometheus.Settings{}, openai.Settings{},
		github.Settings{}, gitlab.Settings{}, jira.Settings{}} {
		walk(reflect.TypeOf(settings))
	}
	if found < 10 {
		t.Errorf("%d secrets were found, there are more", found)
	}
}

// secrets are what the configuration of TestSecretsAreNowhere holds.
var secrets = map[string]string{"BOT": "xoxb-canary-of-the-bot", "APP": "xapp-canary-of-the-app", "SIGN": "canary-of-the-signature", "API": "canary-of-the-api",
	"MODEL": "canary-of-the-model", "PROM": "canary-of-prometheus"}

// TestSecretsAreNowhere: with everything configured and everything failing, no
// output has a secret in it.
func TestSecretsAreNowhere(t *testing.T) {
	ws := slacktest.Start(t)
	ws.AllowProblems()
	text := fmt.Sprintf(`
store: bolt:%s
api: {tokens: [{name: ci, token: "${API}", role: admin}]}
integrations:
  slack: {bot_token: "${BOT}", app_token: "${APP}", signing_secret: "${SIGN}", api_url: "%s/api/"}
  openai: {api_key: "${MODEL}", model: m, base_url: "http://127.0.0.1:1/v1"}
  prometheus: [{url: "http://127.0.0.1:1", token: "${PROM}"}]
`, filepath.Join(t.TempDir(), "cresset.db"), ws.URL)
	c, err := config.Parse("cresset.yaml", []byte(text), func(name string) (string, bool) { s, ok := secrets[name]; return s, ok })
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	platform := chattest.NewMemory("memory", time.Now)
	a, err := Open(Options{Config: c, Log: log, Platforms: []chat.Platform{platform}})
	if err != nil {
		t.Fatal(err)
	}
	log.Info("everything", "config", c, "app", fmt.Sprintf("%+v %#v", c, c), "tokens", a.tokens)
	for i, line := range []string{"incident declare sev2 down", "incident resolve INC-1", "postmortem draft INC-1", "cre status"} {
		reply, err := a.Handle(t.Context(), chat.Event{Key: fmt.Sprint("memory:", i), Line: line, By: chat.Person{Platform: "memory", ID: "ada"}})
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(spelled(reply))
		if err := a.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for name, p := range a.platforms {
		if name != "slack" {
			continue
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		fmt.Fprintln(&out, "slack ended:", p.Run(ctx, a.Handle)) // its tokens are not the workspace's
		cancel()
	}
	for _, part := range a.parts {
		fmt.Fprintf(&out, "%+v\n", findings(t.Context(), part.Does, a.rules.SLOs))
	}
	s := &search{t: t, home: &memorySearched{memoryHome: &memoryHome{t: t, app: a, platform: platform}}}
	for _, path := range []string{"/readyz", "/healthz", "/metrics", "/api/v1/incidents", "/outbox"} {
		_, page := s.get(path, nil)
		out.WriteString(page)
	}
	out.WriteString(spelled(platform.Channels()))
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	for name, secret := range secrets {
		if at := strings.Index(out.String(), secret); at >= 0 {
			t.Errorf("%s is told: …%s…", name, out.String()[max(0, at-200):at])
		}
	}
	if !strings.Contains(out.String(), "slack ended:") || !strings.Contains(out.String(), "cannot be reached") {
		t.Errorf("nothing failed, so nothing was seen:\n%s", &out)
	}
}

// TestFilesAreTheOwners: whatever the umask, nobody else reads what is kept.
func TestFilesAreTheOwners(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := t.TempDir()
	a := openApp(t, "store: bolt:"+filepath.Join(dir, "cresset.db")+"\nintegrations: {console: {}}\n", time.Now)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		if info, err := d.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", path, info.Mode(), err)
		}
		return nil
	})
	if err != nil || files < 2 {
		t.Errorf("%d files, want the store and the token; %v", files, err)
	}
}

// TestSecretFileThatOthersMayReadIsRefused names the file and says what to do.
func TestSecretFileThatOthersMayReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("xoxb-canary"), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, refused := range map[fs.FileMode]bool{0o600: false, 0o640: false, 0o604: true, 0o644: true, 0o666: true} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := config.Parse("cresset.yaml", []byte("api: {tokens: [{name: ci, role: admin, token: \"${file:"+path+"}\"}]}\n"), os.LookupEnv)
		if (err != nil) != refused || refused && (!strings.Contains(err.Error(), "chmod 600 "+path) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

// TestDoctorNamesTheAlteredLine: who edits, takes out or swaps lines of the audit
// while the bot does not run is found out, by the number of the line.
func TestDoctorNamesTheAlteredLine(t *testing.T) {
	for name, c := range map[string]struct {
		alter func(store.Tx, []store.Act) error
		want  string
	}{
		"untouched": {func(store.Tx, []store.Act) error { return nil }, "is sound"},
		"edited": {func(tx store.Tx, all []store.Act) error {
			all[1].Line = "incident list"
			return store.Audit.Put(tx, &all[1])
		}, "audit line 2 "},
		"taken out": {func(tx store.Tx, _ []store.Act) error { return store.Audit.Delete(tx, store.Key(uint64(3))) }, "audit line 4 "},
		"the first": {func(tx store.Tx, _ []store.Act) error { return store.Audit.Delete(tx, store.Key(uint64(1))) }, "audit line 2 "},
		"swapped": {func(tx store.Tx, all []store.Act) error {
			all[2].N, all[3].N = all[3].N, all[2].N
			return errors.Join(store.Audit.Put(tx, &all[2]), store.Audit.Put(tx, &all[3]))
		}, "audit line 3 "},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cresset.db")
			audited(t, path)
			altered(t, path, c.alter)
			var out bytes.Buffer
			file := filepath.Join(t.TempDir(), "cresset.yaml")
			if err := os.WriteFile(file, []byte("store: bolt:"+path+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			e := Environment{Out: &out, Err: &out, Log: testLog(t), Getenv: func(string) (string, bool) { return "", false }, ConfigPath: file}
			err := e.Doctor(t.Context())
			if !strings.Contains(out.String(), c.want) || (err != nil) != (name != "untouched") {
				t.Errorf("doctor says %q, %v; want %q", out.String(), err, c.want)
			}
		})
	}
}

// audited makes a state with five lines of audit.
func audited(t *testing.T, path string) {
	t.Helper()
	a := openApp(t, "store: bolt:"+path+"\nintegrations: {console: {}}\n", time.Now)
	for i := range 5 {
		if _, err := a.Handle(t.Context(), chat.Event{Key: fmt.Sprint("console:", i), Line: fmt.Sprint("incident declare trouble ", i), By: chat.Person{Platform: "console", ID: "ada"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

func altered(t *testing.T, path string, alter func(store.Tx, []store.Act) error) {
	t.Helper()
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx store.Tx) error {
		var all []store.Act
		for a, err := range store.Audit.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			all = append(all, *a)
		}
		return alter(tx, all)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
