package app

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"

	"cresset/bot/chat"
	"cresset/config"
	"cresset/integrations"
	"cresset/integrations/web"
)

// unheard reports a configuration in which nobody is heard.
func unheard(c *config.Config) config.Problems {
	return config.Problems{c.Problem("integrations", "has no platform, so nobody could say anything to the bot; write at least integrations: {console: {}}")}
}

// inGroup reports whether somebody is in the group that an entry of a role names.
func (a *App) inGroup(entry string, p chat.Person) bool {
	platform, id, _ := strings.Cut(entry, ":")
	groups, ok := a.platforms[platform].(chat.Groups)
	return ok && platform == p.Platform && groups.InGroup(id, p)
}

// homeOf is the platform of what comes from nowhere: the first, but a chat service
// before the console.
func homeOf(parts []integrations.Part) (home string) {
	for _, part := range parts {
		if p, ok := part.Does.(chat.Platform); ok && (home == "" || home == web.Name) {
			home = p.Name()
		}
	}
	return home
}

// ended are the platforms that ended by themselves, and why.
type ended struct {
	mu  sync.Mutex
	why map[string]error
}

// hear runs a platform. One that ends by itself, as Slack does where its token was
// revoked, takes the bot with it only if no other is left.
func (a *App) hear(ctx context.Context, name string, p chat.Platform) error {
	err := p.Run(ctx, a.Handle)
	if err == nil || ctx.Err() != nil {
		return nil
	}
	a.metrics.platformEnded(name)
	left := a.ended.add(name, err, len(a.platforms))
	if left == 0 {
		return err
	}
	a.log.Error("a platform ended: nobody is heard there until the bot is started again", "platform", name, "err", err, "advice", adviceOf(err), "platforms", left)
	return nil
}

// add notes that a platform ended, and gives how many of all are left.
func (e *ended) add(name string, err error, all int) (left int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.why == nil {
		e.why = map[string]error{}
	}
	e.why[name] = err
	return all - len(e.why)
}

func (e *ended) all() map[string]error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.why)
}

// adviceOf is what a person can do about an error of a platform, if it says so.
func adviceOf(err error) string {
	var refused *chat.SendError
	if errors.As(err, &refused) {
		return refused.Advice
	}
	return ""
}
