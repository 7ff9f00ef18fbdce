package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"cresset/bot/chat"
)

// drawn is a form whose services hang on the customers, as the bot draws it.
func drawn(e chat.Event) (chat.Reply, error) {
	if e.Values != nil && !e.Draft {
		return chat.Replyf("declared %s for %s, %s at %s", e.Values["title"], e.Values["customer"], e.Values["service"], e.Values["at"]), nil
	}
	customers := []chat.Option{{Value: "acme", Label: "Acme GmbH"}, {Value: "globex", Label: "Globex Corporation"}}
	for n := range many {
		customers = append(customers, chat.Option{Value: fmt.Sprintf("c%d", n), Label: fmt.Sprintf("Customer %d", n)})
	}
	if strings.Contains(e.Values["customer"], "zenith") { // what was said stays among the options
		customers = append(customers, chat.Option{Value: "zenith", Label: "Zenith AG"})
	}
	services := []chat.Option{{Value: "api", Label: "api"}, {Value: "checkout", Label: "checkout"}}
	regions := []chat.Option{{Value: "us", Label: "us"}, {Value: "eu", Label: "eu"}}
	if strings.Contains(e.Values["customer"], "globex") {
		services, regions[0] = services[:1], chat.Option{Value: "ap", Label: "ap"}
	} else if strings.Contains(e.Values["customer"], "acme") {
		services = services[1:]
	}
	return chat.Reply{Form: &chat.Form{Line: "incident declare", Title: "Incident declare", Fields: []chat.FormField{
		{Name: "title", Label: "Title", Kind: chat.OneLine, Value: e.Values["title"]},
		{Name: "customer", Label: "Customer", Kind: chat.Choices, From: chat.Customers, Options: customers, Value: e.Values["customer"], Live: true, Optional: true},
		{Name: "service", Label: "Service", Kind: chat.Choices, Options: services, Value: e.Values["service"], Optional: true},
		{Name: "region", Label: "Region", Kind: chat.Choice, Options: regions, Value: "eu"},
		{Name: "incident", Label: "Incident", Kind: chat.OneLine, From: chat.Incidents, Optional: true},
		{Name: "at", Label: "At", Kind: chat.Moment, Value: "2026-11-20T11:50:00Z", Optional: true},
	}}}, nil
}

// suggested is what the bot proposes.
func suggested(p chat.Person, from, typed string) []chat.Option {
	if from == chat.Customers && strings.HasPrefix("zenith", typed) {
		return []chat.Option{{Value: "zenith", Label: "Zenith AG"}}
	}
	return []chat.Option{{Value: "INC-7", Label: from + " for " + p.Name + ": " + typed}}
}

func TestFormThatFollows(t *testing.T) {
	b := startBench(t, openStore(t, t.TempDir()+"/test.db"), "", func(d *Deps) { d.Vocabulary.Suggest = suggested })
	b.script = drawn
	ctx := browse(t, 1280, 860)
	services := `[...document.querySelectorAll('[name="v.service"]')].map((i) => i.value + (i.checked ? "!" : "")).join()`
	do(t, ctx, "open the form", chromedp.Navigate(b.server.URL+"/"), keys("#line", "/incident declare\r"), shows("dialog.form[open]"))
	do(t, ctx, "fill in, and choose a service", keys(`[name="v.title"]`, "it is slow"), click(`[value="checkout"]`))
	do(t, ctx, "choose a customer who has it", click(`[value="acme"]`), until(services+` === "checkout!"`))
	do(t, ctx, "another who has not", click(`[value="acme"]`), until(services+` === "api,checkout!"`), click(`[value="globex"]`), until(services+` === "api"`))
	regions := `[...document.querySelector('[name="v.region"]').options].map((o) => o.value + (o.selected ? "!" : "")).join()`
	if got := ask[string](t, ctx, regions); got != "ap,eu!" {
		t.Errorf("the regions are %s after the form was drawn anew", got)
	}
	if title := ask[string](t, ctx, `document.querySelector('[name="v.title"]').value`); title != "it is slow" {
		t.Errorf("the title is %q after the form was drawn anew", title)
	}

	visible := `[...document.querySelectorAll('[name="v.customer"]')].filter((i) => i.checkVisibility()).map((i) => i.value).join()`
	do(t, ctx, "find a customer that the form does not list", keys(".finder", "zen"), until(visible+` === "globex,zenith"`), click(`[value="zenith"]`),
		until(`document.querySelector('[aria-busy="true"]') === null`))
	do(t, ctx, "see what there is", click(`[name="v.incident"]`), until(`document.querySelector("#f-incident-list option")?.text === "incidents for guest:"`))
	do(t, ctx, "see what begins so", keys(`[name="v.incident"]`, "in"), until(`document.querySelector("#f-incident-list option")?.text === "incidents for guest: in"`))
	do(t, ctx, "send it", click("dialog.form button.good"), seen("declared it is slow for globex,zenith, at 2026-11-20T11:50"))
}
