package cre

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTerms(t *testing.T) {
	for _, c := range []struct{ title, detail, want string }{
		{"The export of invoices is slow", "", "export invoic slow"},
		{"Exporting an INVOICE, slowly", "exports!", "export invoic slowl"},
		{"error E1042 since 2.4.1", "HTTP 502 on v2.4.1-rc1, at 10:05.", "error e1042 2.4.1 502 v2.4.1 rc1"},
		{"since 2.4. Then more", "", "2.4"}, // a dot that ends a sentence
		{"Die Rechnungen sind langsam", "Rechnung langsame", "rechnung langsam"},
		{"Aufträge für Müller", "Auftrag MULLER", "auftrag mull"},
		{"La facturación", "facturacion", "facturacion"},
		{"l'export des commandes", "commande", "export command"},
		{"Straße ＥＸＰＯＲＴ ﬁle İzmir", "strasse", "strass export file izmir"},
		{"請求書のAPIエラー", "", "請求 求書 書の api エラ ラー"},
		{"버그", "書", "버그 書"},
		{"экспорт Счёт", "ЭКСПОРТ счет", "экспорт счет"},
		{"data and date", "", "data date"},
		{"the of is 7 12 a", "und der", ""},
		{"", "", ""},
		{"\xff\xfe export\xff", "\x00", "export"},
		{"https://acme.example/invoices?id=778", "", "acm exampl invoic id 778"},
		{strings.Repeat("x", 100), "", strings.Repeat("x", 32)},
	} {
		if got := strings.Join(Terms(c.title, c.detail), " "); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.title, c.detail, got, c.want)
		}
	}
}

// The title goes first, and the detail has what is left of 24 words.
func TestTermsAreBounded(t *testing.T) {
	var many []string
	for i := range 40 {
		many = append(many, "w"+strings.Repeat("z", i))
	}
	got := Terms("checkout slow", strings.Join(many, " "))
	if len(got) != mostWords || got[0] != "checkout" || got[1] != "slow" {
		t.Errorf("%d words, %q", len(got), got)
	}
	if n := len(Terms(strings.Repeat("the ", 1<<20), "export")); n != 1 {
		t.Errorf("%d words behind a long title of nothing", n)
	}
}

// A word is shown as it was first written.
func TestWordsAreShownAsWritten(t *testing.T) {
	got := Words("Exports fail", "the EXPORT of Rechnungen")
	want := []Word{{"export", "Exports"}, {"fail", "fail"}, {"rechnung", "Rechnungen"}}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// FuzzTerms: whatever people write, its words can be indexed, shown, and found
// again by what is shown.
func FuzzTerms(f *testing.F) {
	for _, s := range []string{"", "The export of invoices is slow", "E1042 2.4.1 1.", "請求書のAPIエラー", "\xff\u0301a\u0301\u0300", "ﷺ ǆ ß İ ı",
		"ing ed er s es yy", "1\u0301.2", strings.Repeat("é", 40), "ὈΔΥΣΣΕΎΣ", "각ᄀ", strings.Repeat("a\u0301", 60)} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, title, detail string) {
		words := Words(title, detail)
		if len(words) > mostWords {
			t.Fatalf("%d words", len(words))
		}
		for i, w := range words {
			if w.Term == "" || utf8.RuneCountInString(w.Term) > 2*longestWord || !utf8.ValidString(w.Term) || !utf8.ValidString(w.Said) {
				t.Fatalf("word %q", w)
			}
			if slices.ContainsFunc(words[:i], func(before Word) bool { return before.Term == w.Term }) {
				t.Fatalf("%q stands twice in %q", w.Term, words)
			}
			if again := Terms(w.Said, ""); len(w.Said) < mostRead && !slices.Contains(again, w.Term) {
				t.Fatalf("%q is under %q, and asked for again under %q", w.Said, w.Term, again)
			}
		}
	})
}

func BenchmarkTerms(b *testing.B) {
	detail := "Since the release of Monday our customers wait for minutes until the export of their invoices begins, and then it fails with error E1042."
	for b.Loop() {
		Terms("The export of invoices is slow since 2.4.1", detail)
	}
}
