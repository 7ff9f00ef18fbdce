package cre

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/spanish"
	"golang.org/x/text/unicode/norm"
)

// WordsEdition is counted up with every change to which words tell, or to the
// terms that they stand under: what was indexed before is then indexed anew.
const WordsEdition = 1

// A Word is one that tells what a text is about.
type Word struct {
	Term string // the same for each way to write it: invoices and Invoice are "invoic"
	Said string // as it was first written
}

const (
	mostWords   = 24      // of a request
	mostRead    = 8 << 10 // bytes of a title and its detail each
	longestWord = 32      // letters
)

// Words are the words that tell what a request is about, in the order in which
// they were written, the title's first: at most 24, each term once. A term comes
// from its word alone, so the same word has it in every text:
//
//   - Case, accents and ways to encode a letter make no difference.
//   - A word is letters and digits, with the dots of 2.4.1. E1042 is one.
//   - What every text has is left out: commonWords, single letters, and numbers of
//     one or two digits.
//   - Endings are taken off, as English, German, French and Spanish have them.
//     Words with digits, and of other alphabets, stand as they are.
//   - Chinese, Japanese and Korean have no spaces to trust: each two signs that
//     stand side by side are a word.
func Words(title, detail string) []Word {
	var words []Word
	known := map[string]bool{}
	for _, text := range []string{title, detail} {
		text = norm.NFKC.String(strings.ToValidUTF8(text[:min(len(text), mostRead)], " "))
		for said := range pieces(text) {
			if len(words) == mostWords {
				return words
			}
			term := term(said)
			if term != "" && !known[term] {
				known[term] = true
				words = append(words, Word{Term: term, Said: said})
			}
		}
	}
	return words
}

// Terms are the terms of [Words].
func Terms(title, detail string) []string {
	var terms []string
	for _, w := range Words(title, detail) {
		terms = append(terms, w.Term)
	}
	return terms
}

// pieces yields what stands between spaces and signs, and each pair of a run
// of CJK.
func pieces(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for text != "" {
			r, size := utf8.DecodeRuneInString(text)
			kind := kindOf(r)
			if kind == noLetter {
				text = text[size:]
				continue
			}
			run := text[:runOf(text, kind)]
			text = text[len(run):]
			if kind == letter && !yield(run) || kind == cjk && !pairs(run, yield) {
				return
			}
		}
	}
}

// pairs yields each two neighbours of a run, or the only one there is.
func pairs(run string, yield func(string) bool) bool {
	signs := []rune(run)
	if len(signs) == 1 {
		return yield(run)
	}
	for i := range len(signs) - 1 {
		if !yield(string(signs[i : i+2])) {
			return false
		}
	}
	return true
}

// runOf is the length of the run of one kind that text begins with. A dot between two
// digits belongs to it.
func runOf(text string, kind letterKind) int {
	before := rune(0)
	for i, r := range text {
		if kindOf(r) != kind {
			after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
			if r != '.' || !unicode.IsDigit(before) || !unicode.IsDigit(after) {
				return i
			}
		}
		before = r
	}
	return len(text)
}

type letterKind int

const (
	noLetter letterKind = iota
	letter
	cjk
)

func kindOf(r rune) letterKind {
	switch {
	case r > 0x10ff && (r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)):
		return cjk
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
		return letter
	}
	return noLetter
}

// term is what a word stands under, "" for one that tells nothing.
func term(said string) string {
	folded := fold(said)
	if n := utf8.RuneCountInString(folded); n > longestWord {
		folded = string([]rune(folded)[:longestWord])
	} else if r, _ := utf8.DecodeRuneInString(folded); n < 2 && kindOf(r) != cjk {
		return ""
	}
	switch {
	case commonWords[folded]:
		return ""
	case strings.ContainsFunc(folded, unicode.IsDigit):
		if len(folded) < 3 && strings.Trim(folded, "0123456789") == "" {
			return ""
		}
		return folded
	case strings.Trim(folded, "abcdefghijklmnopqrstuvwxyz") != "":
		return folded
	}
	return stem(folded)
}

// unmarked are small letters that have no accent to take off.
var unmarked = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ı", "i")

// fold makes one word of what differs by case and accents only. Accents are those
// of Latin, Greek and Cyrillic; in other scripts a mark is a letter.
func fold(word string) string {
	bare := strings.Map(func(r rune) rune {
		if 0x300 <= r && r <= 0x36f {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(word))
	return unmarked.Replace(norm.NFC.String(bare))
}

// leastStem is how many letters must be left by the languages behind English, so
// that data and date stay two words.
const leastStem = 4

// stem takes the endings of English off a word, then those of the others. Nobody
// has to know the language of a text of three words, and what one language makes
// the same stays the same: a step sees nothing but what the one before left.
func stem(word string) string {
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	word = env.Current()
	for _, step := range []func(*snowballstem.Env) bool{german.Stem, french.Stem, spanish.Stem} {
		env.SetCurrent(word)
		step(env)
		if left := env.Current(); len(left) >= leastStem {
			word = left
		}
	}
	return word
}

// commonWords stand in every text, as they are folded.
var commonWords = setOf(`
	a about after again all also am an and any are as at be because been but by can cannot could did do does doesn don for from get gets got
	had has have he hello hi his how if in into is isn it its just me more my need needs no not now of on one or our out please re she should since so some
	still thank thanks that the their them then there these they this to too up us very via want wants was we were what when where which while who
	why will with won would you your http https www com

	aber alle als am auch auf aus bei bis bitte da dann das dass dem den der des die dies diese dieser doch ein eine einem einen einer eines er es
	fur habe haben hallo hat ich ihr im in ist ja kann kein keine man mehr mit nach nicht noch nur oder ob schon sein seit sich sie sind so
	uber um und uns unser unsere vom von vor war warum was wegen wenn wer wie wir wird wo zu zum zur

	au aux avec bonjour ce ces cette comme dans de des du elle elles en est et eux il ils je la le les leur leurs lui ma mais merci mes moi mon ne
	nos notre nous on ont ou par pas plus pour que qui sa sans ses si son sont sur ta te tes ton un une vos votre vous

	al como con cuando del donde el ella ellos era es esta este esto favor gracias ha hay hola las los mas muy nos nuestro pero por porque
	que se sin sobre son su sus tambien una uno unos y ya`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}
