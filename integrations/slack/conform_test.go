package slack

import (
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
)

func TestSlackConforms(t *testing.T) {
	chattest.Conform(t, func(t *testing.T) chattest.Subject {
		s := workspace(t)
		return chattest.Subject{Platform: s.platform, Channel: "ops", Now: time.Now(),
			Ada: chat.Person{Platform: name, ID: s.ada.ID, Name: "ada"}, Bob: chat.Person{Platform: name, ID: s.bob.ID, Name: "bob"}}
	})
}
