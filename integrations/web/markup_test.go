package web

import (
	"strings"
	"testing"

	"cresset/bot/chat"
)

func TestMarkup(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		text chat.Text
		want string
	}{
		{"plain", "<p>plain</p>"},
		{"one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"},
		{"**a** _b_ `c`", "<p><strong>a</strong> <em>b</em> <code>c</code></p>"},
		{"- a\n- b\nc", "<ul><li>a<li>b</ul><p>c</p>"},
		{"- `help` will help", `<ul><li class="command"><button type="button" class="try" title="Put it into the line" data-fill="help">help</button><span> will help</span></ul>`},
		{"**INC-1**", `<p><a class="record" href="/incidents/INC-1"><strong>INC-1</strong></a></p>`},
		{"**R-12**", `<p><a class="record" href="/requests/R-12"><strong>R-12</strong></a></p>`},
		{"**R-12 x**", "<p><strong>R-12 x</strong></p>"},
		{"> a\n> b", "<blockquote>a<br>b</blockquote>"},
		{"`incident list`", `<p><button type="button" class="try" title="Put it into the line" data-fill="incident list">incident list</button></p>`},
		{chat.Mention(known("ada")), `<p><span class="mention" data-who="ada">@ada</span></p>`},
		{chat.Channel(placeOf("inc-1"), "inc-1"), `<p><a class="mention" href="/c/inc-1">#inc-1</a></p>`},
		{chat.Channel(chat.Place{Platform: "slack", Channel: "C1"}, "inc-1"), `<p><span class="mention">#inc-1</span></p>`},
		{chat.Link("there", "https://example.org/?a=1&b=2"), `<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer" target="_blank">there</a></p>`},
		{chat.Plain("<b>"), "<p>&lt;b&gt;</p>"},
	} {
		if got := string(b.markup(c.text)); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
		}
	}
	if got := string(b.markup("A 📌 on a message")); !strings.Contains(got, `aria-label="pushpin"`) || strings.Contains(got, "📌") {
		t.Errorf("the pin is not drawn as on its button: %s", got)
	}
	if got, want := string(b.markup(chat.Link("here", b.site()+"/queue"))), `<p><a href="/queue">here</a></p>`; got != want {
		t.Errorf("a link to the console itself\n got %s\nwant %s", got, want)
	}
}

func TestFillable(t *testing.T) {
	for line, want := range map[string]string{
		"incident declare sev2 customer:acme checkout returns 500": "incident declare sev2 customer:acme checkout returns 500",
		"incident show [INCIDENT]":                                 "incident show ",
		"incident update TEXT":                                     "incident update ",
		"cre assign REQUEST @who":                                  "cre assign ",
		"incident show INC-7":                                      "incident show INC-7",
		"cre retry 7":                                              "cre retry 7",
		"cre done R-1 [minutes:…]":                                 "cre done R-1 ",
	} {
		if got := fillable(line); got != want {
			t.Errorf("%q fills in %q, want %q", line, got, want)
		}
	}
}

func TestAnchor(t *testing.T) {
	b := newBench(t)
	for _, address := range []string{"javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example", "/queue", "vbscript:x", "https://", "http:x", ""} {
		if got := b.anchor(address, "x"); got != "x" {
			t.Errorf("%q became the link %s", address, got)
		}
	}
	if got, _ := b.href(b.site() + "//evil.example"); got != "/" {
		t.Errorf("a path that leads elsewhere became %q", got)
	}
}

func TestTalk(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct{ text, want string }{
		{"a <b> & c", "a &lt;b&gt; &amp; c"},
		{"see https://example.org/x?y=1, please", `see <a href="https://example.org/x?y=1" rel="noopener noreferrer" target="_blank">https://example.org/x?y=1</a>, please`},
		{"hi @ada and bob@example.org", `hi <span class="mention" data-who="ada">@ada</span> and bob@example.org`},
		{"**not bold** here", "**not bold** here"},
	} {
		if got := string(b.talk(c.text)); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}
