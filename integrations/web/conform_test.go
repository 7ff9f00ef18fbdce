package web

import (
	"testing"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
)

func TestConsoleConforms(t *testing.T) {
	chattest.Conform(t, func(t *testing.T) chattest.Subject {
		b := newBench(t)
		return chattest.Subject{Platform: b.Console, Channel: "general", Now: b.Console.Now(),
			Ada: chat.Person{Platform: Name, ID: "ada", Name: "ada"}, Bob: chat.Person{Platform: Name, ID: "bob", Name: "bob"}}
	})
}
