package slack

import (
	"errors"
	"testing"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// What Slack says of a scope becomes a sentence, also when it does not name it.
func TestAMissingScopeIsASentence(t *testing.T) {
	for needed, want := range map[string]string{
		"pins:write": "the app lacks a scope, pins:write: paste the manifest again and reinstall the app",
		"":           "the app lacks a scope that its manifest lists: paste the manifest again and reinstall the app",
	} {
		var refused *chat.SendError
		if !errors.As(refusal("pins.add", slack.SlackErrorResponse{Err: "missing_scope", Needed: needed}), &refused) || refused.Advice != want {
			t.Errorf("%q: %+v, want %q", needed, refused, want)
		}
	}
}
