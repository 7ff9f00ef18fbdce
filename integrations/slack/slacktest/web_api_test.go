package slacktest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"cresset/integrations/slack/slacktest"
)

// client is slack-go's client of a workspace.
func client(ws *slacktest.Workspace) *slack.Client {
	return slack.New(ws.BotToken, slack.OptionAPIURL(ws.URL+"/api/"), slack.OptionAppLevelToken(ws.AppToken))
}

// start is a workspace with ada and bob, and #war, where the bot is.
func start(t *testing.T) (*slacktest.Workspace, *slack.Client, slacktest.Channel) {
	t.Helper()
	ws := slacktest.Start(t)
	ws.AddUser("ada")
	ws.AddUser("bob")
	return ws, client(ws), ws.AddChannel("war", "ada", "cresset")
}

// wantCode fails unless err is this error of Slack's.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var answer slack.SlackErrorResponse
	if !errors.As(err, &answer) && (err == nil || err.Error() != code) || err != nil && err.Error() != code {
		t.Fatalf("got error %v, want %s", err, code)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if gs, isList := got.([]string); isList && slices.Equal(gs, want.([]string)) {
		return
	} else if !isList && got == want {
		return
	}
	t.Fatalf("%s: got %v, want %v", what, got, want)
}

func TestAuth(t *testing.T) {
	ws, api, _ := start(t)
	me, err := api.AuthTest()
	ok(t, err)
	equal(t, "user", me.UserID, ws.BotUser.ID)
	equal(t, "team", me.TeamID, ws.TeamID)

	_, err = slack.New("xoxb-other", slack.OptionAPIURL(ws.URL+"/api/")).AuthTest()
	wantCode(t, err, "invalid_auth")
	_, err = slack.New("", slack.OptionAPIURL(ws.URL+"/api/")).AuthTest()
	wantCode(t, err, "not_authed")
	_, err = slack.New(ws.AppToken, slack.OptionAPIURL(ws.URL+"/api/")).AuthTest()
	wantCode(t, err, "not_allowed_token_type")

	team, err := api.GetTeamInfo()
	ok(t, err)
	equal(t, "team", team.ID, ws.TeamID)
}

func TestScopesAreAskedFor(t *testing.T) {
	ws, api, ch := start(t)
	ws.DropScope("pins:write")
	err := api.AddPin(ch.ID, slack.ItemRef{Timestamp: "1.2"})
	var answer slack.SlackErrorResponse
	if !errors.As(err, &answer) || answer.Err != "missing_scope" || answer.Needed != "pins:write" || !strings.Contains(answer.Provided, "chat:write") {
		t.Fatalf("got %#v, want missing_scope with what is needed and provided", err)
	}
	private := ws.AddPrivateChannel("private", "cresset")
	ws.SetScopes("channels:manage", "channels:read")
	_, err = api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: ch.ID})
	ok(t, err)
	_, err = api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: private.ID})
	wantCode(t, err, "missing_scope")
	_, err = api.CreateConversation(slack.CreateConversationParams{ChannelName: "secret", IsPrivate: true})
	wantCode(t, err, "missing_scope")
	_, err = api.CreateConversation(slack.CreateConversationParams{ChannelName: "open"})
	ok(t, err)
}

func TestChannelLife(t *testing.T) {
	ws, api, _ := start(t)
	made, err := api.CreateConversation(slack.CreateConversationParams{ChannelName: "inc-1-x"})
	ok(t, err)
	equal(t, "creator", ws.Channel("inc-1-x").Creator, "cresset")

	_, err = api.SetTopicOfConversation(made.ID, "sev2")
	ok(t, err)
	_, err = api.SetPurposeOfConversation(made.ID, "checkout")
	ok(t, err)
	equal(t, "topic", ws.Channel(made.ID).Topic, "sev2")
	equal(t, "purpose", ws.Channel("#inc-1-x").Purpose, "checkout")

	_, err = api.RenameConversation(made.ID, "inc-1-y")
	ok(t, err)
	ok(t, api.ArchiveConversation(made.ID))
	equal(t, "archived", ws.Channel("inc-1-y").Archived, true)
	wantCode(t, api.ArchiveConversation(made.ID), "already_archived")
	_, err = api.SetTopicOfConversation(made.ID, "late")
	wantCode(t, err, "is_archived")
	_, err = api.CreateConversation(slack.CreateConversationParams{ChannelName: "inc-1-y"})
	wantCode(t, err, "name_taken") // archived channels keep their names
	ok(t, api.UnArchiveConversation(made.ID))
	wantCode(t, api.UnArchiveConversation(made.ID), "not_archived")

	info, err := api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: made.ID, IncludeNumMembers: true})
	ok(t, err)
	if info.Name != "inc-1-y" || info.Creator != ws.BotUser.ID || info.Topic.Value != "sev2" || info.NumMembers != 1 {
		t.Fatalf("got %+v", info)
	}
	equal(t, "calls", len(ws.CallsOf("conversations.create")), 2)
}

func TestChannelsOutOfSight(t *testing.T) {
	ws, api, _ := start(t)
	private := ws.AddPrivateChannel("secret", "ada")
	public := ws.AddChannel("public", "ada")
	_, err := api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: private.ID})
	wantCode(t, err, "channel_not_found")
	_, err = api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: public.ID})
	wantCode(t, err, "not_in_channel")
	_, _, _, err = api.JoinConversation(public.ID)
	ok(t, err)
	equal(t, "members", ws.Channel("public").Members, []string{"ada", "cresset"})
	_, warning, _, err := api.JoinConversation(public.ID)
	ok(t, err)
	equal(t, "warning", warning, "already_in_channel")
}

func TestInvite(t *testing.T) {
	ws, api, ch := start(t)
	bob := ws.As("bob").User()
	_, err := api.InviteUsersToConversation(ch.ID, bob.ID)
	ok(t, err)
	equal(t, "members", ws.Channel("war").Members, []string{"ada", "cresset", "bob"})
	_, err = api.InviteUsersToConversation(ch.ID, bob.ID)
	wantCode(t, err, "already_in_channel")
	_, err = api.InviteUsersToConversation(ch.ID, ws.BotUser.ID)
	wantCode(t, err, "cant_invite_self")
	eve := ws.AddUser("eve")
	_, err = api.InviteUsersToConversation(ch.ID, eve.ID, "U0NOBODY")
	wantCode(t, err, "user_not_found")
	equal(t, "members", len(ws.Channel("war").Members), 3) // one bad ID fails all
	_, err = api.ForceInviteUsersToConversation(ch.ID, eve.ID, "U0NOBODY")
	ok(t, err)
	equal(t, "members", len(ws.Channel("war").Members), 4)
	members, _, err := api.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: ch.ID})
	ok(t, err)
	equal(t, "last member", members[3], eve.ID)
	ok(t, api.KickUserFromConversation(ch.ID, eve.ID))
	equal(t, "members", len(ws.Channel("war").Members), 3)
}

func TestListsHavePages(t *testing.T) {
	ws, api, _ := start(t)
	ws.AddPrivateChannel("mine", "cresset")
	ws.AddPrivateChannel("theirs", "ada")
	var names []string
	params := &slack.GetConversationsParameters{Limit: 1, Types: []string{"public_channel", "private_channel"}}
	for page := 0; page == 0 || params.Cursor != ""; page++ {
		channels, next, err := api.GetConversations(params)
		ok(t, err)
		for _, ch := range channels {
			names = append(names, ch.Name)
		}
		params.Cursor = next
	}
	equal(t, "channels", names, []string{"general", "war", "mine"})

	users, err := api.GetUsers(slack.GetUsersOptionLimit(2))
	ok(t, err)
	equal(t, "users", len(users), 3)
}

func TestPeople(t *testing.T) {
	ws, api, _ := start(t)
	ada := ws.As("ada").User()
	group := ws.AddGroup("sre", "ada", "bob")
	found, err := api.GetUserByEmail("ada@example.com")
	ok(t, err)
	equal(t, "user", found.ID, ada.ID)
	_, err = api.GetUserByEmail("nobody@example.com")
	wantCode(t, err, "users_not_found")
	info, err := api.GetUserInfo(ada.ID)
	ok(t, err)
	equal(t, "email", info.Profile.Email, "ada@example.com")
	_, err = api.GetUserInfo("U0NOBODY")
	wantCode(t, err, "user_not_found")
	ws.DropScope("users:read.email")
	info, err = api.GetUserInfo(ada.ID)
	ok(t, err)
	equal(t, "email without its scope", info.Profile.Email, "")

	groups, err := api.GetUserGroups(slack.GetUserGroupsOptionIncludeUsers(true))
	ok(t, err)
	equal(t, "group", groups[0].Handle, "sre")
	members, err := api.GetUserGroupMembers(group)
	ok(t, err)
	equal(t, "first member", members[0], ada.ID)

	dm, _, _, err := api.OpenConversation(&slack.OpenConversationParameters{Users: []string{ada.ID}})
	ok(t, err)
	_, _, err = api.PostMessage(dm.ID, slack.MsgOptionText("psst", false))
	ok(t, err)
	_, _, err = api.PostMessage(ada.ID, slack.MsgOptionText("by person", false))
	ok(t, err)
	equal(t, "direct message", ws.Messages("@ada")[1].Text, "by person")
}

func TestPinsBookmarksReactions(t *testing.T) {
	ws, api, ch := start(t)
	_, ts, err := api.PostMessage("#war", slack.MsgOptionText("card", false))
	ok(t, err)
	ref := slack.NewRefToMessage(ch.ID, ts)

	ok(t, api.AddPin(ch.ID, ref))
	wantCode(t, api.AddPin(ch.ID, ref), "already_pinned")
	equal(t, "pins", ws.Channel("war").Pins, []string{ts})
	pins, _, err := api.ListPins(ch.ID)
	ok(t, err)
	equal(t, "pinned", pins[0].Message.Timestamp, ts)
	ok(t, api.RemovePin(ch.ID, ref))
	wantCode(t, api.RemovePin(ch.ID, ref), "no_pin")

	b, err := api.AddBookmark(ch.ID, slack.AddBookmarkParameters{Title: "Runbook", Type: "link", Link: "https://x.example"})
	ok(t, err)
	_, err = api.AddBookmark(ch.ID, slack.AddBookmarkParameters{Title: "Bad", Type: "link", Link: "ftp://x"})
	wantCode(t, err, "invalid_link")
	title := "Runbook 2"
	_, err = api.EditBookmark(ch.ID, b.ID, slack.EditBookmarkParameters{Title: &title})
	ok(t, err)
	equal(t, "bookmark", ws.Channel("war").Bookmarks[0].Title, title)
	list, err := api.ListBookmarks(ch.ID)
	ok(t, err)
	equal(t, "bookmarks", len(list), 1)
	ok(t, api.RemoveBookmark(ch.ID, b.ID))
	equal(t, "bookmarks", len(ws.Channel("war").Bookmarks), 0)

	ok(t, api.AddReaction("eyes", ref))
	wantCode(t, api.AddReaction("eyes", ref), "already_reacted")
	ws.As("ada").React("war", ts, "eyes")
	got, err := api.GetReactions(ref, slack.NewGetReactionsParameters())
	ok(t, err)
	equal(t, "reactions", got.Reactions[0].Count, 2)
	equal(t, "people", ws.Messages("war")[0].Reactions["eyes"], []string{"cresset", "ada"})
	ok(t, api.RemoveReaction("eyes", ref))
}

func TestFiles(t *testing.T) {
	ws, api, ch := start(t)
	_, ts, err := api.PostMessage(ch.ID, slack.MsgOptionText("chart follows", false))
	ok(t, err)
	done, err := api.UploadFile(slack.UploadFileParameters{Filename: "chart.png", FileSize: 4, Title: "Chart",
		Content: "\x89PNG", Channel: ch.ID, ThreadTimestamp: ts})
	ok(t, err)
	file := ws.Files()[0]
	if file.ID != done.ID || string(file.Content) != "\x89PNG" || file.Title != "Chart" || file.Channels[0] != "war" {
		t.Fatalf("got %+v", file)
	}
	shared := ws.Messages("war")[1]
	equal(t, "thread", shared.ThreadTS, ts)
	equal(t, "files", shared.Files, []string{done.ID})
	info, _, _, err := api.GetFileInfo(done.ID, 0, 0)
	ok(t, err)
	equal(t, "share", info.Shares.Public[ch.ID][0].Ts, shared.TS)
	var bytes strings.Builder
	ok(t, api.GetFile(info.URLPrivate, &bytes))
	equal(t, "bytes", bytes.String(), "\x89PNG")

	image := slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: done.ID}, "a chart", "", nil)
	_, _, err = api.PostMessage(ch.ID, slack.MsgOptionBlocks(image))
	ok(t, err)
}

func TestUploadOfAnotherLength(t *testing.T) {
	ws, api, _ := start(t)
	ws.AllowProblems()
	_, err := api.UploadFile(slack.UploadFileParameters{Filename: "a.txt", FileSize: 3, Content: "four"})
	if err == nil || ws.Files()[0].Complete || len(ws.Problems()) != 1 {
		t.Fatalf("got error %v, files %+v, problems %q", err, ws.Files(), ws.Problems())
	}
}

func TestImageBlockNeedsFinishedUpload(t *testing.T) {
	ws, api, ch := start(t)
	ws.AllowProblems()
	image := func(id string) slack.MsgOption {
		return slack.MsgOptionBlocks(slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: id}, "a chart", "", nil))
	}
	_, _, err := api.PostMessage(ch.ID, image("F0NONE"))
	wantCode(t, err, "invalid_blocks")
	ws.ScanFiles(50 * time.Millisecond)
	done, err := api.UploadFile(slack.UploadFileParameters{Filename: "chart.png", FileSize: 1, Content: "x"})
	ok(t, err)
	_, _, err = api.PostMessage(ch.ID, image(done.ID))
	wantCode(t, err, "invalid_blocks")
	time.Sleep(60 * time.Millisecond)
	_, _, err = api.PostMessage(ch.ID, image(done.ID))
	ok(t, err)
}
