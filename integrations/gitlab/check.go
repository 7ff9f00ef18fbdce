package gitlab

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"cresset/bot/chat"
)

// reporter is the role from which on labels can be set.
const reporter = 20

// An access is a role in a project or in its group; nil for none.
type access struct {
	Level int `json:"access_level"`
}

// A project is what the API says of one.
type project struct {
	Archived    bool   `json:"archived"`
	Issues      string `json:"issues_access_level"`
	Permissions struct {
		Project *access `json:"project_access"`
		Group   *access `json:"group_access"`
	} `json:"permissions"`
}

func (p *project) level() (level int) {
	for _, a := range []*access{p.Permissions.Project, p.Permissions.Group} {
		if a != nil {
			level = max(level, a.Level)
		}
	}
	return level
}

func (t *Tracker) read(ctx context.Context) (*project, error) {
	p := &project{}
	_, err := t.Ask(ctx, http.MethodGet, t.project, nil, p)
	return p, err
}

// Check asks whether the token is valid and may write, whether the project is
// there and takes issues, and what the token's role in it is.
func (t *Tracker) Check(ctx context.Context) []chat.Finding {
	f := chat.Finding{What: "project " + t.settings.Project}
	p, err := t.read(ctx)
	if err != nil {
		return []chat.Finding{t.trouble(f, err)}
	}
	switch {
	case p.Archived:
		f.Detail, f.Advice = "is archived", "Unarchive it, or name another project."
	case p.Issues == "disabled":
		f.Detail, f.Advice = "has issues switched off", "Switch them on in the settings of the project."
	case p.level() < reporter:
		f.Detail, f.Advice = "gives the token no role that may label issues", "Give the account of the token the role Reporter in the project."
	default:
		f.OK, f.Detail = true, "takes issues"
	}
	return []chat.Finding{f, t.checkScopes(ctx)}
}

func (t *Tracker) checkScopes(ctx context.Context) chat.Finding {
	f := chat.Finding{What: "scopes"}
	var token struct {
		Scopes []string `json:"scopes"`
	}
	if _, err := t.Ask(ctx, http.MethodGet, "/api/v4/personal_access_tokens/self", nil, &token); err != nil {
		return t.trouble(f, err)
	}
	f.Detail = strings.Join(token.Scopes, ", ")
	if f.OK = slices.Contains(token.Scopes, "api"); !f.OK {
		f.Advice = "Make a token with the scope api."
	}
	return f
}

func (t *Tracker) trouble(f chat.Finding, err error) chat.Finding {
	return t.Trouble(f, err, t.advice, "Look at url, and whether the bot's machine reaches it.")
}
