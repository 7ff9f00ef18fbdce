package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A layer says what a package may import: packages of ours by their folder (a star
// is one name in it, or, alone, all), and modules of others. The standard library is free for all.
type layer struct {
	ours   []string
	others []string
}

// layers is who may import whom. A new edge wants a line here, and a reason in
// its commit.
var layers = map[string]layer{
	"bot":               {ours: []string{"bot/app", "config"}},
	"bot/app":           {ours: []string{"*"}, others: []string{"github.com/prometheus/client_golang", "github.com/robfig/cron/v3"}},
	"bot/chat":          {},
	"bot/chat/chattest": {ours: []string{"bot/chat"}},
	"bot/chart":         {ours: []string{"bot/chat"}, others: []string{"golang.org/x/image"}},
	"bot/cre":           {ours: []string{"bot/chat"}, others: []string{"github.com/blevesearch/snowballstem", "golang.org/x/text"}},
	"bot/redact":        {},
	"bot/router":        {ours: []string{"bot/chat", "bot/cre", "bot/workflow", "store"}, others: []string{"github.com/agnivade/levenshtein"}},
	"bot/workflow":      {ours: []string{"bot/chat", "bot/cre", "store"}},
	"bot/outbox":        {ours: []string{"bot/chat", "bot/cre", "bot/workflow", "store"}},
	"commands":          {ours: []string{"bot/chat", "bot/cre", "bot/router", "bot/workflow", "store"}},
	"config":            {others: []string{"github.com/agnivade/levenshtein", "go.yaml.in/yaml/v3"}},
	"store":             {ours: []string{"bot/chat", "bot/cre"}},
	"store/bolt":        {ours: []string{"store"}, others: []string{"go.etcd.io/bbolt"}},
	"store/postgres":    {ours: []string{"store"}, others: []string{"github.com/jackc/pgx/v5"}},
	"store/storetest":   {ours: []string{"store"}},
	// Like slacktest, a world for tests.
	"store/postgres/pgtest": {others: []string{"github.com/jackc/pgx/v5"}},
	"integrations":          {ours: []string{"bot/chat", "bot/cre", "config", "store", "integrations/*"}},
	// The API and the console show records; they read the store and change it
	// only through commands.
	"integrations/sheet": {ours: []string{"bot/chat", "bot/cre", "store"}},
	"integrations/api":   {ours: []string{"bot/chat", "bot/cre", "config", "integrations/sheet", "store"}},
	// Hooks read which request a mail answers; what they change is by commands.
	"integrations/hooks":               {ours: []string{"bot/chat", "bot/cre", "config", "store"}, others: []string{"golang.org/x/net", "golang.org/x/time"}},
	"integrations/web":                 {ours: []string{"bot/chart", "bot/chat", "bot/cre", "config", "integrations/sheet", "store"}, others: []string{"github.com/yuin/goldmark"}},
	"integrations/web/pagetest":        {others: []string{"github.com/chromedp/chromedp"}},
	"integrations/slack":               {ours: []string{"bot/chart", "bot/chat", "config", "integrations/probe/guard"}, others: []string{"github.com/slack-go/slack", "github.com/gorilla/websocket"}},
	"integrations/discord":             {ours: []string{"bot/chart", "bot/chat", "config", "integrations/probe/guard"}, others: []string{"github.com/bwmarrin/discordgo", "github.com/gorilla/websocket"}},
	"integrations/slack/slacktest":     {ours: []string{"integrations/npmtest"}, others: []string{"github.com/gorilla/websocket"}},
	"integrations/npmtest":             {},
	"integrations/discord/discordtest": {others: []string{"github.com/gorilla/websocket"}},
	"integrations/prometheus": {ours: []string{"bot/chat", "bot/cre", "config", "integrations/probe/guard"},
		others: []string{"github.com/prometheus/client_golang", "github.com/prometheus/common"}},
	"integrations/probe":       {ours: []string{"bot/chat", "bot/cre", "integrations/probe/guard"}},
	"integrations/probe/guard": {},
	"integrations/openai": {ours: []string{"bot/chat", "bot/cre", "bot/redact", "config", "integrations/probe/guard"},
		others: []string{"github.com/sashabaranov/go-openai"}},
	// What adapters of trackers share: their HTTP, their text, and, for tests, the
	// suite that asks them what the outbox relies on.
	"integrations/tracker":           {ours: []string{"bot/chat", "config", "integrations/probe/guard"}},
	"integrations/trackertest":       {ours: []string{"bot/chat", "bot/cre", "bot/outbox", "integrations/npmtest"}, others: []string{"github.com/yuin/goldmark"}},
	"integrations/github":            {ours: []string{"bot/chat", "bot/cre", "config", "integrations/tracker"}},
	"integrations/github/githubtest": {ours: []string{"integrations/trackertest"}},
	"integrations/gitlab":            {ours: []string{"bot/chat", "bot/cre", "config", "integrations/tracker"}},
	"integrations/gitlab/gitlabtest": {ours: []string{"integrations/trackertest"}},
	"integrations/jira":              {ours: []string{"bot/chat", "bot/cre", "config", "integrations/tracker"}},
	"integrations/jira/jiratest":     {ours: []string{"integrations/trackertest"}},
}

func TestLayers(t *testing.T) {
	found := imports(t)
	for _, dir := range slices.Sorted(maps.Keys(found)) {
		rule, ok := layers[dir]
		if !ok {
			t.Errorf("package %s is in no layer: add it to the table, with what it may import", dir)
			continue
		}
		for _, imported := range found[dir] {
			if !rule.allows(imported) {
				t.Errorf("%s imports %s, which its layer does not allow", dir, imported)
			}
		}
	}
	for dir := range layers {
		if _, ok := found[dir]; !ok {
			t.Errorf("the table names %s, where there is no package", dir)
		}
	}
}

func (l layer) allows(imported string) bool {
	if ours, ok := strings.CutPrefix(imported, "cresset/"); ok {
		return slices.ContainsFunc(l.ours, func(pattern string) bool {
			matched, _ := path.Match(pattern, ours) // a bad pattern matches nothing
			return matched || pattern == "*"
		})
	}
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(l.others, func(module string) bool {
		return imported == module || strings.HasPrefix(imported, module+"/")
	})
}

func TestLayersForbid(t *testing.T) {
	for _, edge := range [][2]string{
		{"commands", "github.com/slack-go/slack"}, {"commands", "cresset/integrations/slack"}, {"bot/chat", "cresset/bot/cre"},
		{"store/bolt", "cresset/bot/chat"}, {"integrations/slack", "cresset/store"}, {"bot/cre", "cresset/store"},
		{"bot/router", "go.etcd.io/bbolt"}, {"config", "cresset/integrations"}, {"integrations", "cresset/integrations/slack/slacktest"},
	} {
		if layers[edge[0]].allows(edge[1]) {
			t.Errorf("%s may import %s", edge[0], edge[1])
		}
	}
}

// imports reads what each package imports, its tests left out.
func imports(t *testing.T) map[string][]string {
	found := map[string][]string{}
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := path.Dir(filepath.ToSlash(strings.TrimPrefix(file, ".."+string(filepath.Separator))))
		found[dir] = append(found[dir], []string{}...)
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			found[dir] = append(found[dir], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestPackagesSayWhatTheyPromise wants a comment on every package that is more
// than a name.
func TestPackagesSayWhatTheyPromise(t *testing.T) {
	for dir := range imports(t) {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(dir), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.PackageClauseOnly)
			if err != nil {
				t.Fatal(err)
			}
			if parsed.Doc != nil && !strings.HasSuffix(file, "_test.go") {
				said += parsed.Doc.Text()
			}
		}
		if !strings.HasPrefix(said, "Package ") && !strings.HasPrefix(said, "Command ") || strings.Count(said, "\n") < 3 {
			t.Errorf("package %s does not say what it promises", dir)
		}
	}
}
