package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cresset/store"
)

// A backlog is how the errands stand when somebody scrapes the metrics. With
// several replicas all of them say the same.
type backlog struct {
	db                      store.DB
	now                     func() time.Time
	waiting, parked, oldest *prometheus.Desc
}

func newBacklog(db store.DB, now func() time.Time) *backlog {
	gauge := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("cresset_"+name, help, nil, nil)
	}
	return &backlog{db: db, now: now,
		waiting: gauge("errands_waiting", "Errands that are to be done and do not only wait for the clock, counted up to 1000."),
		parked:  gauge("errands_parked", "Errands that wait for a person: cre status lists them."),
		oldest:  gauge("errand_oldest_seconds", "How long the oldest of the first 1000 of them has waited.")}
}

// Describe implements [prometheus.Collector].
func (b *backlog) Describe(all chan<- *prometheus.Desc) {
	all <- b.waiting
	all <- b.parked
	all <- b.oldest
}

// Collect implements [prometheus.Collector].
func (b *backlog) Collect(all chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var waiting, parked int
	var oldest time.Duration
	err := b.db.View(ctx, func(tx store.Tx) (err error) {
		waiting, oldest = 0, 0
		if parked, err = store.Errands.Count(tx, "parked", nil); err != nil {
			return err
		}
		now := b.now()
		for e, err := range store.Errands.By(tx, "lane", nil, store.Page{Limit: 1000}) {
			if err != nil {
				return err
			}
			if e.Timed() { // they come last
				break
			}
			waiting++
			oldest = max(oldest, now.Sub(e.Left))
		}
		return nil
	})
	if err != nil { // the health check says so; a scrape that fails would hide the rest
		return
	}
	for d, value := range map[*prometheus.Desc]float64{b.waiting: float64(waiting), b.parked: float64(parked), b.oldest: oldest.Seconds()} {
		all <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value)
	}
}
