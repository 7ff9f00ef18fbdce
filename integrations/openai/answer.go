package openai

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"cresset/bot/cre"
)

// What is taken of an answer at most.
const (
	mostSentences = 10
	mostSentence  = 600 // characters
)

// A reply is the JSON that the model was asked for.
type reply struct {
	Summary list `json:"summary"`
	Factors list `json:"contributing_factors"`
}

// A list of sentences. Some models write a paragraph where a list was asked for.
type list []string

func (l *list) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*l = list{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(data, &many); err != nil {
		return fmt.Errorf("sentences: %w", err)
	}
	*l = many
	return nil
}

// read keeps what can be believed of an answer.
func read(text string, e *cre.Evidence) (*cre.Prose, error) {
	r, ok := find(text)
	if !ok {
		return nil, &Trouble{Text: "The model did not answer in the form that was asked for. Try again, or take a model that follows instructions better.", Retry: true}
	}
	var p cre.Prose
	var dropped int
	p.Summary, p.Dropped = believe(r.Summary, e)
	p.Factors, dropped = believe(r.Factors, e)
	p.Dropped += dropped
	if len(p.Summary)+len(p.Factors) == 0 {
		return nil, &Trouble{Text: fmt.Sprintf("The model wrote %s, none of which cites the timeline, so nothing of it was kept.", cre.Count(p.Dropped, "sentence"))}
	}
	return &p, nil
}

var reasoning = regexp.MustCompile(`(?s)<think(?:ing)?>.*?</think(?:ing)?>`)

// find looks for the object that was asked for, in an answer that may have
// reasoning, a fence or chatter around it.
func find(text string) (reply, bool) {
	text = reasoning.ReplaceAllString(text, "")
	for range 50 {
		start := strings.IndexByte(text, '{')
		if start < 0 {
			break
		}
		text = text[start:]
		var r reply
		if json.NewDecoder(strings.NewReader(text)).Decode(&r) == nil && len(r.Summary)+len(r.Factors) > 0 {
			return r, true
		}
		text = text[1:]
	}
	return reply{}, false
}

// believe keeps the sentences that cite the timeline, bare of markup, and counts
// the others.
func believe(texts []string, e *cre.Evidence) (kept []string, dropped int) {
	var all []string
	for _, t := range texts {
		all = append(all, sentences(bare(t))...)
	}
	kept, dropped = e.Cited(all)
	for i := 0; i < len(kept); {
		if i < mostSentences && len([]rune(kept[i])) <= mostSentence {
			i++
			continue
		}
		kept = append(kept[:i], kept[i+1:]...)
		dropped++
	}
	return kept, dropped
}

// markup is what nobody asked for. A citation in brackets is not markup, even
// where a model made a link of it.
var markup = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?`), ""},
	{regexp.MustCompile(`(\[[^\]]*\])\([^)]*\)`), "$1"},
	{regexp.MustCompile(`<[^<>]*>`), ""},
	{regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]{1,20}://\S*`), ""},
	{regexp.MustCompile(`(?i)\b(?:javascript|data|mailto|vbscript|tel):\S+`), ""},
	{regexp.MustCompile(`(?i)\bwww\.\S+`), ""},
	{regexp.MustCompile(`(?i)\b(?:[a-z0-9-]+\.)+[a-z]{2,}/\S*`), ""},
	{regexp.MustCompile("[*`~|<>]+|^#+\\s*|^[-+]\\s+"), ""},
	{regexp.MustCompile(`\[([^\]T][^\]]*)\]`), "$1"},
}

// bare is plain text: no links, images, tags or emphasis.
func bare(s string) string {
	for _, m := range markup {
		s = m.pattern.ReplaceAllString(s, m.with)
	}
	return strings.TrimSpace(s)
}

// ending is where one sentence ends, with the citations that may stand behind
// the full stop, and another begins.
var ending = regexp.MustCompile(`[.!?](?:\s*\[T[^\]]*\])*\s+["“(]?\p{Lu}`)

// sentences takes a paragraph apart, so that one citation cannot vouch for all
// of it.
func sentences(paragraph string) (all []string) {
	paragraph = strings.Join(strings.Fields(paragraph), " ")
	for {
		at := ending.FindStringIndex(paragraph)
		if at == nil {
			return append(all, paragraph)
		}
		cut := at[0] + strings.LastIndexByte(paragraph[at[0]:at[1]], ' ')
		all = append(all, paragraph[:cut])
		paragraph = paragraph[cut+1:]
	}
}
