package config

import (
	"fmt"
	"regexp"
)

const (
	shortestProbe = 5 * second // asking more often is load, not measuring
	metricHint    = "write its name alone, such as http_request_duration_seconds"
)

var metricName = regexp.MustCompile(`^[A-Za-z_:][A-Za-z0-9_:]*$`)

func (k *checker) slos() {
	names := unique{}
	for i, s := range k.config.SLOs {
		path := fmt.Sprintf("slos[%d]", i)
		k.named(path+".name", s.Name, names)
		k.slo(path, s)
	}
}

func (k *checker) slo(path string, s SLO) {
	for i, key := range s.Customers {
		k.customerExists(fmt.Sprintf("%s.customers[%d]", path, i), key)
	}
	indicators := 0
	if s.Probe != nil {
		indicators++
		k.probe(path+".probe", *s.Probe)
	}
	if s.Ratio != nil {
		indicators++
		k.ratio(path+".ratio", *s.Ratio)
	}
	if s.Latency != nil {
		indicators++
		k.latency(path+".latency", *s.Latency)
	}
	if indicators != 1 {
		k.add(path, "has %d indicators; write exactly one of probe, ratio and latency", indicators)
	}
}

func (k *checker) probe(path string, p Probe) {
	if p.URL != "" && !isWebAddress(p.URL) {
		k.add(path+".url", "is not a web address; write it like https://example.com/healthz")
	}
	if p.Every < shortestProbe {
		k.add(path+".every", "is %s, which is too often; write 5s or more", p.Every)
	}
	if p.Timeout <= 0 || p.Timeout > p.Every {
		k.add(path+".timeout", "is %s; write more than 0 and at most every, which is %s", p.Timeout, p.Every)
	}
}

func (k *checker) ratio(path string, r Ratio) {
	switch {
	case r.Good == "" && r.Bad == "":
		k.add(path, "has neither good nor bad; write one of them beside total")
	case r.Good != "" && r.Bad != "":
		k.add(path, "has both good and bad; keep one of them")
	}
}

func (k *checker) latency(path string, l Latency) {
	if l.Histogram != "" && !metricName.MatchString(l.Histogram) {
		k.add(path+".histogram", "is not the name of a metric; "+metricHint)
	}
	if l.Threshold <= 0 {
		k.add(path+".threshold", "is not above 0; write it like 300ms")
	}
}
