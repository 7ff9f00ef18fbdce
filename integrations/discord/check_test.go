package discord

import (
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/integrations/discord/discordtest"
)

// failed are the findings that are not OK, by what they are about.
func failed(all []chat.Finding) map[string]string {
	found := map[string]string{}
	for _, f := range all {
		if !f.OK {
			found[f.What] = f.Advice
		}
		if !f.OK && f.Advice == "" {
			found[f.What] = "no advice"
		}
	}
	return found
}

func TestCheck(t *testing.T) {
	for what, c := range map[string]struct {
		breaks func(*stage)
		want   map[string]string
	}{
		"all is well":       {func(*stage) {}, nil},
		"bad token":         {func(s *stage) { s.Refuse("*", 401, 0, 100) }, map[string]string{"bot token": "reset it"}},
		"another app":       {func(s *stage) { s.platform.settings.ApplicationID = "100000000000000009" }, map[string]string{"application": "set application_id", "commands": ""}},
		"not in the server": {func(s *stage) { s.platform.settings.Guild = "100000000000000009" }, map[string]string{"server": "open the invite link"}},
		"permissions": {func(s *stage) {
			s.SetPermissions(discordtest.BotPermissions &^ (discordtest.ManageRoles | discordtest.PinMessages))
		},
			map[string]string{"permission Manage Roles": "bring people into war rooms", "permission Pin Messages": "pin the card"}},
		"no content": {func(s *stage) { s.AllowIntents(0) }, map[string]string{"message content": "Message Content Intent"}},
		"channels":   {func(s *stage) { s.platform.options.Channels = []string{"ops", "#nowhere"} }, map[string]string{"channel #nowhere": "make it"}},
		"a channel that the bot does not see": {func(s *stage) {
			s.AddPrivateChannel("secret", "ada")
			s.platform.options.Channels = []string{"secret"}
		}, map[string]string{"channel #secret": "let the bot's role see it"}},
	} {
		t.Run(what, func(t *testing.T) {
			s := server(t)
			s.platform.options.Channels = []string{"ops"}
			c.breaks(s)
			from := len(s.Calls())
			all := s.platform.Check(t.Context())
			got := failed(all)
			if len(got) != len(c.want) {
				t.Errorf("%v, want %v", all, c.want)
			}
			for about, advice := range c.want {
				if !strings.Contains(got[about], advice) {
					t.Errorf("%s: advice %q, want %q", about, got[about], advice)
				}
			}
			if changed := s.changes(from); len(changed) > 0 {
				t.Errorf("it changed something: %v", changed)
			}
		})
	}
}

func TestManifest(t *testing.T) {
	golden(t, "manifest.txt", Manifest(vocabulary, ManifestOptions{}))
	golden(t, "manifest_http.txt", Manifest(vocabulary, ManifestOptions{Application: "100000000000000001", Address: "https://cresset.example.com/"}))
}

// TestThePermissionsAreThoseThatAreUsed: with exactly the permissions of the invite
// link, and none that everybody has, the bot does all it does.
func TestThePermissionsAreThoseThatAreUsed(t *testing.T) {
	try := func(t *testing.T, allowed bits) error {
		s := server(t)
		s.AllowViolations()
		s.SetEveryone(0)
		s.SetPermissions(discordtest.Permissions(allowed))
		return s.everything(t)
	}
	if err := try(t, wanted()); err != nil {
		t.Fatalf("with all of them: %v", err)
	}
	for _, p := range permissions {
		if err := try(t, wanted()&^p.bit); err == nil {
			t.Errorf("without %s everything works: it is not needed", p.name)
		}
	}
}
