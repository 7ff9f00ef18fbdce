package discordtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"cresset/integrations/discord/discordtest"
)

const (
	view   = 1 << 10
	send   = 1 << 11
	invite = 1 << 0 // a permission that the app does not have
)

func bits(n int) string { return fmt.Sprint(n) }

func TestRooms(t *testing.T) {
	d, _ := start(t)
	a := appOf(t, d)
	ada := d.As("ada").User().ID
	guild := "/guilds/" + d.GuildID + "/channels"
	category := a.must("POST", guild, obj{"name": "Incidents", "type": 4}).id()
	room := a.must("POST", guild, obj{"name": "INC 1: Checkout", "topic": "INC-1", "parent_id": category, "permission_overwrites": []obj{
		{"id": d.GuildID, "type": 0, "deny": bits(view)}, {"id": d.AppID, "type": 1, "allow": bits(view)},
	}})
	equal(t, "name", room.Body["name"], any("inc-1-checkout"))
	shown := d.Channel(room.id())
	equal(t, "members", shown.Members, []string{"cresset"})
	equal(t, "topic", shown.Topic, "INC-1")

	a.must("PUT", "/channels/"+room.id()+"/permissions/"+ada, obj{"type": 1, "allow": bits(view), "deny": "0"})
	equal(t, "with ada", d.Channel(room.id()).Members, []string{"cresset", "ada"})
	a.must("PATCH", "/channels/"+room.id(), obj{"permission_overwrites": []obj{
		{"id": d.GuildID, "type": 0, "deny": bits(send)}, {"id": d.AppID, "type": 1, "allow": bits(send)},
	}})
	equal(t, "readers", d.Channel(room.id()).Members, []string{"cresset", "ada", "bob"})
	equal(t, "writers", d.Channel(room.id()).Writers, []string{"cresset"})
	a.must("DELETE", "/channels/"+room.id()+"/permissions/"+d.GuildID, nil)
	a.refused(404, 10009, "DELETE", "/channels/"+room.id()+"/permissions/"+d.GuildID, nil)

	a.must("DELETE", "/channels/"+category, nil)
	equal(t, "category", d.Channel(room.id()).Parent, "")
	a.must("DELETE", "/channels/"+room.id(), nil)
	a.refused(404, 10003, "GET", "/channels/"+room.id(), nil)
	equal(t, "channels", len(a.must("GET", guild, nil).List), 2)
}

func TestChannelsThatDiscordRefuses(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	guild := "/guilds/" + d.GuildID + "/channels"
	r := a.refused(400, 50035, "POST", guild, obj{"name": strings.Repeat("x", 101)})
	equal(t, "where", fmt.Sprint(data(r.Body, "errors", "name", "_errors")),
		"[map[code:BASE_TYPE_BAD_LENGTH message:Must be between 1 and 100 in length.]]")
	a.refused(400, 50035, "POST", guild, obj{"name": "x", "topic": strings.Repeat("x", 1025)})
	a.refused(400, 50035, "POST", guild, obj{"name": "x", "parent_id": war.ID})
	a.refused(404, 10004, "POST", "/guilds/1/channels", obj{"name": "x"})
	a.refused(403, 50013, "POST", guild, obj{"name": "x", "permission_overwrites": []obj{{"id": d.GuildID, "type": 0, "deny": bits(invite)}}})
	a.refused(404, 10011, "POST", guild, obj{"name": "x", "permission_overwrites": []obj{{"id": "1", "type": 0, "deny": bits(view)}}})

	shut := a.must("POST", guild, obj{"name": "shut", "permission_overwrites": []obj{{"id": d.GuildID, "type": 0, "deny": bits(view)}}}).id()
	a.refused(403, 50001, "GET", "/channels/"+shut, nil)

	category := d.AddCategory("full")
	for i := range 50 {
		a.d.GlobalLimit(0)
		a.d.Limit("*", 1000, time.Second)
		a.must("POST", guild, obj{"name": fmt.Sprint("c", i), "parent_id": category.ID})
	}
	a.refused(400, 50035, "POST", guild, obj{"name": "c50", "parent_id": category.ID})
	for len(d.Channels()) < 500 {
		d.AddChannel("many")
	}
	a.refused(400, 30013, "POST", guild, obj{"name": "one-more"})
}

func TestPermissions(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	hidden := d.AddPrivateChannel("hidden", "ada")
	said := d.As("bob").Message("war", "hello").ID
	messages := "/channels/" + war.ID + "/messages"
	for _, c := range []struct {
		without      discordtest.Permissions
		status, code int
		method, path string
		body         any
	}{
		{discordtest.SendMessages, 403, 50013, "POST", messages, obj{"content": "x", "allowed_mentions": quiet}},
		{discordtest.ManageChannels, 403, 50013, "POST", "/guilds/" + d.GuildID + "/channels", obj{"name": "x"}},
		{discordtest.ManageChannels, 403, 50013, "PATCH", "/channels/" + war.ID, obj{"name": "x"}},
		{discordtest.ManageChannels, 403, 50013, "DELETE", "/channels/" + war.ID, nil},
		{discordtest.ManageRoles, 403, 50013, "PUT", "/channels/" + war.ID + "/permissions/" + d.GuildID, obj{"type": 0}},
		{discordtest.ManageMessages, 403, 50013, "DELETE", messages + "/" + said, nil},
		{discordtest.PinMessages, 403, 50013, "PUT", messages + "/pins/" + said, nil},
		{discordtest.AddReactions, 403, 50013, "PUT", messages + "/" + said + "/reactions/%F0%9F%93%8C/@me", nil},
		{discordtest.CreatePublicThreads, 403, 50013, "POST", messages + "/" + said + "/threads", obj{"name": "x"}},
		{discordtest.EmbedLinks, 403, 50013, "POST", messages, obj{"embeds": []obj{{"title": "x"}}}},
		{discordtest.ReadMessageHistory, 403, 50013, "GET", messages + "/" + said, nil},
		{0, 403, 50001, "GET", "/channels/" + hidden.ID, nil},
		{0, 403, 50005, "PATCH", messages + "/" + said, obj{"content": "x", "allowed_mentions": quiet}},
		{0, 404, 10008, "PATCH", messages + "/1", obj{"content": "x", "allowed_mentions": quiet}},
	} {
		d.SetEveryone(discordtest.EveryonePermissions &^ c.without)
		d.SetPermissions(discordtest.BotPermissions &^ c.without)
		a.refused(c.status, c.code, c.method, c.path, c.body)
	}
}

func TestRenamesAreFew(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	d, war := start(t)
	d.SetClock(func() time.Time { return now })
	a := appOf(t, d)
	a.must("PATCH", "/channels/"+war.ID, obj{"name": "war-1"})
	now = now.Add(4 * time.Minute)
	a.must("PATCH", "/channels/"+war.ID, obj{"topic": "it burns"})
	a.must("PATCH", "/channels/"+war.ID, obj{"topic": "it burns", "position": 3})
	r := a.refused(429, 20028, "PATCH", "/channels/"+war.ID, obj{"name": "war-2"})
	equal(t, "wait", r.Body["retry_after"], any(360.0))
	equal(t, "header", r.Header.Get("Retry-After"), "360")
	equal(t, "held against the app", d.InvalidRequests(), 0)
	now = now.Add(6 * time.Minute)
	a.must("PATCH", "/channels/"+war.ID, obj{"name": "war-2"})
}

func TestMembers(t *testing.T) {
	d, _ := start(t)
	a := appOf(t, d)
	d.AddUserLike(discordtest.User{Name: "alan", Nick: "Big Al"})
	bob := d.As("bob").User().ID
	guild := "/guilds/" + d.GuildID + "/members"
	equal(t, "member", data(a.must("GET", guild+"/"+bob, nil).Body, "user", "username"), any("bob"))
	equal(t, "all", len(a.must("GET", guild+"?limit=100", nil).List), 5)
	equal(t, "by name", len(a.must("GET", guild+"/search?query=a&limit=10", nil).List), 2)
	equal(t, "by nick", len(a.must("GET", guild+"/search?query=big&limit=10", nil).List), 1)
	d.As("bob").Leave()
	a.refused(404, 10007, "GET", guild+"/"+bob, nil)
	a.refused(404, 10013, "GET", guild+"/1", nil)
	d.AllowIntents(0)
	a.refused(403, 50001, "GET", guild+"?limit=100", nil)
}

func TestDirectMessages(t *testing.T) {
	d, _ := start(t)
	a := appOf(t, d)
	direct := a.must("POST", "/users/@me/channels", obj{"recipient_id": d.As("ada").User().ID}).id()
	a.say(direct, "psst")
	equal(t, "seen", d.As("ada").DMs()[0].Content, "psst")
	d.RefuseDirects("ada")
	a.refused(403, 50007, "POST", "/channels/"+direct+"/messages", obj{"content": "psst", "allowed_mentions": quiet})
	a.refused(404, 10013, "POST", "/users/@me/channels", obj{"recipient_id": "1"})
	a.refused(400, 50035, "POST", "/users/@me/channels", obj{})
}

func TestWhoAsks(t *testing.T) {
	d, _ := start(t)
	a := appOf(t, d)
	equal(t, "me", a.must("GET", "/users/@me", nil).Body["username"], any("cresset"))
	equal(t, "application", a.must("GET", "/oauth2/applications/@me", nil).Body["verify_key"], any(d.PublicKey))
	equal(t, "guild", a.must("GET", "/guilds/"+d.GuildID, nil).Body["id"], any(d.GuildID))
	equal(t, "roles", len(a.must("GET", "/guilds/"+d.GuildID+"/roles", nil).List), 2)
	a.refused(404, 0, "GET", "/nonsense", nil)
	request, err := http.NewRequest(http.MethodGet, d.URL+"/api/v9/users/@me", nil)
	ok(t, err)
	request.Header.Set("Authorization", "Bot nonsense")
	response, err := http.DefaultClient.Do(request)
	ok(t, err)
	response.Body.Close()
	equal(t, "status", response.StatusCode, 401)
	equal(t, "invalid requests", d.InvalidRequests(), 1)
}
