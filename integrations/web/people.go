package web

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

const (
	nameCookie = "cresset_person"
	somebody   = "guest" // who has not said their name
	yearInSec  = 365 * 24 * 60 * 60
)

// saidName is who asks, as far as they said.
func saidName(r *http.Request) chat.Person {
	if cookie, err := r.Cookie(nameCookie); err == nil && isPersonName(cookie.Value) {
		return known(cookie.Value)
	}
	return known(somebody)
}

func known(name string) chat.Person {
	return chat.Person{Platform: Name, ID: name, Name: name}
}

// rename lets the visitor be somebody, where it is not known who they are.
func (c *Console) rename(w http.ResponseWriter, r *http.Request) {
	if !c.gate.open() {
		http.Error(w, "You are "+visitor(r).Name+" here, and cannot be somebody else.", http.StatusForbidden)
		return
	}
	name := nameFrom(r.PostFormValue("name"))
	if name == "" {
		c.showGate(w, r, http.StatusUnprocessableEntity, gatePage{To: ownPath(r.PostFormValue("back")), Why: "Write a name in Latin letters and digits, at most 40 of them, and not the bot's."})
		return
	}
	err := c.DB.Update(r.Context(), func(tx store.Tx) error { return c.remember(tx, name) })
	if err != nil {
		c.fail(w, r, err)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: nameCookie, Value: name, Path: "/", MaxAge: yearInSec, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, ownPath(r.PostFormValue("back")), http.StatusSeeOther)
}

// nameFrom makes a name of what somebody typed: "Ada Lovelace" is ada-lovelace.
func nameFrom(typed string) string {
	name := cre.Slugged(typed)
	if !isPersonName(name) {
		return ""
	}
	return name
}

// ownPath is a path of this site, whatever was asked for. Browsers take a
// backslash for a slash and drop tabs and ends of lines.
func ownPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }) {
		return "/"
	}
	return path
}

// remember keeps the name of somebody who was here, to offer it.
func (c *Console) remember(tx store.Tx, name string) error {
	old, err := persons.Get(tx, store.Key(name))
	if err != nil || old != nil {
		return err
	}
	return persons.Put(tx, &person{Name: name, Since: c.Now().UTC()})
}

// names are whom the console offers: those configured, and who was here.
func (c *Console) names(tx store.Tx) ([]string, error) {
	all := slices.Clone(c.people)
	if c.gate.open() {
		all = append(all, somebody)
	}
	for _, l := range c.gate.logins {
		all = append(all, l.name)
	}
	for p, err := range persons.All(tx, store.Page{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, p.Name)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

var mentioned = regexp.MustCompile(`(?:^|[\s(,;:=])@([a-z0-9][a-z0-9-]{0,39})\b`)

// mentions are whom the @names in the texts mean. Where a login tells who there
// is, another name means nobody; else whoever it names may come yet.
func (c *Console) mentions(tx store.Tx, texts []string) (map[string]chat.Person, error) {
	people := map[string]chat.Person{}
	for _, t := range texts {
		for _, m := range mentioned.FindAllStringSubmatch(t, -1) {
			people[m[1]] = known(m[1])
		}
	}
	if len(people) == 0 || len(c.gate.logins) == 0 || c.gate.proxy != nil {
		return people, nil
	}
	names, err := c.names(tx)
	maps.DeleteFunc(people, func(name string, _ chat.Person) bool { return !slices.Contains(names, name) })
	return people, err
}
