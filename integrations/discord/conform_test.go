package discord

import (
	"testing"
	"time"

	"cresset/bot/chat/chattest"
)

func TestDiscordConforms(t *testing.T) {
	chattest.Conform(t, func(t *testing.T) chattest.Subject {
		s := server(t)
		return chattest.Subject{Platform: s.platform, Channel: "ops", Now: time.Now(), Ada: person(s.ada), Bob: person(s.bob)}
	})
}
