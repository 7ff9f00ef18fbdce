package slack

import (
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	for text, want := range map[string][]string{
		"": {"bot_token is missing", "neither app_token nor signing_secret"},
		"bot_token: xoxp-user\napp_token: xoxb-bot\nsigning_secret: '  '\napi_url: http://slack.com/api/": {
			"bot_token does not begin with xoxb-", "app_token does not begin with xapp-", "signing_secret is blank", "in the clear"},
		"bot_token: xoxb-1\nsigning_secret: ''":                                    {"neither app_token nor signing_secret"},
		"bot_token: xoxb-1\napp_token: xapp-1\nbot_tokn: x":                        {"bot_tokn"},
		"bot_token: xoxb-1\napp_token: xapp-1\napi_url: slack":                     {"is not an address"},
		"bot_token: xoxb-1\napp_token: xapp-1":                                     nil,
		"bot_token: xoxb-1\nsigning_secret: s\napi_url: http://127.0.0.1:80/api/":  nil,
		"bot_token: xoxb-1\nsigning_secret: s\napi_url: https://slack-gov.com/api": nil,
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
		if strings.Contains(problems.Error(), "xoxp-user") {
			t.Errorf("%q: the problems tell a token", text)
		}
	}
}
