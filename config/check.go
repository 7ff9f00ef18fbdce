package config

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	slug      = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	prefix    = regexp.MustCompile(`^[a-z0-9_-]{0,20}$`)
	store     = regexp.MustCompile(`^(bolt:.|postgres(ql)?://.)`)
	domain    = regexp.MustCompile(`^([\pL\pN]([\pL\pN-]*[\pL\pN])?\.)+[\pL][\pL\pN-]*[\pL\pN]$`)
	roleEntry = regexp.MustCompile(`^(\*|[a-z][a-z0-9_-]*:\S+)$`)
	shortcuts = []string{"@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"}
)

// check collects what only a look at the whole can tell. A value that could not
// be read is zero here; what is then said about it loses against the first
// problem at its place, see Join.
func (c *Config) check() Problems {
	k := &checker{config: c}
	k.bot()
	k.roles()
	k.customers()
	k.requests()
	k.listening()
	k.clocks()
	k.slos()
	k.digests()
	k.onCall()
	k.hooks()
	k.tokens()
	return k.problems
}

type checker struct {
	config   *Config
	problems Problems
}

func (k *checker) add(path, format string, args ...any) {
	k.problems = append(k.problems, k.config.Problem(path, format, args...))
}

func (k *checker) written(path string) string { return k.config.root.Written(path) }

func (k *checker) bot() {
	c := k.config
	_, port, err := net.SplitHostPort(c.Listen)
	if n, errPort := strconv.ParseUint(port, 10, 16); err != nil || errPort != nil || n > 65535 {
		k.add("listen", "is not host:port; write it like localhost:8737")
	}
	if u, err := url.Parse(c.URL); c.URL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		k.add("url", "is not a web address; write it like https://cresset.example.com")
	}
	if !prefix.MatchString(c.Prefix) {
		k.add("prefix", "holds more than lower-case letters, digits, - and _, or is longer than 20; write it like cre-")
	}
	if !store.MatchString(c.Store.Reveal()) {
		k.add("store", "names no store; write bolt:FILE or postgres://user:secret@host/db")
	}
	k.channel("channels.incidents", c.Channels.Incidents)
	k.channel("channels.requests", c.Channels.Requests)
	k.channel("channels.digests", c.Channels.Digests)
	for name, t := range c.Tiers {
		if t.Weight < 1 {
			k.add("tiers."+name+".weight", "is below 1; write 1 or more")
		}
	}
}

func (k *checker) channel(path, name string) {
	if strings.HasPrefix(name, "#") {
		k.add(path, "begins with #; write the name alone")
	}
}

func (k *checker) roles() {
	r := k.config.Roles
	k.members("roles.admin", r.Admin)
	k.members("roles.commander", r.Commander)
	k.members("roles.responder", r.Responder)
}

func (k *checker) members(path string, entries []string) {
	for i, e := range entries {
		if !roleEntry.MatchString(e) {
			k.add(fmt.Sprintf("%s[%d]", path, i), `is nobody; write platform:id, such as slack:U024BE7LH, or "*"; people can choose their names, so names are not taken`)
		}
	}
}

func (k *checker) customers() {
	names, domains := unique{}, unique{}
	for i, cu := range k.config.Customers {
		path := fmt.Sprintf("customers[%d]", i)
		k.named(path+".key", cu.Key, names)
		for j, d := range cu.Domains {
			k.domain(fmt.Sprintf("%s.domains[%d]", path, j), d, domains)
		}
		k.channel(path+".channel", cu.Channel)
		k.channel(path+".shared_channel", cu.SharedChannel)
		k.accounts(path+".seen_by", cu.SeenBy)
	}
}

// accounts are people by platform:id alone.
func (k *checker) accounts(path string, entries []string) {
	for i, e := range entries {
		if e == "*" || !roleEntry.MatchString(e) {
			k.add(fmt.Sprintf("%s[%d]", path, i), "is nobody; write platform:id, such as slack:U024BE7LH")
		}
	}
}

func (k *checker) requests() {
	k.team()
	k.weights()
	kinds := unique{}
	for i, kind := range k.config.Requests.Kinds {
		path := fmt.Sprintf("requests.kinds[%d]", i)
		k.named(path+".name", kind.Name, kinds)
		facts := unique{}
		for n, f := range kind.Facts {
			at := fmt.Sprintf("%s.facts[%d].name", path, n)
			if k.named(at, f.Name, facts); slices.Contains(spoken, f.Name) {
				k.add(at, "is %q, which means something else in a request; write another", f.Name)
			}
		}
	}
	departments := unique{}
	for i, d := range k.config.Departments {
		path := fmt.Sprintf("departments[%d]", i)
		k.named(path+".name", d.Name, departments)
		k.members(path+".members", d.Members)
	}
}

// mostWeight keeps every score below what the order of the queue can hold.
const mostWeight = 1000

func (k *checker) weights() {
	w := k.config.Requests.Weights
	points := map[string]int{"tier": w.Tier, "impact": w.Impact, "deadline": w.Deadline, "calendar": w.Calendar,
		"budget": w.Budget, "age": w.Age, "bumps": w.Bumps, "alike": w.Alike}
	for _, name := range slices.Sorted(maps.Keys(points)) {
		if path := "requests.weights." + name; points[name] < 0 || points[name] > mostWeight {
			k.add(path, "is %s, but wants 0 to %d", k.written(path), mostWeight)
		}
	}
}

// spoken are the words before a colon that a request has besides its facts.
var spoken = []string{"kind", "what", "request"}

func (k *checker) domain(path, name string, domains unique) {
	name = strings.ToLower(name)
	switch {
	case !domain.MatchString(name):
		k.add(path, "is %q, which is not a mail domain; write it like acme.com, without @", k.written(path))
	case domains[name] != "":
		k.add(path, "is %q, which %s is already; a domain belongs to one customer", k.written(path), domains[name])
	default:
		domains[name] = path
	}
}

// unique holds where each name was first seen.
type unique map[string]string

func (k *checker) named(path, name string, names unique) {
	switch {
	case name == "": // reported as missing
	case !slug.MatchString(name):
		k.add(path, "is %q, but wants lower-case letters, digits and dashes, at most 40", k.written(path))
	case names[name] != "":
		k.add(path, "is %q, which %s is already; write another", k.written(path), names[name])
	default:
		names[name] = path
	}
}

func (k *checker) customerExists(path, key string) {
	if _, ok := k.config.Customer(key); ok || key == "" {
		return
	}
	var keys []string
	for _, cu := range k.config.Customers {
		keys = append(keys, cu.Key)
	}
	if i := slices.Index(keys, nearest(key, keys)); i >= 0 {
		near := k.written(fmt.Sprintf("customers[%d].key", i))
		k.add(path, "is %q, which is not a customer's key; write %s, or add the customer", k.written(path), near)
		return
	}
	k.add(path, "is %q, which is not a customer's key; add the customer under customers", k.written(path))
}

func (k *checker) digests() {
	names := unique{}
	for i, d := range k.config.Digests {
		path := fmt.Sprintf("digests[%d]", i)
		k.named(path+".name", d.Name, names)
		if d.To != k.config.Channels.Digests {
			k.channel(path+".to", d.To)
		}
		k.digestAbout(path, d)
		if !slices.Contains(shortcuts, d.Schedule) && len(strings.Fields(d.Schedule)) != 5 {
			k.add(path+".schedule", "is not five fields (minute hour day month weekday); write it like \"0 9 * * MON-FRI\", or @daily")
		}
	}
}

func (k *checker) digestAbout(path string, d Digest) {
	if !slices.Contains([]string{"", "slo", "queue", "week"}, d.About) { // "" was reported already
		k.add(path+".about", "is %q; write slo, queue or week", d.About)
	}
	k.customerExists(path+".customer", d.Customer)
	if d.Customer != "" && d.About != "slo" {
		k.add(path+".customer", "is only for a digest about slo; remove it")
	}
	switch {
	case d.Department == "":
	case d.About != "week":
		k.add(path+".department", "is only for a digest about week; remove it")
	case !slices.ContainsFunc(k.config.Departments, func(one Department) bool { return one.Name == d.Department }):
		k.add(path+".department", "is %q, which is not under departments; write one of those", d.Department)
	}
}

// shortestToken is what nobody guesses over the network.
const shortestToken = 16

func (k *checker) hooks() {
	names := unique{}
	hooks := k.config.Hooks
	for i, h := range hooks {
		path := fmt.Sprintf("hooks[%d]", i)
		k.named(path+".name", h.Name, names)
		if !h.Token.IsZero() && len(h.Token.Reveal()) < shortestToken {
			k.add(path+".token", "is shorter than %d characters; `openssl rand -hex 20` makes one", shortestToken)
		}
		for j, earlier := range hooks[:i] {
			if earlier.Token.Matches(h.Token.Reveal()) {
				k.add(path+".token", "is the same as hooks[%d].token; give each its own", j)
			}
		}
	}
}

func (k *checker) tokens() {
	names := unique{}
	tokens := k.config.API.Tokens
	for i, t := range tokens {
		path := fmt.Sprintf("api.tokens[%d]", i)
		k.named(path+".name", t.Name, names)
		if !slices.Contains([]string{"admin", "commander", "responder"}, t.Role) {
			k.add(path+".role", "is %q, but wants admin, commander or responder", k.written(path+".role"))
		}
		for j, earlier := range tokens[:i] {
			if earlier.Token.Matches(t.Token.Reveal()) {
				k.add(path+".token", "is the same as api.tokens[%d].token; give each its own", j)
			}
		}
	}
}

// isWebAddress says whether a text is an http or https URL with a host.
func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}
