package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"cresset/bot/chat"
	"cresset/integrations/api"
	"cresset/store"
)

// routes is everything that the one listener serves.
func (a *App) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", http.HandlerFunc(a.healthz))
	mux.Handle("GET /readyz", http.HandlerFunc(a.readyz))
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{}))
	mux.Handle("GET /api/v1/backup", http.HandlerFunc(a.backup))
	all := (&api.API{Tokens: a.tokens, DB: a.db, Rules: a.rules, Now: a.now, Log: a.log, Handle: a.Handle}).Routes()
	maps.Copy(all, a.intake().Routes())
	for _, part := range a.parts {
		if served, ok := part.Does.(chat.Served); ok {
			maps.Copy(all, served.Routes(a.Handle))
		}
	}
	for pattern, handler := range all {
		mux.Handle(pattern, handler)
	}
	return mux
}

// healthz says that the bot lives: its store takes a transaction.
func (a *App) healthz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := a.db.View(ctx, func(store.Tx) error { return nil }); err != nil {
		status(w, http.StatusServiceUnavailable, map[string]string{"store": err.Error()})
		return
	}
	status(w, http.StatusOK, nil)
}

// readyz says whether people are heard and what they say can be saved, and if
// not, where and why.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	deaf := map[string]string{}
	if saves, ok := a.db.(interface{ Ready(context.Context) error }); ok {
		if err := saves.Ready(ctx); err != nil {
			deaf["store"] = err.Error()
		}
	}
	for name, p := range a.platforms {
		if c, ok := p.(chat.Connected); ok {
			if err := c.Ready(); err != nil {
				deaf[name] = err.Error()
			}
		}
	}
	for name, why := range a.ended.all() {
		deaf[name] = fmt.Sprintf("it ended, until the bot is started again: %v; %s", why, adviceOf(why))
	}
	if len(deaf) > 0 {
		status(w, http.StatusServiceUnavailable, deaf)
		return
	}
	status(w, http.StatusOK, nil)
}

func status(w http.ResponseWriter, code int, problems map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(struct { // the caller is gone if this fails
		OK       bool              `json:"ok"`
		Problems map[string]string `json:"problems,omitempty"`
	}{len(problems) == 0, problems})
}
