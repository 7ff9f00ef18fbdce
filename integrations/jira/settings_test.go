package jira_test

import (
	"strings"
	"testing"
)

// Every problem of a section is reported, where it is.
func TestProblemsOfASection(t *testing.T) {
	for yaml, want := range map[string]string{
		`[{url: "https://a.example", project: api, token: x}]`:                                                     "project is \"api\"; write the key that its issues begin with",
		`[{url: "http://a.example", project: API, token: x}]`:                                                      "url would send the tokens in the clear",
		`[{url: "https://a.example?x=1", project: API, token: x}]`:                                                 "url holds more than an address",
		`[{project: API, token: x}]`:                                                                               "url is missing",
		`[{url: "https://a.example", project: API}]`:                                                               "token is missing",
		`[{url: "https://a.example", project: API, token: x, fields: {f: "{no"}}]`:                                 "fields has f, which begins like JSON but is not",
		`[{url: "https://a.example", project: API, token: x, name: "A b"}]`:                                        "name is \"A b\"; write up to 40",
		`[{url: "https://a.example", project: API, token: x}, {url: "https://a.example", project: WEB, token: x}]`: "name is \"jira\", which another one has",
	} {
		if all, problems := open(t, yaml); !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: opened %d, problems %v, want %q", yaml, len(all), problems, want)
		}
	}
}
