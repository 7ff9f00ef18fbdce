package chattest_test

import (
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
)

func TestMemoryConforms(t *testing.T) {
	chattest.Conform(t, func(t *testing.T) chattest.Subject {
		now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
		m := chattest.NewMemory("memory", func() time.Time { return now })
		return chattest.Subject{Platform: m, Channel: "general", Now: now,
			Ada: chat.Person{Platform: "memory", ID: "ada", Name: "ada"}, Bob: chat.Person{Platform: "memory", ID: "bob", Name: "bob"}}
	})
}
