package store

import (
	"time"

	"cresset/bot/chat"
)

// An Outage is the time in which a platform takes nothing, while it lasts.
type Outage struct {
	Platform string    `json:"platform"`
	Since    time.Time `json:"since"`
	Told     []Told    `json:"told,omitempty"`
}

// A Told is where the people of an incident heard of an outage.
type Told struct {
	Incident string     `json:"incident"`
	Place    chat.Place `json:"place"`
}

// Outages are the platforms that take nothing now.
var Outages = &Collection[Outage]{
	Name: "outages",
	Key:  func(o *Outage) []byte { return Key(o.Platform) },
}
