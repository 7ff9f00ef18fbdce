package slacktest_test

import (
	"testing"
	"time"

	"github.com/slack-go/slack"

	"cresset/integrations/slack/slacktest"
)

func TestTypedText(t *testing.T) {
	ws, _, ch := start(t)
	sre := ws.AddGroup("sre", "ada")
	bob := "<@" + ws.As("bob").User().ID + ">"
	for typed, want := range map[string]string{
		"1 < 2 & 3 > 2":            "1 &lt; 2 &amp; 3 &gt; 2",
		"@bob, look":               bob + ", look",
		"ask @bob.":                "ask " + bob + ".",
		"(@bob)":                   "(" + bob + ")",
		"lead:@bob":                "lead:" + bob,
		"mail ada@bob":             "mail ada@bob",
		"@nobody in #nowhere":      "@nobody in #nowhere",
		"#war":                     "<#" + ch.ID + "|war>",
		"@here and @sre":           "<!here> and <!subteam^" + sre + "|@sre>",
		"https://x.example/a?b&c=": "<https://x.example/a?b&amp;c=>",
		"<!channel> <@U0000001>":   "&lt;!channel&gt; &lt;@U0000001&gt;",
	} {
		equal(t, typed, ws.As("ada").Say("war", typed).Text, want)
	}
}

func TestWhatPeopleDo(t *testing.T) {
	ws, api, ch := start(t)
	said := ws.As("ada").Say("war", "hm")
	ws.As("ada").React("war", said.TS, "eyes")
	ws.As("ada").Unreact("war", said.TS, "eyes")
	equal(t, "reactions", len(ws.Messages("war")[0].Reactions), 0)
	ws.As("bob").Join("war")
	equal(t, "members", ws.Channel("war").Members, []string{"ada", "cresset", "bob"})
	equal(t, "channels", len(ws.Channels()), 2)
	mine, _, err := api.GetConversationsForUser(&slack.GetConversationsForUserParameters{UserID: ws.BotUser.ID})
	ok(t, err)
	equal(t, "the bot's channels", len(mine)+len(mine[0].ID), 1+len(ch.ID))
	eve := ws.AddUserLike(slacktest.User{Name: "eve", TeamID: "T0OTHER"})
	info, err := api.GetUserInfo(eve.ID)
	ok(t, err)
	equal(t, "from outside", info.IsStranger, true)
}

func TestClock(t *testing.T) {
	ws, api, ch := start(t)
	ws.AllowProblems()
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	ws.SetClock(func() time.Time { return now })
	_, ts, err := api.PostMessage(ch.ID, slack.MsgOptionText("x", false))
	ok(t, err)
	equal(t, "timestamp", ts, "1893553445.000000")
	equal(t, "time of the call", ws.Calls()[0].At, now)

	a := newApp(ws)
	a.connect(t, ws)
	ws.AwaitConnections(1)
	var opened error
	a.slash = func(c slack.SlashCommand) any {
		now = now.Add(3001 * time.Millisecond)
		_, opened = a.api.OpenView(c.TriggerID, form())
		return nil
	}
	ws.As("ada").Slash("war", "/cre", "x")
	wantCode(t, opened, "expired_trigger_id")
}

// options are two options of a menu.
func options() []*slack.OptionBlockObject {
	return []*slack.OptionBlockObject{
		slack.NewOptionBlockObject("a", plain("Option A"), nil), slack.NewOptionBlockObject("b", plain("Option B"), nil),
	}
}

func TestEveryKindOfInput(t *testing.T) {
	ws, _, ch := start(t)
	a := newApp(ws)
	a.connect(t, ws)
	ws.AwaitConnections(1)
	ada, bob := ws.As("ada").User().ID, ws.As("bob").User().ID
	var got map[string]map[string]slack.BlockAction
	for name, c := range map[string]struct {
		element slack.BlockElement
		value   string
		read    func(slack.BlockAction) any
		want    any
	}{
		"text":       {slack.NewPlainTextInputBlockElement(nil, "in"), "x", func(b slack.BlockAction) any { return b.Value }, "x"},
		"number":     {slack.NewNumberInputBlockElement(nil, "in", false), "7", func(b slack.BlockAction) any { return b.Value }, "7"},
		"radio":      {slack.NewRadioButtonsBlockElement("in", options()...), "Option B", func(b slack.BlockAction) any { return b.SelectedOption.Value }, "b"},
		"checkboxes": {slack.NewCheckboxGroupsBlockElement("in", options()...), "a, Option B", func(b slack.BlockAction) any { return b.SelectedOptions[1].Value }, "b"},
		"many":       {slack.NewOptionsMultiSelectBlockElement("multi_static_select", nil, "in", options()...), "b", func(b slack.BlockAction) any { return b.SelectedOptions[0].Value }, "b"},
		"groups": {slack.NewOptionsGroupSelectBlockElement("static_select", nil, "in",
			slack.NewOptionGroupBlockElement(plain("G"), options()...)), "b", func(b slack.BlockAction) any { return b.SelectedOption.Value }, "b"},
		"user":         {slack.NewOptionsSelectBlockElement("users_select", nil, "in"), "@bob", func(b slack.BlockAction) any { return b.SelectedUser }, bob},
		"users":        {slack.NewOptionsMultiSelectBlockElement("multi_users_select", nil, "in"), "bob, ada", func(b slack.BlockAction) any { return b.SelectedUsers[1] }, ada},
		"channel":      {slack.NewOptionsSelectBlockElement("channels_select", nil, "in"), "#war", func(b slack.BlockAction) any { return b.SelectedChannel }, ch.ID},
		"conversation": {slack.NewOptionsSelectBlockElement("conversations_select", nil, "in"), "war", func(b slack.BlockAction) any { return b.SelectedConversation }, ch.ID},
		"date":         {slack.NewDatePickerBlockElement("in"), "2026-11-20", func(b slack.BlockAction) any { return b.SelectedDate }, "2026-11-20"},
		"time":         {slack.NewTimePickerBlockElement("in"), "10:30", func(b slack.BlockAction) any { return b.SelectedTime }, "10:30"},
		"moment":       {slack.NewDateTimePickerBlockElement("in"), "1893553445", func(b slack.BlockAction) any { return b.SelectedDateTime }, int64(1893553445)},
	} {
		t.Run(name, func(t *testing.T) {
			a.slash = func(s slack.SlashCommand) any {
				v := form()
				v.Blocks = slack.Blocks{BlockSet: []slack.Block{slack.NewInputBlock("b", plain("Field"), nil, c.element)}}
				_, err := a.api.OpenView(s.TriggerID, v)
				ok(t, err)
				return nil
			}
			a.interaction = func(i slack.InteractionCallback) any { got = i.View.State.Values; return nil }
			person := ws.As("ada")
			person.Slash("war", "/cre", "x")
			empty := person.Submit(person.View(), nil)
			equal(t, "fields missing", len(empty.Errors), 1)
			equal(t, "closed", person.Submit(person.View(), map[string]string{"Field": c.value}).Closed, true)
			equal(t, "state", c.read(got["b"]["in"]), c.want)
		})
	}
}

func TestViewsOnOneAnother(t *testing.T) {
	ws, _, _ := start(t)
	ws.AllowProblems()
	a := newApp(ws)
	a.connect(t, ws)
	ws.AwaitConnections(1)
	more := slack.NewActionBlock("m", slack.NewButtonBlockElement("more", "", plain("More")))
	step := func(external string) slack.ModalViewRequest {
		v := form()
		v.ExternalID = external
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, more)
		return v
	}
	var err error
	a.interaction = func(i slack.InteractionCallback) any {
		if i.Type == slack.InteractionTypeShortcut {
			_, err = a.api.OpenView(i.TriggerID, step("one"))
			return nil
		}
		_, err = a.api.PushView(i.TriggerID, step(i.View.ExternalID+"+"))
		return nil
	}
	ada := ws.As("ada")
	ada.GlobalShortcut("declare")
	ok(t, err)
	for _, want := range []string{"one+", "one++"} {
		ada.ClickIn(ada.View(), "More")
		ok(t, err)
		equal(t, "on top", ada.View().ExternalID, want)
	}
	ada.ClickIn(ada.View(), "More")
	wantCode(t, err, "push_limit_reached")
	_, err = a.api.UpdateView(step("one"), "one++", "", "")
	wantCode(t, err, "duplicate_external_id")
}
