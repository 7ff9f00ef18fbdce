package slack

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

// Who is in a user group is known from the start, a few minutes old at the most,
// and stays known while Slack does not say.
func TestGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws := slacktest.New(t)
		ada, bob := ws.AddUser("ada"), ws.AddUser("bob")
		sre, other := ws.AddGroup("sre", "ada"), ws.AddGroup("other", "bob")
		p := open(t, "bot_token: "+ws.BotToken+"\nsigning_secret: "+ws.SigningSecret+"\napi_url: "+ws.URL+"/api/\n",
			Options{Log: logTo(t), HTTP: &http.Client{Transport: ws.Transport()}, Groups: []string{sre}})
		in := func(group string, who slacktest.User) bool {
			return p.InGroup(group, chat.Person{Platform: name, ID: who.ID})
		}
		if in(sre, ada) {
			t.Error("somebody is in a group of which nothing is known")
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx, (&answers{}).handle) }()
		synctest.Wait()
		if !in(sre, ada) || in(sre, bob) || in(other, bob) || p.InGroup(sre, chat.Person{Platform: "discord", ID: ada.ID}) {
			t.Error("not as Slack has it")
		}
		ws.Regroup(sre, "bob")
		ws.RateLimit("usergroups.users.list", 1, 20)
		time.Sleep(groupsKept + time.Second)
		if !in(sre, ada) {
			t.Error("what was known is forgotten")
		}
		time.Sleep(groupsAgain)
		if in(sre, ada) || !in(sre, bob) {
			t.Error("what is new is not known")
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestCheckOfGroups(t *testing.T) {
	s := workspace(t)
	sre := s.AddGroup("sre", "ada", "bob")
	p := open(t, settingsOf(s.Workspace, true, false), Options{Log: logTo(t), Groups: []string{sre, "S0NONE"}})
	found := map[string]chat.Finding{}
	for _, f := range p.Check(t.Context()) {
		found[f.What] = f
	}
	if f := found["user group "+sre]; !f.OK || f.Detail != "has 2 people" {
		t.Errorf("%+v", f)
	}
	if f := found["user group S0NONE"]; f.OK || f.Advice == "" {
		t.Errorf("%+v", f)
	}
}

// A group that was deleted has nobody in it: who could do something by it cannot any
// more.
func TestADeletedGroup(t *testing.T) {
	s := workspace(t)
	sre := s.AddGroup("sre", "ada")
	p := open(t, settingsOf(s.Workspace, true, false), Options{Log: logTo(t), Groups: []string{sre}})
	p.askGroups(t.Context())
	if !p.InGroup(sre, person(s.ada.ID)) {
		t.Fatal("who is in the group is not known")
	}
	s.Refuse("usergroups.users.list", "no_such_subteam", 1)
	p.askGroups(t.Context())
	if p.InGroup(sre, person(s.ada.ID)) {
		t.Error("a group that is gone still has somebody in it")
	}
}
