package trackertest

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	render "github.com/yuin/goldmark/renderer/html"
)

// markdown renders as the trackers do that have Markdown. HTML may stand in it.
var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(render.WithUnsafe()))

var (
	tags     = regexp.MustCompile(`</?([a-z0-9]+)[^>]*>`)
	comments = regexp.MustCompile(`(?s)<!--.*?-->`)
	quiet    = regexp.MustCompile(`(?s)<(a|code|pre)\b[^>]*>.*?</(?:a|code|pre)>`) // nothing is found in them
)

// breaks are those that people see: a line end in the source is none.
var breaks = strings.NewReplacer("<br>\n", "\n", "</p>\n", "\n\n", "\n", " ")

// Markdown is Markdown as people read it, and what it touches: what names, which
// has one group, finds in the text, and every element that is more than a paragraph
// and its links.
func Markdown(body string, names *regexp.Regexp) (text string, touched []string) {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(body), &b); err != nil {
		panic(err) // a buffer takes everything
	}
	page := comments.ReplaceAllString(b.String(), "")
	for _, tag := range tags.FindAllStringSubmatch(page, -1) {
		if !strings.Contains(" p br a ", " "+tag[1]+" ") {
			touched = append(touched, tag[0])
		}
	}
	for _, name := range names.FindAllStringSubmatch(html.UnescapeString(quiet.ReplaceAllString(page, " ")), -1) {
		touched = append(touched, name[1])
	}
	page = breaks.Replace(strings.TrimSpace(page))
	return strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(page, ""))), touched
}
