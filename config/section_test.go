package config_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"cresset/config"
)

type server struct {
	Name    string            `yaml:"name" default:"main" doc:"Its name."`
	URL     string            `yaml:"url" required:"true" doc:"Where it is."`
	Token   config.Secret     `yaml:"token"`
	Timeout time.Duration     `yaml:"timeout" default:"1m30s"`
	Ratio   float64           `yaml:"ratio" default:"0.5"`
	On      bool              `yaml:"on"`
	Count   *int              `yaml:"count"`
	Addr    netip.Addr        `yaml:"addr"`
	Labels  map[string]string `yaml:"labels"`
	Inner   struct {
		Deep int8 `yaml:"deep" default:"3"`
	} `yaml:"inner"`
	More   config.Section `yaml:"more"`
	Ignore string
}

func section(t *testing.T, text string, pairs ...string) config.Section {
	t.Helper()
	s, problems := config.NewSection("cresset.yaml", "integrations.prometheus", []byte(text), env(pairs...))
	if len(problems) > 0 {
		t.Fatalf("NewSection: %v", problems)
	}
	return s
}

func TestDecode(t *testing.T) {
	var got server
	s := section(t, `
name: 42
url: ${URL}
token: $$x
timeout: 1d
ratio: 1e-1
on: true
count: 7
addr: ::1
labels: {a: b, "c.d": 1}
inner: {deep: -4}
more: [1, 2]
`, "URL", "http://a: b}")
	if problems := s.Decode(&got); len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(got.More.Each()) != 2 || got.More.Path() != "integrations.prometheus.more" || got.Token.Reveal() != "$x" || *got.Count != 7 {
		t.Errorf("got %+v", got)
	}
	got.More, got.Token, got.Count = config.Section{}, config.Secret{}, nil
	want := server{Name: "42", URL: "http://a: b}", Timeout: 24 * time.Hour, Ratio: 0.1, On: true,
		Addr: netip.IPv6Loopback(), Labels: map[string]string{"a": "b", "c.d": "1"}}
	want.Inner.Deep = -4
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecodeDefaults(t *testing.T) {
	got := server{Name: "kept", On: true}
	s := section(t, "url: x\nname: ${EMPTY}\ninner:\n", "EMPTY", "")
	if problems := s.Decode(&got); len(problems) > 0 {
		t.Fatal(problems)
	}
	if got.Name != "kept" || !got.On || got.Timeout != 90*time.Second || got.Ratio != 0.5 || got.Inner.Deep != 3 || got.Count != nil {
		t.Errorf("got %+v", got)
	}
}

func TestDecodeProblems(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "1: integrations.prometheus.url is missing"},
		{"url:", "1: integrations.prometheus.url is missing"},
		{"\nurl: ''", "2: integrations.prometheus.url is missing"},
		{"url: ${NO}", "1: integrations.prometheus.url needs NO, which the environment does not set; set it, or write ${NO:-default}"},
		{"url: x\nurI: y", "2: integrations.prometheus.urI is not a setting; write url"},
		{"url: x\non: yes", `2: integrations.prometheus.on is "yes", which is neither true nor false`},
		{"url: x\ncount: 1.5", `2: integrations.prometheus.count is "1.5", which is not a whole number, or too large`},
		{"url: x\ninner: {deep: 200}", `2: integrations.prometheus.inner.deep is "200", which is not a whole number, or too large`},
		{"url: x\nratio: .inf", `2: integrations.prometheus.ratio is ".inf", which is not a number; write it like 0.5`},
		{"url: x\nratio: Inf", `2: integrations.prometheus.ratio is "Inf", which is not a number; write it like 0.5`},
		{"url: x\naddr: here", `2: integrations.prometheus.addr is "here", which cannot be read: ParseAddr("here"): unable to parse IP`},
		{"url: x\ntoken: [hunter2]", "2: integrations.prometheus.token is a list, but wants one value"},
		{"url: x\nlabels:\n  a: {b: c}", "3: integrations.prometheus.labels.a is names with values, but wants one value"},
		{"url: x\nlabels: [a]", `2: integrations.prometheus.labels is a list, but wants names with values, each as "name: value"`},
	} {
		s, problems := config.NewSection("f", "integrations.prometheus", []byte(c.text), env())
		got := config.Join(problems, s.Decode(&server{})).Error()
		if got != "f:"+c.want {
			t.Errorf("%q:\n got %s\nwant f:%s", c.text, got, c.want)
		}
	}
}

func TestDecodeIsSilentAboutBrokenReferences(t *testing.T) {
	s, problems := config.NewSection("f", "x", []byte("url: ${NO}\non: y${NO}\naddr: ${NO}"), env())
	if len(problems) != 3 {
		t.Errorf("NewSection: %v", problems)
	}
	if problems := s.Decode(&server{}); len(problems) > 0 || !s.Has("url") {
		t.Errorf("Decode: %v", problems)
	}
}

func TestSectionFindsLines(t *testing.T) {
	s := section(t, `
servers:
  - name: a
  - name: b
    a.b:
      c: 1
plain:
`)
	for path, want := range map[string]int{"": 1, "servers": 2, "servers[0]": 3, "servers[1].name": 4, "servers[1].a.b.c": 6,
		"servers[1].a.b": 5, "servers[1].gone": 4, "servers[2]": 2, "servers[-1]": 2, "servers[x": 2, "plain": 7, "plain.x": 7, "gone.x[0]": 1} {
		p := s.Problem(path, "is %d", 1)
		if p.Line != want || p.Text != "is 1" || p.File != "cresset.yaml" || !strings.HasPrefix(p.Path, "integrations.prometheus") {
			t.Errorf("%s: got %s, want line %d", path, p, want)
		}
	}
	if p := s.Problem("a.b", "is missing"); p.Path != "integrations.prometheus.a.b" {
		t.Errorf("path %s", p.Path)
	}
}

func TestEach(t *testing.T) {
	for text, want := range map[string]string{
		"[{a: 1}, {a: 2}]": "integrations.prometheus[0] integrations.prometheus[1]",
		"[]":               "",
		"a: 1":             "integrations.prometheus",
		"":                 "integrations.prometheus",
	} {
		var paths []string
		for _, s := range section(t, text).Each() {
			paths = append(paths, s.Path())
		}
		if got := strings.Join(paths, " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestZeroSection(t *testing.T) {
	var s config.Section
	if !s.Empty() || s.Has("x") || len(s.Each()) != 1 || s.Written("x") != "" || s.Problem("a", "is missing").String() != ": a is missing" {
		t.Error("the zero Section is not an empty one")
	}
	if problems := s.Decode(&struct {
		A string `yaml:"a"`
	}{}); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestReferences(t *testing.T) {
	for text, want := range map[string]string{
		"${A}":                        "a: {b}",
		"'${A}'":                      "a: {b}",
		`"<${A}|${A}>"`:               "<a: {b}|a: {b}>",
		"${NO:-x}":                    "x",
		"${NO:-}":                     "",
		"${EMPTY:-x}":                 "x",
		"${NO:-http://h:1/[a],{b #c}": "http://h:1/[a],{b #c",
		`"${NO:-say \"hi\"}"`:         `say "hi"`,
		"$$":                          "$",
		"$${A}":                       "${A}",
		"$$${A}":                      "$a: {b}",
		"$5 and $A":                   "$5 and $A",
		"|-\n    ${A}\n    b":         "a: {b}\nb",
	} {
		var got struct {
			V string `yaml:"v"`
			W string `yaml:"w"`
		}
		s := section(t, "v: "+text+"\nw: end", "A", "a: {b}", "EMPTY", "")
		if problems := s.Decode(&got); len(problems) > 0 || got.V != want || got.W != "end" {
			t.Errorf("%s: got %q %q, want %q %v", text, got.V, got.W, want, problems)
		}
	}
	var got map[string]string
	s := section(t, "{a: ${A}, ${A}: b, c: $${X}, d: ${NO:-1, 2}}", "A", "x")
	if problems := s.Decode(&got); len(problems) > 0 || !reflect.DeepEqual(got, map[string]string{"a": "x", "${A}": "b", "c": "${X}", "d": "1, 2"}) {
		t.Errorf("flow: got %q %v", got, problems)
	}
}

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil { // whatever the umask
			t.Fatal(err)
		}
	}
	write("good", "hunter2\r\n", 0o640)
	write("two", "a\n\n", 0o600)
	write("open", "hunter2", 0o644)
	write("large", strings.Repeat("x", 64<<10+1), 0o600)
	for path, want := range map[string]string{
		"good":                     "hunter2",
		filepath.Join(dir, "good"): "hunter2",
		"two":                      "a\n",
		"open":                     "needs DIR/open, which everybody on this machine may read; run: chmod 600 DIR/open",
		"large":                    "needs DIR/large, which is larger than 65536 bytes; is it the right file?",
		"gone":                     "needs the file DIR/gone: no such file or directory",
		".":                        "needs DIR, which is not a file",
		"":                         "refers to no file; write ${file:PATH}",
	} {
		var got struct {
			V config.Secret `yaml:"v" required:"true"`
		}
		s, problems := config.NewSection(filepath.Join(dir, "c.yaml"), "", []byte("{v: ${file:"+path+"}}"), env())
		problems = config.Join(problems, s.Decode(&got))
		text := got.V.Reveal()
		if len(problems) > 0 {
			text = strings.ReplaceAll(problems[0].Text, dir, "DIR")
		}
		if text != want || len(problems) > 1 {
			t.Errorf("%s: got %q, want %q", path, text, want)
		}
	}
}

func TestLargeFilesAreRefused(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'l'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+p+", ", 9) + "*" + p + "]\n"
	}
	for name, text := range map[string]string{
		"aliases": bomb,
		"bytes":   strings.Repeat("# comment\n", 200_000),
		"values":  "[" + strings.Repeat("1,", 150_000) + "]",
	} {
		_, problems := config.NewSection("f", "", []byte(text), env())
		if len(problems) != 1 || !strings.Contains(problems[0].Text, "large") {
			t.Errorf("%s: got %v", name, problems)
		}
	}
	if _, problems := config.NewSection("f", "", []byte("a: 1\nb: \uE0F0\n"), env()); len(problems) != 1 || problems[0].Line != 2 {
		t.Errorf("private use: %v", problems)
	}
}

func TestDescribe(t *testing.T) {
	got := config.Describe("integrations.prometheus[]", server{})
	for _, want := range []string{
		"### `integrations.prometheus[]`\n", "| `name` | text | `main` | Its name. |", "| `url` | text | required | Where it is. |",
		"| `token` | secret |", "| `timeout` | length of time | `1m30s` |", "### `integrations.prometheus[].inner`", "| `deep` | whole number | `3` |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}
