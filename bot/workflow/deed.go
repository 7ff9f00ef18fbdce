package workflow

import (
	"strings"

	"cresset/store"
)

// Deed names what an errand does, and where a message goes if that is no number:
// "announcement in #incidents".
func Deed(e *store.Errand) string {
	switch {
	case e.Kind != store.Say:
		return e.Deed()
	case strings.HasPrefix(e.Place.Channel, "#"):
		return e.Deed() + " in " + e.Place.Channel
	case e.Place.Channel == "" && e.Place.Direct != "":
		return e.Deed() + " in private"
	}
	return e.Deed()
}
