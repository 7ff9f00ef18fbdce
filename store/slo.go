package store

import (
	"time"

	"cresset/bot/cre"
)

// Standing reads what was measured and evaluates the SLO.
func Standing(tx Tx, slo cre.SLO, now time.Time) (cre.Standing, error) {
	from, _ := slo.Window.Span(now)
	var hours []cre.SLIHour
	after := Page{After: Key(slo.Name, from.UTC().Truncate(time.Hour).Add(-time.Nanosecond))}
	for h, err := range SLIHours.Under(tx, Key(slo.Name), after) {
		if err != nil {
			return cre.Standing{}, err
		}
		hours = append(hours, *h)
	}
	return cre.Evaluate(slo, hours, now), nil
}
