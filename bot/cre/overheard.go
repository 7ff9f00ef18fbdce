package cre

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"cresset/bot/chat"
)

// A Listening is a channel in which the bot hears what customers say.
type Listening struct {
	Channel  string // its name
	Customer string // key of whom the channel is about; "" where that is not known
	Always   bool   // what is worth a request becomes one, and nobody is asked
}

// Listens finds what was configured of a channel, by its name.
func (s *Settings) Listens(channel string) (Listening, bool) {
	i := slices.IndexFunc(s.Listen, func(l Listening) bool { return l.Channel == channel })
	if i < 0 {
		return Listening{}, false
	}
	return s.Listen[i], true
}

// An Overheard is what somebody said that may be a request, until it is one or
// somebody leaves it at that.
type Overheard struct {
	N        uint64      `json:"n"`
	At       time.Time   `json:"at"`               // when it was offered
	Thread   string      `json:"thread,omitempty"` // the conversation that it is part of, which is offered once
	Post     chat.Post   `json:"post"`
	Channel  string      `json:"channel,omitempty"`  // name; "" when it was said to the bot alone
	Customer string      `json:"customer,omitempty"` // key
	For      chat.Person `json:"for,omitzero"`       // who alone was asked whether to file it; nobody: the team was
	Request  string      `json:"request,omitempty"`  // what it became
	Left     chat.Person `json:"left,omitzero"`      // who said that it is no request
}

// How long a conversation is offered once, and how long what somebody goes on to say
// beside a thread belongs to what they said before.
const (
	OfferedFor = 24 * time.Hour
	SameBreath = 10 * time.Minute
)

// ThreadOf names the conversation that something said belongs to: that of the
// thread, or the one that may yet hang on it.
func ThreadOf(p *chat.Post) string {
	root := p.Place.Thread
	if root == "" {
		root = p.ID
	}
	return p.Place.Key() + " " + root
}

// Who says less than so much, without a question, asks for nothing. After thanks it
// takes a little more, since "that fixed it" follows them.
const (
	fewWords       = 3
	fewAfterThanks = 6
)

// Worth says whether what somebody said may be a request, and by which rule, in
// words that continue "it is". Thanks, greetings, agreement, names, emoji and what
// is very short are none, whatever their number.
func Worth(said string) (rule string, ok bool) {
	said = strings.ToLower(strings.ReplaceAll(chat.Clean(said), "’", "'"))
	question := strings.ContainsAny(links.ReplaceAllString(said, ""), questionMarks)
	all := wordsIn(said)
	left, thankful := withoutCourtesies(all)
	few := fewWords
	if thankful {
		few = fewAfterThanks
	}
	n := count(all)
	switch {
	case count(left) == 0, !question && count(left) < few:
		return "", false
	case question:
		return "a question of " + Count(n, "word"), true
	}
	return fmt.Sprintf("a message of %s", Count(n, "word")), true
}

const questionMarks = "?？؟՞;" // the last is the Greek one

var (
	links  = regexp.MustCompile(`https?://\S+`)
	beside = regexp.MustCompile(`[@#][^\s,:;.!?]+|:[a-z0-9_+'-]+:`) // names, and emoji by theirs
)

// wordsIn are the words of a text; a link is one.
func wordsIn(said string) []string {
	said = beside.ReplaceAllString(links.ReplaceAllString(said, " link "), " ")
	return strings.FieldsFunc(said, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '\''
	})
}

// unspaced are the scripts that put no space between words, which are two
// characters long or so.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

func count(words []string) (n int) {
	for _, w := range words {
		if runes := []rune(w); unicode.In(runes[0], unspaced...) {
			n += (len(runes) + 1) / 2
		} else {
			n++
		}
	}
	return n
}

// withoutCourtesies are the words that are left without thanks, greetings and
// agreement, and whether there were thanks.
func withoutCourtesies(words []string) (left []string, thankful bool) {
	for i := 0; i < len(words); {
		n, thanks := courtesyAt(words[i:])
		thankful = thankful || thanks
		if n == 0 && !slices.Contains(everybody, words[i]) {
			left = append(left, words[i])
		}
		i += max(n, 1)
	}
	return left, thankful
}

// courtesyAt is how many words the longest courtesy has that stands here.
func courtesyAt(words []string) (n int, thanks bool) {
	for n := min(len(words), longestCourtesy); n > 0; n-- {
		if thanks, known := courtesies[strings.Join(words[:n], " ")]; known {
			return n, thanks
		}
	}
	return 0, false
}
