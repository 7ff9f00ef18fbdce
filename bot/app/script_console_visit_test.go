package app

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
)

// visitors read the pages of the console over HTTP, each with a session of their own.
type visitors struct {
	t       testing.TB
	address string
	clients map[string]*http.Client // by person
}

func visit(t testing.TB, address string) *visitors {
	v := &visitors{t: t, address: address, clients: map[string]*http.Client{}}
	for _, who := range people {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		v.clients[who] = &http.Client{Jar: jar}
	}
	return v
}

// tour gives the pages of all channels that the menu leads somebody to.
func (v *visitors) tour(who string) map[string]string {
	pages := map[string]string{"general": v.get(who, "general")}
	for _, channel := range readPage(v.t, pages["general"]).rooms {
		if pages[channel] == "" {
			pages[channel] = v.get(who, channel)
		}
	}
	return pages
}

// get is the page of a channel. Whoever is led to the login logs in.
func (v *visitors) get(who, channel string) string {
	request, _ := http.NewRequestWithContext(v.t.Context(), "GET", v.address+"/c/"+url.PathEscape(channel), nil)
	request.Header.Set("Accept", "text/html")
	answer, err := v.clients[who].Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	source, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		v.t.Fatal(err)
	case answer.Request.URL.Path == "/login":
		v.logIn(who)
		return v.get(who, channel)
	case answer.StatusCode != http.StatusOK:
		v.t.Fatalf("%s sees %d in #%s: %s", who, answer.StatusCode, channel, source)
	}
	return string(source)
}

func (v *visitors) logIn(who string) {
	answer, err := v.clients[who].PostForm(v.address+"/login", url.Values{"name": {who}, "secret": {secretOf(who)}})
	if err != nil {
		v.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.Request.URL.Path == "/login" {
		v.t.Fatalf("%s is not let in", who)
	}
}
