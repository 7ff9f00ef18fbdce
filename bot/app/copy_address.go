package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"cresset/config"
)

// end is where a copy begins or ends.
type end struct {
	place
	name string // for people and for the other side's mark; has no secrets
}

// ends reads both addresses and says at once what is wrong with them.
func (e Environment) ends(from, to string) (source, target end, err error) {
	source, err = e.end("--from", from)
	target, wrong := e.end("--to", to)
	var problems, more config.Problems
	if errors.As(err, &problems) && errors.As(wrong, &more) {
		return source, target, config.Join(problems, more)
	}
	return source, target, errors.Join(err, wrong)
}

// end reads an address as the configuration's setting store is read.
func (e Environment) end(option, address string) (end, error) {
	if plainPassword(address) {
		return end{}, config.Problems{{File: option, Text: fmt.Sprintf("has a password, which everybody on this machine can read in the list of processes. "+
			"Put it into the environment and write, in single quotes: %s 'postgres://user:${PGPASSWORD}@host/database'", option)}}
	}
	quoted, err := json.Marshal(address)
	if err != nil {
		return end{}, fmt.Errorf("%s: %w", option, err)
	}
	var typed struct {
		Store config.Address `yaml:"store" required:"true"`
	}
	section, problems := config.NewSection(option, "", append([]byte("store: "), quoted...), e.Getenv)
	problems = config.Join(problems, section.Decode(&typed))
	p, ok := placeAt(typed.Store.Reveal())
	if !ok && len(problems) == 0 {
		problems = config.Problems{{File: option, Text: noStore}}
	}
	for i := range problems {
		problems[i].Line, problems[i].Path = 0, ""
	}
	if len(problems) > 0 {
		return end{}, problems
	}
	if p.file != "" {
		p.file, err = filepath.Abs(p.file)
	}
	return end{p, nameOf(address, p)}, err
}

var (
	references = regexp.MustCompile(`\$\{[^}]*\}`)
	server     = regexp.MustCompile(`^postgres(ql)?://`)
)

// plainPassword reports whether an address, as it was typed, has a password that
// does not come from elsewhere.
func plainPassword(address string) bool {
	rest, found := strings.CutPrefix(references.ReplaceAllString(address, ""), "postgres")
	if !found {
		return false
	}
	_, rest, _ = strings.Cut(rest, "://")
	rest, query, _ := strings.Cut(rest, "?")
	authority, _, _ := strings.Cut(rest, "/")
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		if _, password, _ := strings.Cut(authority[:at], ":"); password != "" {
			return true
		}
	}
	values, err := url.ParseQuery(query)
	return err != nil || values.Get("password") != "" || values.Get("sslpassword") != ""
}

// nameOf is the address as it was typed, so that it may be typed again.
func nameOf(typed string, p place) string {
	if p.file == "" && server.MatchString(typed) {
		return typed
	}
	return p.address()
}

// address is how one may type the place, without its secrets.
func (p place) address() string {
	if p.file != "" {
		return "bolt:" + p.file
	}
	address, query, _ := strings.Cut(strings.Replace(p.String(), ":<secret>@", ":${PGPASSWORD}@", 1), "?")
	values, err := url.ParseQuery(query)
	values.Del("password")
	values.Del("sslpassword")
	if err != nil || len(values) == 0 {
		return address
	}
	return address + "?" + values.Encode()
}
