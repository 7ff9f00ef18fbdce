package discordtest

import (
	"net/http"
	"strings"
)

// route is one method and path of the REST API.
type route struct {
	method, path string
	do           func(*call) (any, error)
	open         bool   // needs no bot token
	bucket       string // a name that routes of one bucket share; otherwise the route is its own
}

func (r *route) String() string { return r.method + " " + r.path }

// restAPI is what Discord answers here.
func restAPI() []*route {
	return []*route{
		get("/gateway", (*call).getGateway).anybody(),
		get("/gateway/bot", (*call).getGatewayBot),
		get("/users/@me", (*call).getMe),
		get("/users/{user}", (*call).getUser),
		post("/users/@me/channels", (*call).createDirect),
		get("/oauth2/applications/@me", (*call).getApplication),
		get("/applications/@me", (*call).getApplication),
		get("/applications/{application}", (*call).getApplication),

		get("/guilds/{guild}", (*call).getGuild),
		get("/guilds/{guild}/roles", (*call).getRoles),
		get("/guilds/{guild}/members", (*call).listMembers),
		get("/guilds/{guild}/members/search", (*call).searchMembers),
		get("/guilds/{guild}/members/{user}", (*call).getMember),
		get("/guilds/{guild}/channels", (*call).listChannels),
		post("/guilds/{guild}/channels", (*call).createChannel),
		get("/guilds/{guild}/threads/active", (*call).activeThreads),

		get("/channels/{channel}", (*call).getChannel),
		patch("/channels/{channel}", (*call).editChannel),
		remove("/channels/{channel}", (*call).deleteChannel),
		put("/channels/{channel}/permissions/{overwrite}", (*call).putOverwrite).in("overwrites"),
		remove("/channels/{channel}/permissions/{overwrite}", (*call).deleteOverwrite).in("overwrites"),
		post("/channels/{channel}/typing", (*call).typing),

		get("/channels/{channel}/messages", (*call).listMessages),
		post("/channels/{channel}/messages", (*call).createMessage),
		get("/channels/{channel}/messages/{message}", (*call).getMessage),
		patch("/channels/{channel}/messages/{message}", (*call).editMessage),
		remove("/channels/{channel}/messages/{message}", (*call).deleteMessage),

		get("/channels/{channel}/pins", (*call).listPinsOld).in("pins"),
		put("/channels/{channel}/pins/{message}", (*call).pin).in("pins"),
		remove("/channels/{channel}/pins/{message}", (*call).unpin).in("pins"),
		get("/channels/{channel}/messages/pins", (*call).listPins).in("pins"),
		put("/channels/{channel}/messages/pins/{message}", (*call).pin).in("pins"),
		remove("/channels/{channel}/messages/pins/{message}", (*call).unpin).in("pins"),

		get("/channels/{channel}/messages/{message}/reactions/{emoji}", (*call).listReactions).in("reactions"),
		put("/channels/{channel}/messages/{message}/reactions/{emoji}/@me", (*call).react).in("reactions"),
		remove("/channels/{channel}/messages/{message}/reactions/{emoji}/@me", (*call).unreact).in("reactions"),
		remove("/channels/{channel}/messages/{message}/reactions/{emoji}/{user}", (*call).unreact).in("reactions"),

		post("/channels/{channel}/messages/{message}/threads", (*call).startThread).in("threads"),
		post("/channels/{channel}/threads", (*call).createThread).in("threads"),
		put("/channels/{channel}/thread-members/{user}", (*call).addToThread),
		remove("/channels/{channel}/thread-members/{user}", (*call).removeFromThread),

		get("/applications/{application}/commands", (*call).listCommands),
		put("/applications/{application}/commands", (*call).putCommands),
		get("/applications/{application}/guilds/{guild}/commands", (*call).listCommands),
		put("/applications/{application}/guilds/{guild}/commands", (*call).putCommands),

		post("/interactions/{interaction}/{token}/callback", (*call).callback).anybody(),
		post("/webhooks/{application}/{token}", (*call).followUp).anybody().in("webhook"),
		get("/webhooks/{application}/{token}/messages/{message}", (*call).getFollowUp).anybody().in("webhook"),
		patch("/webhooks/{application}/{token}/messages/{message}", (*call).editFollowUp).anybody().in("webhook"),
		remove("/webhooks/{application}/{token}/messages/{message}", (*call).deleteFollowUp).anybody().in("webhook"),
	}
}

func get(path string, do func(*call) (any, error)) *route {
	return &route{method: http.MethodGet, path: path, do: do}
}

func post(path string, do func(*call) (any, error)) *route {
	return &route{method: http.MethodPost, path: path, do: do}
}

func put(path string, do func(*call) (any, error)) *route {
	return &route{method: http.MethodPut, path: path, do: do}
}

func patch(path string, do func(*call) (any, error)) *route {
	return &route{method: http.MethodPatch, path: path, do: do}
}

func remove(path string, do func(*call) (any, error)) *route {
	return &route{method: http.MethodDelete, path: path, do: do}
}

func (r *route) anybody() *route {
	r.open = true
	return r
}

func (r *route) in(bucket string) *route {
	r.bucket = bucket
	return r
}

// major are the parts of a path that each have buckets of their own.
func (c *call) major() string {
	return c.value("channel") + c.value("guild") + c.value("token")
}

// interactive says that the global limit does not count a route.
func (r *route) interactive() bool {
	return strings.HasPrefix(r.path, "/interactions/") || strings.HasPrefix(r.path, "/webhooks/{application}/{token}")
}

// matches says whether a route written by a test, such as "POST /channels/{id}/messages"
// or "POST /channels/1234/messages", means this one. A * stands for all.
func matches(order, route, path string) bool {
	if order == "*" {
		return true
	}
	method, template, _ := strings.Cut(route, " ")
	wantMethod, want, _ := strings.Cut(order, " ")
	words, called, actual := strings.Split(want, "/"), strings.Split(template, "/"), strings.Split(path, "/")
	if wantMethod != method || len(words) != len(called) {
		return false
	}
	for i, word := range words {
		variable := strings.HasPrefix(called[i], "{")
		switch {
		case strings.HasPrefix(word, "{"):
			if !variable {
				return false
			}
		case word != called[i] && !(variable && word == actual[i]):
			return false
		}
	}
	return true
}
