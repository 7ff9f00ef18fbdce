package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
)

// A model is an OpenAI-compatible server that answers as a test says, and keeps
// what it was sent.
type model struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []string
	answer func(w http.ResponseWriter)
}

func newModel(t *testing.T, answer func(w http.ResponseWriter)) *model {
	m := &model{answer: answer}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		m.mu.Lock()
		m.asked = append(m.asked, string(body))
		m.mu.Unlock()
		m.answer(w)
	}))
	t.Cleanup(m.Close)
	return m
}

func says(content string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		text, _ := json.Marshal(content) // a string
		fmt.Fprintf(w, `{"id":"x","object":"chat.completion","model":"test-model","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":%s}}]}`, text)
	}
}

// draftWith declares, notes and resolves an incident, drafts its postmortem with
// the model, and gives the draft as it stands in the room at the end.
func draftWith(t *testing.T, m *model, flags string) chat.Message {
	t.Helper()
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	platform := chattest.NewMemory("memory", func() time.Time { return now })
	a := openApp(t, fmt.Sprintf("store: bolt:%s\nintegrations: {openai: {api_key: sk-obviously-fake, base_url: %q, model: test-model}}\n",
		filepath.Join(t.TempDir(), "cresset.db"), m.URL+"/v1"), func() time.Time { return now }, platform)
	t.Cleanup(func() { _ = a.Close() })
	ada := chat.Person{Platform: "memory", ID: "ada", Name: "ada"}
	for i, line := range []string{
		"incident declare " + flags + " sev2 checkout returns 500",
		"incident note INC-1 the password=hunter2hunter2 was in the deploy, token xoxb-12345678901-12345678901-abcdefghijklmnopqrstuvwx",
		"incident resolve INC-1 rolled back",
		"postmortem draft INC-1",
	} {
		reply, err := a.Handle(t.Context(), chat.Event{Key: fmt.Sprint("memory:", i), Line: line, By: ada, Place: chat.Place{Platform: "memory", Channel: "C1"}})
		if err != nil || reply.Failed {
			t.Fatalf("%s: %v %v", line, reply.Message.Text, err)
		}
		if err := a.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range platform.Channels() {
		for _, said := range c.Messages {
			if strings.HasPrefix(said.Said.Title, "Postmortem draft") {
				return said.Said
			}
		}
	}
	t.Fatal("there is no draft in the room")
	return chat.Message{}
}

func TestModelDraftsFromEvidence(t *testing.T) {
	m := newModel(t, says(`{"summary": ["Checkout failed for two minutes [T1].", "Aliens did it.", "It ended with a roll-back [T99]."], "contributing_factors": ["A secret was in the deploy [T3]."]}`))
	draft := draftWith(t, m, "")
	text, file := draft.Text.String(), string(draft.Files[0].Content)
	for _, want := range []string{"Checkout failed for two minutes [T1]."} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text+file, "Aliens") || strings.Contains(text+file, "T99") {
		t.Errorf("a sentence without evidence stands in the draft:\n%s", file)
	}
	if !strings.Contains(draft.Footer.String(), "2 sentences without evidence left out") {
		t.Errorf("the draft does not say what it left out: %s", draft.Footer)
	}
	for _, sent := range m.asked {
		for _, secret := range []string{"hunter2", "xoxb-1234", "sk-obviously-fake"} {
			if strings.Contains(sent, secret) {
				t.Errorf("the model was sent %q", secret)
			}
		}
	}
}

func TestDraftStandsWithoutTheModel(t *testing.T) {
	m := newModel(t, func(w http.ResponseWriter) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}`)
	})
	draft := draftWith(t, m, "")
	if !strings.Contains(draft.Footer.String(), "The model did not help") {
		t.Errorf("the draft does not say why there is no prose: %s", draft.Footer)
	}
	if file := string(draft.Files[0].Content); !strings.Contains(file, "checkout returns 500") || !strings.Contains(file, "## Timeline") {
		t.Errorf("the plain draft is not there:\n%s", file)
	}
}

func TestPrivateIncidentsGoToNoModel(t *testing.T) {
	m := newModel(t, says(`{"summary": ["x [T1]."], "contributing_factors": []}`))
	draftWith(t, m, "--private")
	if len(m.asked) > 0 {
		t.Errorf("the model was asked about a private incident: %s", m.asked[0])
	}
}
