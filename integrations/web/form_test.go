package web

import (
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

// A form that is still being filled in goes to the bot as a draft, and nothing
// is said about it.
func TestFormDraft(t *testing.T) {
	b := newBench(t)
	b.script = drawn
	form := b.did("/draft", "channel", "cre", "line", "incident declare", "v.title", "it is slow", "v.customer", "globex").Form
	if e := b.last(); !e.Draft || e.Values["customer"] != "globex" || e.Line != "incident declare" {
		t.Errorf("the bot got %+v", e)
	}
	b.wants(form, `value="it is slow"`, `value="api"`, `value="globex" checked`)
	b.lacks(form, `value="checkout"`)
	b.wants(b.get("/c/cre"), "Nothing was said here yet")
}

// Whoever opens a form begins where something is missing.
func TestFormBeginsWhereSomethingIsMissing(t *testing.T) {
	b := newBench(t)
	b.script = b.desk
	form := b.did("/draft", "line", "cre assign R-2").Form
	b.wants(form, `value="R-2"`)
	if _, who, _ := strings.Cut(form, `name="p.who"`); strings.Count(form, "autofocus") != 1 || !strings.Contains(who, "autofocus") {
		t.Errorf("the focus is not at whom\n%s", form)
	}
}

// A moment is shown and sent in the zone of the house.
func TestMomentInTheZoneOfTheHouse(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	rules := settings()
	rules.Zone = paris
	b := startBench(t, openStore(t, t.TempDir()+"/test.db"), "", func(d *Deps) { d.Settings = rules })
	b.script = drawn
	b.wants(b.did("/press", "channel", "cre", "line", "incident declare").Form, `type="datetime-local" id="f-at" name="v.at" value="2026-11-20T12:50"`, "optional, in Europe/Paris")
}

func TestSuggest(t *testing.T) {
	b := startBench(t, openStore(t, t.TempDir()+"/test.db"), "", func(d *Deps) { d.Vocabulary.Suggest = suggested })
	b.who = "ada"
	b.wants(b.get("/suggest?from=incidents&typed=x"), `[{"value":"INC-7","label":"incidents for ada: x"}]`)
	silent := newBench(t)
	silent.wants(silent.get("/suggest?from=incidents&typed=x"), "[]")
}

// Whoever does not see a picture reads what it shows; its type is kept.
func TestPictureHasWords(t *testing.T) {
	b := newBench(t)
	if _, err := b.Post(b.Context(), placeOf("cre"), chat.Message{Files: []chat.File{{Name: "a.png", Type: "image/png", Content: []byte("png"), Alt: "The rate rises."},
		{Name: "b.gif", Type: "image/gif", Content: []byte("gif")}}}, "1"); err != nil {
		t.Fatal(err)
	}
	page := b.get("/c/cre")
	b.wants(page, `src="/m/1/file/0" alt="The rate rises."`)
	b.lacks(page, `src="/m/1/file/1"`)
}
