package app

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
	"cresset/integrations/hooks"
)

// Check asks the store and every integration whether they have what they need.
func (e Environment) Check(ctx context.Context) error {
	c, err := e.whole()
	if err != nil {
		return err
	}
	a := &App{config: c, log: e.Log, now: time.Now, platforms: map[string]chat.Platform{}, metrics: newMetrics()}
	var problems config.Problems
	a.rules, problems = settingsOf(c)
	place, wrong := placeOf(c)
	if problems = config.Join(problems, wrong, a.openParts(Options{})); len(problems) > 0 {
		return problems
	}
	defer standIn(c.Listen)()
	table := tabwriter.NewWriter(e.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ok\tconfiguration\t"+strings.TrimPrefix(e.ConfigPath+" ", " ")+"read")
	bad := tell(table, "store", place.findings(ctx))
	for _, part := range a.parts {
		bad += tell(table, part.Name, findings(ctx, part.Does, a.rules.SLOs))
	}
	bad += tell(table, hooks.Name, hooks.Findings(c.Hooks))
	if err := table.Flush(); err != nil {
		return err
	}
	if bad > 0 {
		fmt.Fprintf(e.Out, "%s would fail.\n", cre.Count(bad, "thing"))
		return ErrRefused
	}
	return nil
}

// tell prints what was found, and counts what is not well.
func tell(table io.Writer, name string, all []chat.Finding) (bad int) {
	for _, f := range all {
		mark := "ok"
		if !f.OK {
			mark, bad = "NO", bad+1
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", mark, name, f.What, f.Detail)
		if !f.OK {
			fmt.Fprintf(table, "\t\t→ %s\n", f.Advice)
		}
	}
	return bad
}

// findings asks a part, in either of the ways a part can be asked.
func findings(ctx context.Context, part any, slos []cre.SLO) []chat.Finding {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	switch p := part.(type) {
	case chat.Checker:
		return p.Check(ctx)
	case interface {
		Check(context.Context, []cre.SLO) []chat.Finding
	}:
		return p.Check(ctx, slos)
	}
	return nil
}

// standIn answers probes of the bot's own health while no bot runs, as the
// starter configuration has them. It gives what ends it.
func standIn(listen string) (end func()) {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return func() {} // a bot runs, and answers itself
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { status(w, http.StatusOK, nil) })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(l) }() // ends with Close
	return func() { _ = server.Close() }
}
