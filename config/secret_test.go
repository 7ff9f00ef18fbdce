package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"cresset/config"

	"go.yaml.in/yaml/v3"
)

func TestSecretsAreNeverPrinted(t *testing.T) {
	c := parse(t, `
store: postgres://cresset:hunter2@db/cresset
api: {tokens: [{name: ci, token: "${TOKEN}"}]}
integrations: {slack: {bot_token: "${TOKEN}", plain: hunter2}}
`, "TOKEN", "hunter2")
	type private struct{ token config.Secret }
	type section struct {
		Token config.Secret `yaml:"bot_token"`
		Plain config.Secret `yaml:"plain"`
	}
	var s section
	slack, _ := c.Integrations.Find("slack")
	if problems := slack.Decode(&s); len(problems) > 0 || s.Token.Reveal() != "hunter2" {
		t.Fatalf("decode: %v, %q", problems, s.Token.Reveal())
	}
	token := c.API.Tokens[0].Token
	things := map[string]any{"config": c, "value": *c, "token": token, "pointer": &token, "store": c.Store,
		"private": private{token}, "section": s, "raw section": slack, "api": c.API}
	for name, thing := range things {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
			refuseLeak(t, name+" "+verb, fmt.Sprintf(verb, thing))
		}
		data, err := json.Marshal(thing)
		refuseLeak(t, name+" json", fmt.Sprint(string(data), err))
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "thing", thing)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "thing", thing)
		refuseLeak(t, name+" log", log.String())
	}
	data, err := yaml.Marshal(map[string]any{"token": token, "api": c.API, "store": c.Store})
	if err != nil {
		t.Fatal(err)
	}
	refuseLeak(t, "yaml", string(data))
	if c.Store.Reveal() != "postgres://cresset:hunter2@db/cresset" || c.Store.String() != "postgres://cresset:<secret>@db/cresset" {
		t.Errorf("store %s", c.Store)
	}
}

func refuseLeak(t *testing.T, what, text string) {
	t.Helper()
	if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
		t.Errorf("%s gives the secret away: %s", what, text)
	}
}

func TestSecretPrintsAs(t *testing.T) {
	full, empty := config.NewSecret("x"), config.NewSecret("")
	got := fmt.Sprintf("%v|%s|%q|%#v|%d|%v|%q", full, full, full, full, full, empty, empty)
	if want := `<secret>|<secret>|"<secret>"|"<secret>"|<secret>||""`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	data, err := json.Marshal([]config.Secret{full, empty})
	var back []string
	if err != nil || json.Unmarshal(data, &back) != nil || back[0] != "<secret>" || back[1] != "" {
		t.Errorf("json %s, %v", data, err)
	}
	if !full.Matches("x") || full.Matches("y") || empty.Matches("") {
		t.Error("Matches is wrong")
	}
}

func TestWrongValuesFromTheEnvironmentAreNotRepeated(t *testing.T) {
	text := "timezone: ${S}\ncustomers: [{key: \"a ${S}\"}]\nchannels: {incidents: '#${S}'}\nlisten: ${S}\nroles: {admin: [\"${S}\"]}\n" +
		"slos: [{name: ${S}/, customers: [${S}], objective: ${S}, probe: {url: ${S}}}]\n"
	_, err := config.Parse("cresset.yaml", []byte(text), env("S", "hunter2"))
	if err == nil || !strings.Contains(err.Error(), `timezone is "${S}"`) {
		t.Fatalf("got %v", err)
	}
	refuseLeak(t, "problems", err.Error())
}
