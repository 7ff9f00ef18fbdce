package github

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/integrations/tracker"
)

// A repo is what the API says of a repository.
type repo struct {
	Private     bool            `json:"private"`
	Archived    bool            `json:"archived"`
	HasIssues   bool            `json:"has_issues"`
	Permissions map[string]bool `json:"permissions"`

	scopes *string // of a classic token; nil for others, which have none
}

func (t *Tracker) repo(ctx context.Context) (*repo, error) {
	r := &repo{}
	header, err := t.Ask(ctx, http.MethodGet, "/repos/"+t.settings.Repo, nil, r)
	if err == nil && len(header.Values("X-OAuth-Scopes")) > 0 {
		all := header.Get("X-OAuth-Scopes")
		r.scopes = &all
	}
	return r, err
}

// Check asks whether the token is valid, the repository there, and whether issues
// can be opened. For the last it sends an issue without a title, which GitHub
// refuses as incomplete only where it would take a complete one.
func (t *Tracker) Check(ctx context.Context) []chat.Finding {
	f := chat.Finding{What: "repository " + t.settings.Repo}
	r, err := t.repo(ctx)
	if err != nil {
		return []chat.Finding{t.trouble(f, err)}
	}
	f.Detail = "can be read"
	switch {
	case r.Archived:
		f.Detail, f.Advice = "is archived", "Unarchive it, or name another repository."
	case !r.HasIssues:
		f.Detail, f.Advice = "has issues switched off", "Switch them on in the settings of the repository."
	default:
		f.OK = true
	}
	all := []chat.Finding{f}
	if !f.OK {
		return all
	}
	if r.scopes != nil {
		all = append(all, r.checkScopes())
	}
	all = append(all, t.checkWriting(ctx))
	if len(t.settings.Labels) > 0 && !r.Permissions["triage"] && !r.Permissions["push"] {
		all = append(all, chat.Finding{What: "labels", Detail: "GitHub will drop them",
			Advice: "Give the account of the token the role Triage in the repository, or take labels out of the configuration."})
	}
	return all
}

func (r *repo) checkScopes() chat.Finding {
	f := chat.Finding{What: "scopes", Detail: *r.scopes}
	has := strings.Split(strings.ReplaceAll(*r.scopes, " ", ""), ",")
	f.OK = slices.Contains(has, "repo") || !r.Private && slices.Contains(has, "public_repo")
	if !f.OK {
		f.Detail, f.Advice = "lacks repo", "Give the token the scope repo, or take a fine-grained token that may write issues."
	}
	return f
}

func (t *Tracker) checkWriting(ctx context.Context) chat.Finding {
	f := chat.Finding{What: "opening issues"}
	_, err := t.Ask(ctx, http.MethodPost, t.issues, map[string]any{}, nil)
	if tracker.Status(err) == http.StatusUnprocessableEntity {
		f.OK, f.Detail = true, "the token may"
		return f
	}
	return t.trouble(f, err)
}

func (t *Tracker) trouble(f chat.Finding, err error) chat.Finding {
	return t.Trouble(f, err, t.advice, "Look at api_url, and whether the bot's machine reaches it.")
}
