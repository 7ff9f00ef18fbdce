package app

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what the bot counts of itself.
type metrics struct {
	registry   *prometheus.Registry
	commands   *prometheus.CounterVec
	handled    *prometheus.CounterVec
	errands    *prometheus.CounterVec
	signatures *prometheus.CounterVec
	ended      *prometheus.CounterVec
	unreadable *prometheus.CounterVec
	deliveries *prometheus.CounterVec
}

func newMetrics() *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "cresset", Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry:   prometheus.NewRegistry(),
		commands:   counter("commands_total", "Commands by how they ended: ok, refused, form, again, failed, or busy when there was no place for it.", "command", "outcome"),
		handled:    counter("events_total", "Events by whether they were handled: good, or bad when nothing could be saved.", "result"),
		errands:    counter("errands_total", "Attempts at errands by how they ended: done, retry, failed, parked, or dropped because it came too late.", "kind", "outcome"),
		signatures: counter("bad_signatures_total", "Requests whose signature was wrong, and logins that were refused.", "platform"),
		ended:      counter("platforms_ended_total", "Platforms that ended by themselves, such as Slack when its token was revoked.", "platform"),
		unreadable: counter("unreadable_total", "Deliveries that could not be read. The last ones are kept: cre unreadable shows them.", "platform"),
		deliveries: counter("deliveries_total", "Deliveries to hooks by how they ended: done, refused, ignored because no person wrote it, unreadable, unsaved, or limited.", "hook", "outcome"),
	}
	m.registry.MustRegister(m.commands, m.handled, m.errands, m.signatures, m.ended, m.unreadable, m.deliveries,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handled.WithLabelValues("good")
	m.handled.WithLabelValues("bad")
	return m
}

func (m *metrics) command(name, outcome string) {
	m.commands.WithLabelValues(name, outcome).Inc()
	if outcome == "failed" || outcome == "busy" {
		m.handled.WithLabelValues("bad").Inc()
	} else {
		m.handled.WithLabelValues("good").Inc()
	}
}

func (m *metrics) errand(kind, outcome string) { m.errands.WithLabelValues(kind, outcome).Inc() }

func (m *metrics) badSignature(platform string) { m.signatures.WithLabelValues(platform).Inc() }

func (m *metrics) platformEnded(platform string) { m.ended.WithLabelValues(platform).Inc() }

func (m *metrics) delivery(hook, outcome string) { m.deliveries.WithLabelValues(hook, outcome).Inc() }
