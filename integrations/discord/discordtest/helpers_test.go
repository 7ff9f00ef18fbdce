package discordtest_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"cresset/integrations/discord/discordtest"
)

type obj = map[string]any

// quiet says that a message pings nobody.
var quiet = obj{"parse": []string{}}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %+v, want %+v", what, got, want)
	}
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("there is no sign of %s after 15 seconds", what)
		}
	}
}

// start is a guild with ada and bob in it, and a channel #war.
func start(t *testing.T) (*discordtest.Server, discordtest.Channel) {
	t.Helper()
	d := discordtest.Start(t)
	return d, people(d)
}

func people(d *discordtest.Server) discordtest.Channel {
	d.AddUser("ada")
	d.AddUser("bob")
	return d.AddChannel("war")
}

// reply is what Discord answered.
type reply struct {
	Status int
	Header http.Header
	Body   obj
	List   []any
}

func (r reply) code() int {
	n, _ := r.Body["code"].(float64)
	return int(n)
}

func (r reply) id() string { return fmt.Sprint(r.Body["id"]) }

// app calls Discord with the token.
type app struct {
	t      *testing.T
	d      *discordtest.Server
	client *http.Client
}

func appOf(t *testing.T, d *discordtest.Server) *app { return &app{t, d, http.DefaultClient} }

func (a *app) call(method, path string, body any) reply {
	a.t.Helper()
	content, err := json.Marshal(body)
	ok(a.t, err)
	if body == nil {
		content = nil
	}
	request, err := http.NewRequestWithContext(a.t.Context(), method, a.d.URL+"/api/v10"+path, bytes.NewReader(content))
	ok(a.t, err)
	request.Header.Set("Content-Type", "application/json")
	return a.do(request)
}

func (a *app) do(request *http.Request) reply {
	a.t.Helper()
	request.Header.Set("Authorization", "Bot "+a.d.BotToken)
	response, err := a.client.Do(request)
	ok(a.t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	ok(a.t, err)
	r := reply{Status: response.StatusCode, Header: response.Header}
	if strings.HasPrefix(string(content), "[") {
		ok(a.t, json.Unmarshal(content, &r.List))
	} else if strings.HasPrefix(string(content), "{") {
		ok(a.t, json.Unmarshal(content, &r.Body))
	}
	return r
}

// must is call with a good answer.
func (a *app) must(method, path string, body any) reply {
	a.t.Helper()
	r := a.call(method, path, body)
	if r.Status/100 != 2 {
		a.t.Fatalf("%s %s: %d %v", method, path, r.Status, r.Body)
	}
	return r
}

// refused wants one of Discord's codes, which is no violation that fails the test.
func (a *app) refused(status, code int, method, path string, body any) reply {
	a.t.Helper()
	a.d.AllowViolations()
	r := a.call(method, path, body)
	if r.Status != status || r.code() != code {
		a.t.Fatalf("%s %s: got %d %v, want %d with code %d", method, path, r.Status, r.Body, status, code)
	}
	return r
}

func (a *app) say(channel, content string) string {
	a.t.Helper()
	return a.must("POST", "/channels/"+channel+"/messages", obj{"content": content, "allowed_mentions": quiet}).id()
}

// commands registers commands in the guild.
func (a *app) commands(all ...obj) {
	a.t.Helper()
	a.must("PUT", "/applications/"+a.d.AppID+"/guilds/"+a.d.GuildID+"/commands", all)
}

// interactive is an app that gets signed requests and answers each at once. What
// it does not answer it calls back.
func (a *app) interactive(answer func(in obj) obj) http.Handler {
	key, err := hex.DecodeString(a.d.PublicKey)
	ok(a.t, err)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		signature, _ := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
		if r.URL.Path != "/discord/interactions" ||
			len(signature) != ed25519.SignatureSize || !ed25519.Verify(key, append([]byte(r.Header.Get("X-Signature-Timestamp")), body...), signature) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var in obj
		_ = json.Unmarshal(body, &in)
		said := obj{"type": 1}
		if in["type"] != 1.0 {
			said = answer(in)
		}
		if said == nil {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(said)
	})
}

// data is a part of an interaction.
func data(in obj, path ...string) any {
	var at any = in
	for _, name := range path {
		at = at.(obj)[name]
	}
	return at
}

// recorder is a test that keeps its errors to itself, and ends when it is told to.
type recorder struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(format string, a ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, a...))
}

func (r *recorder) Fatalf(format string, a ...any) {
	r.Errorf(format, a...)
	runtime.Goexit()
}

// ends is what a test says that f ends, nothing when it goes on.
func (r *recorder) ends(f func()) string {
	before := len(r.errors)
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
	return strings.Join(r.errors[before:], "\n")
}

func (r *recorder) end() {
	for _, f := range r.cleanups {
		f()
	}
}
