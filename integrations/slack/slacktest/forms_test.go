package slacktest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"cresset/integrations/slack/slacktest"
)

func plain(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", s, false, false)
}

// form asks for a title, a severity (sev3 unless chosen) and, if one likes, a person.
func form() slack.ModalViewRequest {
	title := slack.NewInputBlock("title", plain("Title"), nil, slack.NewPlainTextInputBlockElement(nil, "in"))
	severity := slack.NewOptionsSelectBlockElement("static_select", nil, "in",
		slack.NewOptionBlockObject("sev2", plain("SEV-2"), nil), slack.NewOptionBlockObject("sev3", plain("SEV-3"), nil))
	severity.InitialOption = severity.Options[1]
	lead := slack.NewInputBlock("lead", plain("Lead"), nil, slack.NewOptionsSelectBlockElement("users_select", nil, "in"))
	lead.Optional = true
	return slack.ModalViewRequest{Type: "modal", CallbackID: "declare", PrivateMetadata: "p", Title: plain("Declare"),
		Submit: plain("Declare"), Blocks: slack.Blocks{BlockSet: []slack.Block{title,
			slack.NewInputBlock("severity", plain("Severity"), nil, severity), lead}}}
}

func TestForm(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		a.slash = func(c slack.SlashCommand) any {
			if _, err := a.api.OpenView(c.TriggerID, form()); err != nil {
				t.Errorf("open: %v", err)
			}
			_, again := a.api.OpenView(c.TriggerID, form())
			wantCode(t, again, "exchanged_trigger_id")
			return nil
		}
		ws.AllowProblems()
		ada := ws.As("ada")
		ada.Slash("war", "/incident", "declare")
		v := ada.View()
		equal(t, "form", v.Title+v.CallbackID+v.PrivateMetadata, "Declaredeclarep")
		if ws.As("bob").View() != nil {
			t.Fatal("bob sees ada's form")
		}

		missing := ada.Submit(v, nil)
		equal(t, "required", missing.Errors["title"], "Please complete this required field.")

		var got map[string]map[string]slack.BlockAction
		a.interaction = func(i slack.InteractionCallback) any {
			got = i.View.State.Values
			return slack.NewErrorsViewSubmissionResponse(map[string]string{"title": "Say more."})
		}
		refused := ada.Submit(v, map[string]string{"Title": "x <y>", "severity": "SEV-2", "Lead": "bob"})
		if refused.Closed || refused.Errors["title"] != "Say more." || ada.View() == nil {
			t.Fatalf("got %+v", refused)
		}
		equal(t, "title", got["title"]["in"].Value, "x <y>")
		equal(t, "severity", got["severity"]["in"].SelectedOption.Value, "sev2")
		equal(t, "lead", got["lead"]["in"].SelectedUser, ws.As("bob").User().ID)

		a.interaction = func(i slack.InteractionCallback) any {
			got = i.View.State.Values
			return nil
		}
		if done := ada.Submit(v, map[string]string{"title": "y"}); !done.Closed || ada.View() != nil {
			t.Fatalf("got %+v", done)
		}
		equal(t, "severity by default", got["severity"]["in"].SelectedOption.Value, "sev3")
	})
}

func TestFormSteps(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		ada := ws.As("ada")
		a.interaction = func(i slack.InteractionCallback) any {
			if i.Type == slack.InteractionTypeShortcut {
				_, err := a.api.OpenView(i.TriggerID, form())
				ok(t, err)
				return nil
			}
			next := form()
			next.Title = plain("Next")
			return slack.NewPushViewSubmissionResponse(&next)
		}
		ada.GlobalShortcut("declare")
		pushed := ada.Submit(ada.View(), map[string]string{"title": "x"})
		equal(t, "pushed", pushed.Next.Title, "Next")

		updated := form()
		updated.Title = plain("Updated")
		_, err := a.api.UpdateView(updated, "", pushed.Next.Hash, pushed.Next.ID)
		ok(t, err)
		_, err = a.api.UpdateView(updated, "", pushed.Next.Hash, pushed.Next.ID)
		wantCode(t, err, "hash_conflict")
		equal(t, "updated", ada.View().Title, "Updated")

		ada.Dismiss(ada.View())
		equal(t, "below", ada.View().Title, "Declare")
		a.interaction = func(i slack.InteractionCallback) any { return slack.NewClearViewSubmissionResponse() }
		if done := ada.Submit(ada.View(), map[string]string{"title": "x"}); !done.Closed || done.Next != nil {
			t.Fatalf("got %+v", done)
		}
	})
}

func TestViewLimits(t *testing.T) {
	ws, api, _ := start(t)
	ws.AllowProblems()
	_, err := api.OpenView("1.2.3", form())
	wantCode(t, err, "invalid_trigger_id")
	a := newApp(ws)
	a.connect(t, ws)
	ws.AwaitConnections(1)
	try := func(change func(*slack.ModalViewRequest)) error {
		var err error
		a.slash = func(c slack.SlashCommand) any {
			v := form()
			change(&v)
			_, err = api.OpenView(c.TriggerID, v)
			return nil
		}
		ws.As("ada").Slash("war", "/cre", "x")
		return err
	}
	for what, change := range map[string]func(*slack.ModalViewRequest){
		"title":            func(v *slack.ModalViewRequest) { v.Title = plain(strings.Repeat("x", 25)) },
		"submit":           func(v *slack.ModalViewRequest) { v.Submit = nil },
		"callback_id":      func(v *slack.ModalViewRequest) { v.CallbackID = strings.Repeat("x", 256) },
		"private_metadata": func(v *slack.ModalViewRequest) { v.PrivateMetadata = strings.Repeat("x", 3001) },
	} {
		if err := try(change); err == nil || !strings.HasPrefix(err.Error(), "invalid_arguments") {
			t.Errorf("%s: got %v, want invalid_arguments", what, err)
		}
	}
	big := func(v *slack.ModalViewRequest) { v.PrivateMetadata = strings.Repeat("x", 250<<10) }
	wantCode(t, try(big), "view_too_large")
	ok(t, try(func(*slack.ModalViewRequest) {}))
}

func TestHome(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		ada := ws.As("ada")
		if ada.OpenHome() != nil {
			t.Fatal("there is a home tab that nobody published")
		}
		button := slack.NewButtonBlockElement("queue", "cre queue", plain("Queue"))
		_, err := a.api.PublishView(ada.User().ID, slack.HomeTabViewRequest{Type: "home",
			Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewActionBlock("b", button)}}}, "")
		ok(t, err)
		var pressed string
		a.interaction = func(i slack.InteractionCallback) any {
			pressed = i.ActionCallback.BlockActions[0].Value + " " + string(i.Container.Type)
			return nil
		}
		ada.ClickIn(ada.OpenHome(), "Queue")
		equal(t, "pressed", pressed, "cre queue view")
	})
}

func TestButtonsAndMenus(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		button := slack.NewButtonBlockElement("take", "cre take R-1", plain("Take it"))
		menu := slack.NewOptionsSelectBlockElement("static_select", plain("Severity"), "sev",
			slack.NewOptionBlockObject("sev1", plain("SEV-1"), nil))
		_, ts, err := a.api.PostMessage("war", slack.MsgOptionBlocks(slack.NewActionBlock("b", button, menu)))
		ok(t, err)
		var got slack.InteractionCallback
		a.interaction = func(i slack.InteractionCallback) any { got = i; return nil }
		if answer := ws.As("ada").Click("war", ts, "Take it"); answer.Failed != "" {
			t.Fatalf("got %+v", answer)
		}
		equal(t, "value", got.ActionCallback.BlockActions[0].Value, "cre take R-1")
		equal(t, "message", got.Container.MessageTs+got.Message.Timestamp, ts+ts)
		equal(t, "channel", got.Channel.ID, ws.Channel("war").ID)
		ws.As("ada").Choose("war", ts, "sev", "SEV-1")
		equal(t, "option", got.ActionCallback.BlockActions[0].SelectedOption.Value, "sev1")
	})
}

func TestShortcutAndResponseURL(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		ws.AllowProblems()
		var got slack.InteractionCallback
		a.interaction = func(i slack.InteractionCallback) any { got = i; return nil }
		said := ws.As("ada").Say("war", "please look")
		ws.As("ada").Shortcut("war", said.TS, "file_request")
		equal(t, "callback", got.CallbackID, "file_request")
		equal(t, "message", got.Message.Text+got.MessageTs, "please look"+said.TS)

		for range 5 {
			ok(t, slack.PostWebhook(got.ResponseURL, &slack.WebhookMessage{Text: "filed"}))
		}
		if err := slack.PostWebhook(got.ResponseURL, &slack.WebhookMessage{Text: "filed"}); len(ws.Ephemerals("ada")) != 5 || len(ws.Problems()) != 1 {
			t.Fatalf("got %d replies, error %v, problems %q", len(ws.Ephemerals("ada")), err, ws.Problems())
		}
	})
}

func TestResponseURLGrowsOld(t *testing.T) {
	ws, _, _ := start(t)
	now := time.Now()
	ws.SetClock(func() time.Time { return now })
	a := newApp(ws)
	a.connect(t, ws)
	ws.AwaitConnections(1)
	ws.As("ada").Slash("war", "/cre", "x")
	link := a.slashs[0].ResponseURL
	now = now.Add(30 * time.Minute)
	ok(t, slack.PostWebhook(link, &slack.WebhookMessage{Text: "in time"}))
	now = now.Add(time.Second)
	_ = slack.PostWebhook(link, &slack.WebhookMessage{Text: "late"}) // slack-go reads no further than the status
	equal(t, "replies", len(ws.Ephemerals("ada")), 1)
	equal(t, "outcome", ws.CallsOf("response_url")[1].Outcome, "expired_url")
}

func TestErrorsNameFields(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		ws.AllowProblems()
		a.interaction = func(i slack.InteractionCallback) any {
			if i.Type == slack.InteractionTypeShortcut {
				_, err := a.api.OpenView(i.TriggerID, form())
				ok(t, err)
				return nil
			}
			return slack.NewErrorsViewSubmissionResponse(map[string]string{"nothing": "Wrong."})
		}
		ws.As("ada").GlobalShortcut("declare")
		ws.As("ada").Submit(ws.As("ada").View(), map[string]string{"title": "x"})
		equal(t, "problems", len(ws.Problems()), 1)
	})
}

func TestReplaceOriginal(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		button := slack.NewActionBlock("b", slack.NewButtonBlockElement("yes", "", plain("Yes")))
		_, err := a.api.PostEphemeral(ws.Channel("war").ID, ws.As("ada").User().ID,
			slack.MsgOptionText("Sure?", false), slack.MsgOptionBlocks(button))
		ok(t, err)
		a.interaction = func(i slack.InteractionCallback) any {
			equal(t, "ephemeral", i.Container.IsEphemeral, true)
			ok(t, slack.PostWebhook(i.ResponseURL, &slack.WebhookMessage{Text: "Done.", ReplaceOriginal: true}))
			return nil
		}
		asked := ws.Ephemerals("ada")[0]
		ws.As("ada").Click("war", asked.TS, "Yes")
		replaced := ws.Ephemerals("ada")
		if len(replaced) != 1 || replaced[0].Text != "Done." || string(replaced[0].Blocks) != "null" {
			t.Fatalf("got %+v", replaced)
		}
	})
}
