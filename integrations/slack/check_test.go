package slack

import (
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

func findings(t *testing.T, ws *slacktest.Workspace, channels ...string) map[string]chat.Finding {
	t.Helper()
	p := open(t, settingsOf(ws, true, true), Options{Log: logTo(t), Channels: channels})
	all := map[string]chat.Finding{}
	for _, f := range p.Check(t.Context()) {
		if f.OK != (f.Advice == "") || f.What == "" || f.Detail == "" {
			t.Errorf("finding %+v", f)
		}
		if strings.Contains(f.Detail+f.Advice, ws.BotToken) || strings.Contains(f.Detail+f.Advice, ws.AppToken) {
			t.Errorf("finding tells a token: %+v", f)
		}
		all[f.What] = f
	}
	return all
}

func TestCheckOfWhatIsWell(t *testing.T) {
	s := workspace(t)
	s.AddChannel("cre", "ada")
	for _, f := range findings(t, s.Workspace, "ops", "cre") {
		if !f.OK {
			t.Errorf("%+v", f)
		}
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	s := workspace(t)
	s.DropScope("pins:write")
	s.Refuse("apps.connections.open", "not_allowed_token_type", 1)
	old := s.AddChannel("old", "cresset")
	if err := s.platform.CloseRoom(t.Context(), chat.Place{Channel: old.ID}); err != nil {
		t.Fatal(err)
	}
	all := findings(t, s.Workspace, "ops", "#nowhere", "old")
	for what, advice := range map[string]string{
		"scope pins:write": "reinstall", "app token": "connections:write", "channel #nowhere": "make it",
		"channel #old": "unarchive",
	} {
		if f := all[what]; f.OK || !strings.Contains(f.Advice, advice) {
			t.Errorf("%s: %+v", what, f)
		}
	}
	if !all["channel #ops"].OK || !all["scope chat:write"].OK {
		t.Errorf("%+v", all)
	}
}

func TestCheckOfAWrongToken(t *testing.T) {
	s := workspace(t)
	s.Refuse("auth.test", "invalid_auth", 1)
	if f := findings(t, s.Workspace)["bot token"]; f.OK || !strings.Contains(f.Advice, "reinstall") {
		t.Errorf("%+v", f)
	}
}

func TestManifest(t *testing.T) {
	golden(t, "manifest-socket.json", Manifest(vocabulary, ManifestOptions{}))
	golden(t, "manifest-http.json", Manifest(vocabulary, ManifestOptions{Name: "cre bot", Address: "https://bot.example.com/"}))
}

// The scopes are what the code uses: with them, and nothing more, a whole day works.
func TestScopesAreEnough(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.SetScopes(scopeNames()...)
		s.with(formFor("incident declare"))
		p, ctx := s.platform, t.Context()
		s.As("ada").Slash("ops", "/incident", "declare")
		s.As("ada").Submit(s.As("ada").View(), map[string]string{"What is wrong?": "all", "Who leads?": "bob"})
		s.As("ada").Mention("ops", "incident list")
		s.As("ada").React("ops", s.As("bob").Say("ops", "x").TS, "pushpin")
		s.As("ada").Shortcut("ops", s.Messages("ops")[0].TS, "request")
		for _, private := range []bool{false, true} {
			name := map[bool]string{false: "inc-1", true: "inc-2"}[private]
			room, err := p.OpenRoom(ctx, chat.RoomSpec{Name: name, Private: private})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Invite(ctx, room.Place, []chat.Person{person(s.ada.ID)}); err != nil {
				t.Fatal(err)
			}
			ref, err := p.Post(ctx, room.Place, chat.Message{Title: "card", Chart: picture(), Files: []chat.File{{Name: "a", Content: []byte("a")}}}, "1")
			if err != nil {
				t.Fatal(err)
			}
			_, _, found := p.Find(ctx, room.Place, "1", room.Created)
			_, _, direct := p.Find(ctx, chat.Place{Direct: s.ada.ID}, "1", room.Created)
			_, _, byName := p.FindRoom(ctx, "general")
			for what, err := range map[string]error{
				"edit": p.Edit(ctx, ref, chat.Message{Title: "x"}), "describe": p.Describe(ctx, room.Place, "t", "p"), "find": found,
				"find in private": direct, "find by name": byName, "pin": p.Pin(ctx, ref),
				"bookmark": p.Bookmark(ctx, room.Place, "t", "https://x.test"), "close": p.CloseRoom(ctx, room.Place),
			} {
				if err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
		}
		for _, c := range s.Calls() {
			if c.Outcome == "missing_scope" {
				t.Errorf("%s lacks a scope", c.Method)
			}
		}
	})
}
