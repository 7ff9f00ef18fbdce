package outbox

import (
	"context"
	"fmt"

	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

func (o *Outbox) measure(ctx context.Context, e *store.Errand) (workflow.Outcome, error) {
	for _, slo := range o.with.Rules.SLOs {
		if slo.Name != e.Subject {
			continue
		}
		source, ok := o.with.Sources[slo.SLI.Source]
		if !ok {
			return workflow.Outcome{}, fmt.Errorf("SLO %q wants a source %q that is not configured", slo.Name, slo.SLI.Source)
		}
		buckets, err := source.Counts(ctx, slo, e.From, o.with.Now())
		return workflow.Outcome{Buckets: buckets}, err
	}
	return workflow.Outcome{}, nil
}

func (o *Outbox) draft(ctx context.Context, e *store.Errand) (workflow.Outcome, error) {
	var evidence cre.Evidence
	err := o.with.DB.View(ctx, func(tx store.Tx) error {
		pm, err := store.Postmortems.Get(tx, store.Key(e.Subject))
		if err == nil && pm != nil {
			evidence = pm.Evidence
		}
		return err
	})
	if err != nil || o.with.Drafter == nil {
		return workflow.Outcome{}, err
	}
	prose, err := o.with.Drafter.Draft(ctx, evidence)
	return workflow.Outcome{Prose: prose}, err
}
