package slack

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"cresset/bot/chat"
)

var _ chat.Groups = (*Platform)(nil)

// groupsKept is how long who is in a user group counts, and groupsAgain how soon
// it is asked again when Slack does not say.
const (
	groupsKept  = 4 * time.Minute
	groupsAgain = 30 * time.Second
)

// InGroup implements [chat.Groups]. A group of which Slack has said nothing yet has
// nobody in it.
func (p *Platform) InGroup(id string, who chat.Person) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return who.Platform == name && slices.Contains(p.groups[id], who.ID)
}

// keepGroups asks who is in the groups that are of use, now and every few minutes.
func (p *Platform) keepGroups(ctx context.Context) {
	if len(p.options.Groups) == 0 {
		return
	}
	wait := p.askGroups(ctx)
	go func() {
		for ctx.Err() == nil {
			sleep(ctx, wait)
			wait = p.askGroups(ctx)
		}
	}()
}

// askGroups gives how long what it learnt counts. Where Slack does not say, what
// was known counts on; a group that is gone has nobody in it.
func (p *Platform) askGroups(ctx context.Context) time.Duration {
	wait := groupsKept
	for _, id := range p.options.Groups {
		members, err := p.askGroup(ctx, id)
		if err == nil || code(err) == "no_such_subteam" {
			p.mu.Lock()
			p.groups[id] = members
			p.mu.Unlock()
		}
		if err == nil {
			continue
		}
		wait = max(groupsAgain, retryAfter(err))
		if ctx.Err() == nil {
			p.options.Log.Warn("cannot ask who is in a user group that roles name", "platform", name, "group", id, "err", err)
		}
	}
	return wait
}

func (p *Platform) askGroup(ctx context.Context, id string) ([]string, error) {
	args := url.Values{"usergroup": {id}}
	if self := p.known(); self.wide {
		args.Set("team_id", self.team)
	}
	var answer struct {
		Users []string `json:"users"`
	}
	err := p.call(ctx, "usergroups.users.list", args, &answer)
	return answer.Users, err
}

func (p *Platform) checkGroups(ctx context.Context) (all []chat.Finding) {
	for _, id := range p.options.Groups {
		members, err := p.askGroup(ctx, id)
		f := chat.Finding{OK: err == nil, What: "user group " + id, Detail: fmt.Sprintf("has %d people", len(members))}
		if err != nil {
			f = bad(f.What, "usergroups.users.list", err)
		}
		all = append(all, f)
	}
	return all
}
