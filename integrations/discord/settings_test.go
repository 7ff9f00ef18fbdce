package discord

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/integrations/probe/guard"
)

const key32 = "4f1f8d3c2a5b6c7d8e9f00112233445566778899aabbccddeeff001122334455"

const minimal = "bot_token: fake\napplication_id: '100000000000000001'\nguild: '100000000000000002'\n"

func TestSettings(t *testing.T) {
	for text, want := range map[string][]string{
		"": {"bot_token is missing", "application_id is missing", "guild is missing"},
		"bot_token: Bot fake-token\napplication_id: cresset\nguild: home\npublic_key: 00ff\napi_url: http://discord.com/\n": {
			"bot_token has a space in it", "application_id is not an ID", "guild is not an ID", "public_key is not 64 hexadecimal digits", "in the clear"},
		minimal + "public_key: " + key32[:62]:              {"public_key is not 64"}, // 31 bytes would make the verifier panic
		minimal + "public_key: " + strings.Repeat("z", 64): {"public_key is not 64"},
		minimal + "bot_tokn: x":                            {"bot_tokn"},
		minimal + "api_url: discord":                       {"is not an address"},
		minimal + "category: " + strings.Repeat("x", 81):   {"longer than 80"},
		minimal:                          nil,
		minimal + "public_key: " + key32: nil,
		minimal + "api_url: http://127.0.0.1:80/":                                        nil,
		"bot_token: fake\napplication_id: 100000000000000001\nguild: 100000000000000002": nil, // numbers without quotes
	} {
		p, problems := Open(section(t, text), vocabulary, Options{})
		if len(problems) != len(want) || (p == nil) != (len(want) > 0) {
			t.Errorf("%q: %v, want %d problems", text, problems, len(want))
			continue
		}
		for _, w := range want {
			if !strings.Contains(problems.Error(), w) {
				t.Errorf("%q: %v, want %q", text, problems, w)
			}
		}
		if strings.Contains(problems.Error(), "fake-token") {
			t.Errorf("%q: the problems tell a token", text)
		}
	}
}

// TestDiscordIsNotLedToMetadata: neither a setting nor the address that Discord's
// answer gives for the gateway leads to a cloud's metadata.
func TestDiscordIsNotLedToMetadata(t *testing.T) {
	for _, host := range []string{"169.254.169.254", "[::ffff:a9fe:a9fe]", "100.100.100.200"} {
		p := open(t, minimal+"api_url: https://"+host+"/\n", Options{Log: logTo(t)})
		_, said := p.Post(t.Context(), chat.Place{Platform: name, Channel: "100000000000000003"}, chat.Message{Text: "x"}, "1")
		_, dialled := p.dial(t.Context(), "wss://"+host+"/")
		for what, err := range map[string]error{"a call": said, "the gateway": dialled} {
			if !errors.Is(err, guard.ErrRefused) {
				t.Errorf("%s at %s: %v, want it refused", what, host, err)
			}
		}
	}
}

func TestRedirectsOfDiscordAreNotFollowed(t *testing.T) {
	var led bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { led = true }))
	defer elsewhere.Close()
	discord := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer discord.Close()
	p := open(t, minimal+"api_url: "+discord.URL, Options{Log: logTo(t)})
	if _, err := p.whoami(t.Context()); err == nil || passing(err) || led {
		t.Errorf("a redirect gave %v, followed: %v", err, led)
	}
}

func TestGatewaysAreEncryptedBeyondThisMachine(t *testing.T) {
	p := open(t, minimal, Options{Log: logTo(t)})
	for _, address := range []string{"ws://gateway.discord.example/", "http://gateway.discord.example/", "ws://localhost.example/"} {
		if _, err := p.dial(t.Context(), address); err == nil || !strings.Contains(err.Error(), "not encrypted") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
