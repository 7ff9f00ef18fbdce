package slack

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// mostSuggested is how many proposals Slack takes at once.
const mostSuggested = 100

// suggest answers what somebody types into a field with what can be meant. Who is
// from outside is told of nothing. A record that is not proposed may be typed.
func (p *Platform) suggest(ctx context.Context, d delivered) *act {
	from, ours := strings.CutPrefix(d.ActionID, suggestAction)
	if !ours || d.User.ID == "" || p.vocabulary.Suggest == nil {
		return nil
	}
	by, _, _ := p.actor(ctx, d.User.ID, cmp.Or(d.User.Name, d.User.Username), origin{team: d.User.TeamID})
	typed := strings.TrimSpace(chat.Clean(d.Value))
	var options []chat.Option
	if !by.External {
		options = p.vocabulary.Suggest(by, from, typed)
	}
	if (from == chat.Incidents || from == chat.Requests) && typed != "" && len([]rune(typed)) <= longestValue {
		known := func(o chat.Option) bool { return strings.EqualFold(o.Value, typed) }
		if !slices.ContainsFunc(options, known) {
			options = append(options[:min(len(options), mostSuggested-1)], chat.Option{Value: typed, Label: typed})
		}
	}
	all, _ := optionsOf(options[:min(len(options), mostSuggested)])
	if all == nil {
		all = []*slack.OptionBlockObject{}
	}
	return &act{via: bySuggestion, suggested: encoded(map[string]any{"options": all})}
}

// changed is a form in which a field was changed that others hang on. What is
// filled in so far goes along.
func (p *Platform) changed(ctx context.Context, d delivered) (*act, error) {
	if len(d.Actions) == 0 || !strings.HasPrefix(d.Actions[0].BlockID, fieldPrefix) || d.User.ID == "" || d.TriggerID == "" {
		return nil, nil
	}
	a, err := p.ofForm(ctx, d)
	if err != nil {
		return nil, err
	}
	a.via, a.Draft, a.view, a.hash = byDraft, true, d.View.ID, d.View.Hash
	return a, nil
}

// redraw shows a form as it must be after a change. One that was changed again
// meanwhile is redrawn for that.
func (p *Platform) redraw(ctx context.Context, a *act, f chat.Form) {
	_, err := p.api.UpdateViewContext(ctx, a.modal(f, largestView), "", a.hash, a.view)
	if c := code(err); err != nil && c != "hash_conflict" && c != "not_found" {
		p.options.Log.Warn("form not redrawn", "platform", name, "event", a.Key, "err", err)
	}
}
