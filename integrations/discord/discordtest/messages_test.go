package discordtest_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	"cresset/integrations/discord/discordtest"
)

func TestMessages(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	path := "/channels/" + war.ID + "/messages"
	var ids []string
	for i := range 5 {
		ids = append(ids, a.say(war.ID, fmt.Sprint(i)))
	}
	read := func(query string) string {
		var got []string
		for _, m := range a.must("GET", path+query, nil).List {
			got = append(got, m.(obj)["content"].(string))
		}
		return strings.Join(got, "")
	}
	equal(t, "all", read(""), "43210")
	equal(t, "limit", read("?limit=2"), "43")
	equal(t, "before", read("?limit=2&before="+ids[3]), "21")
	equal(t, "after", read("?limit=2&after="+ids[0]), "21")
	equal(t, "around", read("?limit=3&around="+ids[2]), "321")
	a.refused(400, 50035, "GET", path+"?limit=101", nil)

	a.must("PATCH", path+"/"+ids[0], obj{"content": "zero", "allowed_mentions": quiet})
	equal(t, "edited", a.must("GET", path+"/"+ids[0], nil).Body["content"], any("zero"))
	equal(t, "edits", d.Message("war", ids[0]).EditCount, 1)
	a.must("DELETE", path+"/"+ids[0], nil)
	a.refused(404, 10008, "GET", path+"/"+ids[0], nil)
	a.refused(400, 50006, "POST", path, obj{"content": " ", "allowed_mentions": quiet})
	a.refused(400, 50006, "PATCH", path+"/"+ids[1], obj{"content": nil})
	answer := a.must("POST", path, obj{"content": "re", "allowed_mentions": quiet, "message_reference": obj{"message_id": ids[1]}})
	equal(t, "reply", d.Message("war", answer.id()).ReplyTo, ids[1])
	a.refused(400, 50035, "POST", path, obj{"content": "re", "allowed_mentions": quiet, "message_reference": obj{"message_id": ids[0]}})
}

func TestNonce(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	d, war := start(t)
	d.SetClock(func() time.Time { return now })
	a := appOf(t, d)
	post := func() string {
		return a.must("POST", "/channels/"+war.ID+"/messages", obj{"content": "x", "nonce": "n-1", "enforce_nonce": true, "allowed_mentions": quiet}).id()
	}
	first := post()
	equal(t, "again", post(), first)
	now = now.Add(6 * time.Minute)
	if post() == first {
		t.Error("the nonce lasts")
	}
	d.HonourNonce(false)
	post()
	equal(t, "messages", len(d.Messages("war")), 3)
	a.refused(400, 50035, "POST", "/channels/"+war.ID+"/messages", obj{"content": "x", "nonce": strings.Repeat("n", 26), "allowed_mentions": quiet})
}

func TestContentOfOthersNeedsTheIntent(t *testing.T) {
	d, war := start(t)
	d.As("ada").Message("war", "secret")
	d.AllowIntents(discordtest.IntentGuildMembers)
	equal(t, "content", appOf(t, d).must("GET", "/channels/"+war.ID+"/messages", nil).List[0].(obj)["content"], any(""))
}

func TestPins(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	card := a.say(war.ID, "card")
	other := d.As("ada").Message("war", "look").ID
	a.must("PUT", "/channels/"+war.ID+"/messages/pins/"+card, nil)
	a.must("PUT", "/channels/"+war.ID+"/messages/pins/"+card, nil)
	a.must("PUT", "/channels/"+war.ID+"/pins/"+other, nil)
	equal(t, "pins", d.Channel("war").Pins, []string{other, card})
	equal(t, "notices", len(d.Messages("war")), 4)
	equal(t, "a notice", d.Messages("war")[2].Type, 6)
	equal(t, "old route", len(a.must("GET", "/channels/"+war.ID+"/pins", nil).List), 2)
	page := a.must("GET", "/channels/"+war.ID+"/messages/pins?limit=1", nil).Body
	equal(t, "more", page["has_more"], any(true))
	equal(t, "first", data(page["items"].([]any)[0].(obj), "message", "id"), any(other))
	at := data(page["items"].([]any)[0].(obj), "pinned_at").(string)
	page = a.must("GET", "/channels/"+war.ID+"/messages/pins?before="+url.QueryEscape(at), nil).Body
	equal(t, "second", data(page["items"].([]any)[0].(obj), "message", "id"), any(card))
	a.must("DELETE", "/channels/"+war.ID+"/messages/pins/"+other, nil)
	d.As("bob").Unpin("war")
	equal(t, "pins left", len(d.Channel("war").Pins), 0)
	d.GlobalLimit(0)
	d.Limit("*", 10000, time.Second)
	for range 250 {
		a.must("PUT", "/channels/"+war.ID+"/messages/pins/"+a.say(war.ID, "x"), nil)
	}
	a.refused(400, 30003, "PUT", "/channels/"+war.ID+"/messages/pins/"+card, nil)
}

func TestReactions(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	id := a.say(war.ID, "card")
	path := "/channels/" + war.ID + "/messages/" + id + "/reactions/" + url.PathEscape("📌")
	a.must("PUT", path+"/@me", nil)
	d.As("ada").React("war", id, "📌")
	equal(t, "who", d.Message("war", id).Reactions["📌"], []string{"cresset", "ada"})
	equal(t, "listed", len(a.must("GET", path, nil).List), 2)
	a.must("DELETE", path+"/@me", nil)
	a.must("DELETE", path+"/"+d.As("ada").User().ID, nil)
	equal(t, "none", len(d.Message("war", id).Reactions), 0)
	a.refused(400, 10014, "PUT", "/channels/"+war.ID+"/messages/"+id+"/reactions/pushpin/@me", nil)
}

func TestThreads(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	id := a.say(war.ID, "card")
	begin := "/channels/" + war.ID + "/messages/" + id + "/threads"
	equal(t, "id", a.must("POST", begin, obj{"name": "INC-1: details", "auto_archive_duration": 1440}).id(), id)
	a.refused(400, 160004, "POST", begin, obj{"name": "again"})
	a.refused(400, 50035, "POST", "/channels/"+war.ID+"/messages/"+a.say(war.ID, "x")+"/threads", obj{"name": "x", "auto_archive_duration": 5})
	a.say(id, "in the thread")
	d.As("ada").Message(id, "I see")
	shown := d.Threads("war")[0]
	equal(t, "name", shown.Name, "INC-1: details")
	equal(t, "joined", shown.Joined, []string{"cresset", "ada"})
	equal(t, "active", len(a.must("GET", "/guilds/"+d.GuildID+"/threads/active", nil).Body["threads"].([]any)), 1)

	edited := d.Messages(id)[1].ID
	d.As("ada").Archive(id, true)
	a.refused(400, 50083, "PATCH", "/channels/"+id+"/messages/"+edited, obj{"content": "x", "allowed_mentions": quiet})
	a.say(id, "opens it")
	equal(t, "archived", d.Channel(id).Archived, false)
	a.must("PATCH", "/channels/"+id, obj{"archived": true, "locked": true})
	equal(t, "writers", d.Channel(id).Writers, []string{"cresset"})
	a.must("DELETE", "/channels/"+id, nil)
	equal(t, "threads", len(d.Threads("war")), 0)
	equal(t, "the message stays", d.Message("war", id).Content, "card")
}

// upload sends a message with files.
func (a *app) upload(path, payload string, files map[string]string) reply {
	a.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	ok(a.t, w.WriteField("payload_json", payload))
	n := 0
	for name, content := range files {
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {"image/png"},
			"Content-Disposition": {fmt.Sprintf(`form-data; name="files[%d]"; filename=%q`, n, name)}})
		ok(a.t, err)
		_, err = part.Write([]byte(content))
		ok(a.t, err)
		n++
	}
	ok(a.t, w.Close())
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.d.URL+"/api/v9"+path, &body)
	ok(a.t, err)
	request.Header.Set("Content-Type", w.FormDataContentType())
	return a.do(request)
}

func TestFiles(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	path := "/channels/" + war.ID + "/messages"
	r := a.upload(path, `{"content": "chart", "allowed_mentions": {"parse": []}, "attachments": [{"id": 0, "description": "errors by minute"}],
		"embeds": [{"title": "Errors", "image": {"url": "attachment://chart.png"}}]}`, map[string]string{"chart.png": "PNG"})
	equal(t, "status", r.Status, 200)
	shown := d.Message("war", r.id())
	equal(t, "file", fmt.Sprint(shown.Attachments[0].Filename, shown.Attachments[0].Description, string(shown.Attachments[0].Content)), "chart.pngerrors by minutePNG")
	equal(t, "image", shown.Embeds[0].Image.URL, shown.Attachments[0].URL)
	response, err := http.Get(shown.Attachments[0].URL)
	ok(t, err)
	response.Body.Close()
	equal(t, "served", response.StatusCode, 200)

	kept := obj{"content": "chart 2", "allowed_mentions": quiet}
	a.must("PATCH", path+"/"+r.id(), kept)
	equal(t, "kept", len(d.Message("war", r.id()).Attachments), 1)
	kept["attachments"], kept["embeds"] = []obj{}, []obj{}
	a.must("PATCH", path+"/"+r.id(), kept)
	equal(t, "taken off", len(d.Message("war", r.id()).Attachments), 0)
	d.AllowViolations()
	equal(t, "no such file", a.upload(path, `{"embeds": [{"image": {"url": "attachment://none.png"}}]}`, nil).code(), 50035)
	equal(t, "no such entry", a.upload(path, `{"content": "x", "attachments": [{"id": 7}]}`, nil).code(), 50035)
}

func TestMentions(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	oncall := d.AddRole("oncall", 0, "bob")
	ada, bob := d.As("ada").User().ID, d.As("bob").User().ID
	said := "<@" + ada + "> <@!" + bob + "> <@&" + oncall + "> @everyone `<@" + ada + ">`"
	pings := func(allowed any) []string {
		t.Helper()
		r := a.must("POST", "/channels/"+war.ID+"/messages", obj{"content": said, "allowed_mentions": allowed})
		return d.Message("war", r.id()).Pings
	}
	equal(t, "nobody", pings(quiet), nil)
	equal(t, "one", pings(obj{"parse": []string{}, "users": []string{ada}}), []string{"ada"})
	equal(t, "problems", len(d.Violations()), 0)
	d.AllowViolations()
	equal(t, "unsaid", pings(nil), []string{"ada", "bob"})
	equal(t, "people", pings(obj{"parse": []string{"users"}}), []string{"ada", "bob"})
	d.SetPermissions(discordtest.BotPermissions | discordtest.MentionEveryone)
	equal(t, "all", pings(obj{"parse": []string{"users", "roles", "everyone"}}), []string{"ada", "bob", "@oncall", "@everyone"})
	equal(t, "violations", len(d.Violations()), 3)
	a.refused(400, 50035, "POST", "/channels/"+war.ID+"/messages", obj{"content": "x", "allowed_mentions": obj{"parse": []string{"users"}, "users": []string{ada}}})
}

func TestViolationsFailTheTest(t *testing.T) {
	for _, body := range []obj{
		{"content": "whom?"},
		{"content": strings.Repeat("x", 2001), "allowed_mentions": quiet},
	} {
		r := &recorder{TB: t}
		d := discordtest.Start(r)
		appOf(t, d).call("POST", "/channels/"+d.AddChannel("war").ID+"/messages", body)
		r.end()
		equal(t, "errors", len(r.errors), 1)
	}
}
