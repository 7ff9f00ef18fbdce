package cre

import (
	"strings"
	"unicode"
)

// mostSlug leaves room for a long word and a suffix within the 80 characters that
// platforms allow.
const mostSlug = 60

// Slug is the name of the war room: inc-1-short-title, of lower-case letters,
// digits and dashes. A title of which no letter can be written so is left out for
// what the incident is about: its services and customers. The number alone makes
// the name one of a kind.
func (i *Incident) Slug() string {
	id := strings.ToLower(i.ID)
	slug := slugged(id, i.Title)
	if slug == id {
		slug = slugged(id, strings.Join(append(append([]string{}, i.Services...), i.Customers...), " "))
	}
	return slug
}

// Slugged is a text in lower-case letters, digits and dashes, "" if nothing of it can be
// written so.
func Slugged(text string) string { return strings.TrimPrefix(slugged("", text), "-") }

// slugged is a word, and behind it as much of a text as there is room for.
func slugged(word, text string) string {
	var b strings.Builder
	b.WriteString(word)
	dash := true
	for _, r := range letters.Replace(strings.ToLower(text)) {
		if b.Len() >= mostSlug {
			break
		}
		if unicode.Is(unicode.Mn, r) {
			continue // an accent of its own, over the letter before
		}
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			if dash {
				b.WriteByte('-')
				dash = false
			}
			b.WriteRune(r)
		} else {
			dash = true
		}
	}
	return strings.TrimRight(b.String(), "-")
}

// letters writes the commonest small letters in ASCII: those with accents, Cyrillic
// and Greek ones.
var letters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "æ", "ae", "œ", "oe",
	"é", "e", "è", "e", "ê", "e", "ë", "e", "ę", "e", "ě", "e", "á", "a", "à", "a", "â", "a", "å", "a", "ã", "a", "ą", "a",
	"ç", "c", "č", "c", "ć", "c", "í", "i", "ì", "i", "î", "i", "ï", "i", "ı", "i", "ł", "l", "ñ", "n", "ń", "n",
	"ó", "o", "ò", "o", "ô", "o", "õ", "o", "ø", "o", "ř", "r", "š", "s", "ś", "s", "ş", "s", "ú", "u", "ù", "u", "û", "u", "ů", "u",
	"ý", "y", "ž", "z", "ź", "z", "ż", "z", "ğ", "g",

	"а", "a", "б", "b", "в", "v", "г", "g", "ґ", "g", "д", "d", "е", "e", "ё", "e", "є", "ie", "ж", "zh", "з", "z", "и", "i", "і", "i", "ї", "i",
	"й", "i", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ў", "u", "ф", "f", "х", "kh",
	"ц", "ts", "ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya",
	"ђ", "dj", "ј", "j", "љ", "lj", "њ", "nj", "ћ", "c", "џ", "dz",

	"α", "a", "ά", "a", "β", "v", "γ", "g", "δ", "d", "ε", "e", "έ", "e", "ζ", "z", "η", "i", "ή", "i", "θ", "th", "ι", "i", "ί", "i", "ϊ", "i",
	"κ", "k", "λ", "l", "μ", "m", "ν", "n", "ξ", "x", "ο", "o", "ό", "o", "π", "p", "ρ", "r", "σ", "s", "ς", "s", "τ", "t", "υ", "y", "ύ", "y",
	"φ", "f", "χ", "ch", "ψ", "ps", "ω", "o", "ώ", "o")
