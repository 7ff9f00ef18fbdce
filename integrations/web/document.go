package web

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// documents shows Markdown. HTML in it is shown as it was written, pictures
// become their words, and links lead to http(s) only.
var documents = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(harmless{}, 100))),
)

// document is a Markdown file as a part of a page.
func document(source []byte) template.HTML {
	var b bytes.Buffer
	if err := documents.Convert(source, &b); err != nil {
		return template.HTML("<pre>" + template.HTMLEscapeString(string(source)) + "</pre>")
	}
	return template.HTML(b.String())
}

type harmless struct{}

// Transform implements parser.ASTTransformer.
func (harmless) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var wrong []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n := n.(type) {
			case *ast.Image, *ast.RawHTML, *ast.HTMLBlock:
				wrong = append(wrong, n)
			case *ast.Link:
				if !isWeb(n.Destination) {
					wrong = append(wrong, n)
				}
			case *ast.AutoLink:
				if n.AutoLinkType == ast.AutoLinkURL && !isWeb(n.URL(reader.Source())) {
					wrong = append(wrong, n)
				}
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range wrong {
		unwrap(n, reader.Source())
	}
}

// unwrap puts the words of a node in its place.
func unwrap(n ast.Node, source []byte) {
	parent := n.Parent()
	switch n := n.(type) {
	case *ast.AutoLink:
		parent.ReplaceChild(parent, n, ast.NewString(n.Label(source)))
		return
	case *ast.RawHTML:
		parent.ReplaceChild(parent, n, ast.NewString(n.Segments.Value(source)))
		return
	case *ast.HTMLBlock:
		words := ast.NewParagraph()
		words.AppendChild(words, ast.NewString(n.Lines().Value(source)))
		if n.HasClosure() {
			words.AppendChild(words, ast.NewString(n.ClosureLine.Value(source)))
		}
		parent.ReplaceChild(parent, n, words)
		return
	}
	for child := n.FirstChild(); child != nil; child = n.FirstChild() {
		parent.InsertBefore(parent, n, child)
	}
	parent.RemoveChild(parent, n)
}

func isWeb(address []byte) bool {
	a := strings.ToLower(string(address))
	return strings.HasPrefix(a, "https://") || strings.HasPrefix(a, "http://") || strings.HasPrefix(a, "#")
}
