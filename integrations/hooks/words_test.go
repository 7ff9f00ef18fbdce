package hooks

import (
	"strings"
	"testing"
)

func TestTitleOf(t *testing.T) {
	for _, c := range []struct{ subject, text, want string }{
		{"the export is slow", "", "the export is slow"},
		{"Re: the export", "", "the export"},
		{"RE: AW: Fwd:  [R-12] the export", "", "the export"},
		{"Re[2]: the export", "", "the export"},
		{"WG: TR: the  export ", "", "the export"},
		{"Refund: twice", "", "Refund: twice"},
		{"Reply all fails", "", "Reply all fails"},
		{"[URGENT] Re: invoices", "", "[URGENT] Re: invoices"},
		{"", "\n\nHello,\nthe export", "Hello,"},
		{"Re: ", "", "a mail without words"},
		{"[R-1]", " \n", "a mail without words"},
		{strings.Repeat("é", 300), "", strings.Repeat("é", 199) + "…"},
	} {
		if got := titleOf(c.subject, c.text); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.subject, c.text, got, c.want)
		}
	}
}

func TestOwnWords(t *testing.T) {
	for _, c := range []struct{ name, subject, text, want string }{
		{"plain", "", "It is slow.\n\nSince Monday.\n", "It is slow.\n\nSince Monday."},
		{"Gmail", "", "Yes.\n\nOn Mon, Aug 3, 2026 at 9:00 AM CRE <help@cre.example> wrote:\n\n> Now?\n", "Yes."},
		{"Gmail, two lines", "", "Yes.\n\nOn Mon, Aug 3, 2026 at 9:00 AM A Long Name <help@cre.example>\nwrote:\n> Now?\n", "Yes."},
		{"German", "", "Ja.\nAm 03.08.26 um 09:00 schrieb CRE <help@cre.example>:\n> Jetzt?", "Ja."},
		{"French", "", "Oui.\nLe lun. 3 août 2026 à 09:00, CRE a écrit :\n> Maintenant ?", "Oui."},
		{"old Outlook", "", "Yes.\n\n-----Original Message-----\nFrom: CRE\nNow?", "Yes."},
		{"Outlook", "", "Yes.\n\nFrom: CRE\nSent: Monday\nTo: Kim\nSubject: x\n\nNow?", "Yes."},
		{"Outlook in bold", "", "Yes.\n\n*From:* CRE\n*Sent:* Monday\n*To:* Kim\n\nNow?", "Yes."},
		{"a ruler", "", "Yes.\n________________________________\nVon: CRE\nGesendet: Montag\nAn: Kim\n\nJetzt?", "Yes."},
		{"below the quote", "", "> Now?\n\nYes.", "> Now?\n\nYes."},
		{"between quotes", "", "> Now?\nYes.\n> And then?\nNo.\n> ok\n> bye", "> Now?\nYes.\n> And then?\nNo."},
		{"signature", "", "It is slow.\n-- \nKim\nGlobex", "It is slow."},
		{"signature without its blank", "", "It is slow.\n--\nKim", "It is slow."},
		{"a dash in the text", "", "It is slow -- very.\n--verbose helps", "It is slow -- very.\n--verbose helps"},
		{"forwarded", "Fwd: slow", "See below.\n\nOn 3 Aug 2026 Bo wrote:\n> It is slow.\n-- \nKim", "See below.\n\nOn 3 Aug 2026 Bo wrote:\n> It is slow."},
		{"answered and forwarded", "AW: WG: slow", "From: Bo\nSent: Monday\nTo: Kim\nIt is slow.", "From: Bo\nSent: Monday\nTo: Kim\nIt is slow."},
		{"nothing of one's own", "Re: slow", "> It is slow.", "> It is slow."},
		{"only a signature", "", "-- \nKim", "-- \nKim"},
		{"a sentence that quotes", "", "On Monday the customer wrote:\nit is slow", "On Monday the customer wrote:\nit is slow"},
		{"a form", "", "From: Berlin\nTo: Paris\nWe move.", "From: Berlin\nTo: Paris\nWe move."},
		{"own words before the line", "", "On second thought 2 are enough.\nOn 3 Aug 2026 Bo wrote:\n> 3?", "On second thought 2 are enough."},
		{"many blank lines", "", "a\n\n\n \n\nb", "a\n\nb"},
		{"what deceives", "", "a\x00\x1b[31mb\u202ec\xff", "abc"},
		{"empty", "", "\r\n", ""},
	} {
		if got := ownWords(c.subject, strings.ReplaceAll(c.text, "\n", "\r\n")); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTextOf(t *testing.T) {
	for page, want := range map[string]string{
		"":                                       "",
		"plain":                                  "plain",
		"<p>a <b>b</b>c</p><p>d</p>":             "a bc\n\nd",
		"a<br>b<br/><br>c":                       "a\nb\n\nc",
		"<div>a<div>b</div></div>c":              "a\nb\nc",
		"<ol><li>a<li>b</ol>":                    "- a\n- b",
		"<table><tr><td>a<td>b<tr><td>c</table>": "a b\nc",
		`<a href="https://a.example">here</a>.`:  "here (https://a.example).",
		`<a href="https://a.example">https://a.example</a>`:          "https://a.example",
		`<a href="javascript:x">here</a>`:                            "here",
		"<blockquote>a<p>b</blockquote>c":                            "> a\n> b\nc",
		"<head><title>x</title></head><script>y</script>a<style>b{}": "a",
		"<head><body>a":                                      "a",
		"&lt;b&gt; &amp;&nbsp;c&#0;":                         "<b> & c\ufffd",
		"<!-- a --><p hidden":                                "",
		strings.Repeat("<div>", 50_000) + "deep":             "deep",
		strings.Repeat("</blockquote>", 9) + "<blockquote>a": "> a",
		"a\n b<!-- -->\n c":                                  "a b c",
	} {
		if got := textOf(page); got != want {
			t.Errorf("%.60q: %q, want %q", page, got, want)
		}
	}
}
