package cre

import (
	"slices"
	"strings"
)

// Impact is how much the customer is held up.
type Impact string

const (
	Low      Impact = "low"
	Medium   Impact = "medium"
	High     Impact = "high"
	Critical Impact = "critical"
)

var impacts = []Impact{Low, Medium, High, Critical}

// UnmarshalText reads low, medium, high or critical.
func (i *Impact) UnmarshalText(text []byte) error {
	v := Impact(strings.ToLower(strings.TrimSpace(string(text))))
	if v != "" && !slices.Contains(impacts, v) {
		return Errorf(Invalid, "An impact is `low`, `medium`, `high` or `critical`, not %s.", string(text)).About("impact")
	}
	*i = v
	return nil
}

// Choices are the words offered where one is asked for.
func (i Impact) Choices() []string { return []string{"low", "medium", "high", "critical"} }

// Level is 0 for none that is known, and 1 to 4.
func (i Impact) Level() int { return slices.Index(impacts, i) + 1 }

// Means says the impact in words for who files a request.
func (i Impact) Means() string {
	switch i {
	case Low:
		return "nobody is held up"
	case Medium:
		return "there is a way around it"
	case High:
		return "some of their people cannot work"
	case Critical:
		return "the customer cannot continue"
	}
	return ""
}
