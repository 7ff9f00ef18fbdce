package slack

import (
	"errors"
	"testing"

	"cresset/bot/chat"
	"cresset/integrations/probe/guard"
)

// TestMetadataIsNotAsked: neither a setting, nor an address that Slack's answer
// gives for an upload or a socket, leads to a cloud's metadata.
func TestSlackIsNotLedToMetadata(t *testing.T) {
	for _, host := range []string{"169.254.169.254", "[::ffff:a9fe:a9fe]", "100.100.100.200"} {
		p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\napi_url: https://"+host+"/api/\n", Options{Log: logTo(t)})
		_, said := p.Post(t.Context(), chat.Place{Platform: name, Channel: "C1"}, chat.Message{Text: "x"}, "1")
		_, asked := p.whoami(t.Context())
		_, _, dialled := p.dialer().DialContext(t.Context(), "wss://"+host+"/link", nil)
		for what, err := range map[string]error{"api_url": said, "the library": asked, "an upload": p.store(t.Context(), "https://"+host+"/upload", []byte("x")), "a socket": dialled} {
			if !errors.Is(err, guard.ErrRefused) {
				t.Errorf("%s at %s: %v, want it refused", what, host, err)
			}
		}
	}
}
