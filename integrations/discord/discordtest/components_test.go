package discordtest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const v2 = 1 << 15

func long(n int) string { return strings.Repeat("x", n) }

func many(n int, make func(i int) obj) []obj {
	var all []obj
	for i := range n {
		all = append(all, make(i))
	}
	return all
}

func said(content string) obj         { return obj{"type": 10, "content": content} }
func row(inside ...obj) obj           { return obj{"type": 1, "components": inside} }
func press(id string) obj             { return obj{"type": 2, "style": 1, "label": "x", "custom_id": id} }
func box(inside ...obj) obj           { return obj{"type": 17, "components": inside} }
func picture(link string) obj         { return obj{"type": 12, "items": []obj{{"media": obj{"url": link}}}} }
func with(o obj, k string, v any) obj { o[k] = v; return o }

func TestComponents(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	r := a.must("POST", "/channels/"+war.ID+"/messages", obj{"flags": v2, "allowed_mentions": quiet, "components": []obj{
		with(box(said("# INC-1"), obj{"type": 14, "divider": true, "spacing": 2},
			obj{"type": 9, "components": []obj{said("Lead: nobody")}, "accessory": press("lead")},
			picture("https://example.com/chart.png"), row(press("take"), with(press("close"), "disabled", true)),
			row(obj{"type": 5, "custom_id": "who"})), "accent_color", 0xFF0000),
	}})
	shown := d.Message("war", r.id())
	equal(t, "text", shown.Components[0].Components[0].Content, "# INC-1")
	equal(t, "accessory", shown.Components[0].Components[2].Accessory.CustomID, "lead")
	equal(t, "first id", shown.Components[0].ID, 1)
	a.refused(400, 50035, "PATCH", "/channels/"+war.ID+"/messages/"+r.id(), obj{"flags": 0})
	a.refused(400, 50035, "PATCH", "/channels/"+war.ID+"/messages/"+r.id(), obj{"content": "x", "allowed_mentions": quiet})
	a.must("PATCH", "/channels/"+war.ID+"/messages/"+r.id(), obj{"components": []obj{said("closed")}, "allowed_mentions": quiet})
	equal(t, "still v2", d.Message("war", r.id()).Flags&int64(v2), int64(v2))
}

func TestBodiesThatDiscordRefuses(t *testing.T) {
	d, war := start(t)
	d.AllowViolations()
	second := func(components ...obj) obj { return obj{"flags": v2, "components": components} }
	first := func(components ...obj) obj { return obj{"content": "x", "components": components} }
	embed := func(e obj) obj { return obj{"embeds": []obj{e}} }
	menu := func(options []obj) obj {
		return first(row(obj{"type": 3, "custom_id": "m", "options": options}))
	}
	option := func(i int) obj { return obj{"label": "x", "value": fmt.Sprint(i)} }
	for where, body := range map[string]obj{
		"content":                                        {"content": long(2001)},
		"flags":                                          {"content": "x", "flags": 64},
		"embeds":                                         {"embeds": many(11, func(int) obj { return obj{"title": "x"} })},
		"embeds.0.title":                                 embed(obj{"title": long(257)}),
		"embeds.0.description":                           embed(obj{"description": long(4097)}),
		"embeds.0.fields":                                embed(obj{"fields": many(26, func(int) obj { return obj{"name": "x", "value": "x"} })}),
		"embeds.0.fields.0.value":                        embed(obj{"fields": []obj{{"name": "x", "value": ""}}}),
		"embeds.0.footer.text":                           embed(obj{"footer": obj{"text": long(2049)}}),
		"embeds.0.author.name":                           embed(obj{"author": obj{"name": long(257)}}),
		"embeds.0.image.url":                             embed(obj{"image": obj{"url": "chart.png"}}),
		"embeds (6000)":                                  {"embeds": many(2, func(int) obj { return obj{"description": long(3001)} })},
		"components":                                     first(many(6, func(i int) obj { return row(press(fmt.Sprint(i))) })...),
		"components.0.type":                              first(said("x")),
		"components.0.components":                        first(row(many(6, func(i int) obj { return press(fmt.Sprint(i)) })...)),
		"components.0.components.0.label":                first(row(with(press("x"), "label", long(81)))),
		"components.0.components.0.custom_id":            first(row(press(long(101)))),
		"components.0.components.1.custom_id":            first(row(press("x"), press("x"))),
		"components.0.components.0.url":                  first(row(obj{"type": 2, "style": 5, "label": "x"})),
		"components.0.components.0.style":                first(row(obj{"type": 2, "label": "x", "custom_id": "x"})),
		"components.0.components.0.options":              menu(many(26, option)),
		"components.0.components.0.options.1.value":      menu([]obj{option(1), option(1)}),
		"components.0.components.0.options.0.label":      menu([]obj{{"label": long(101), "value": "1"}}),
		"components.0.components.0.placeholder":          first(row(obj{"type": 5, "custom_id": "m", "placeholder": long(151)})),
		"components.0.components.0.min_values":           first(row(obj{"type": 5, "custom_id": "m", "min_values": 2})),
		"components.0.components (a menu has its row)":   first(row(press("x"), obj{"type": 5, "custom_id": "m"})),
		"components (40 in all)":                         second(many(14, func(i int) obj { return box(said("x"), said("x")) })...),
		"components (4000 characters)":                   second(said(long(2001)), said(long(2000))),
		"components (none)":                              {"flags": v2, "components": []obj{}},
		"components.1.id":                                second(with(said("x"), "id", 7), with(said("x"), "id", 7)),
		"components.0.id":                                second(with(said("x"), "id", int64(1)<<31)),
		"components.0.components.0.type":                 second(box(box(said("x")))),
		"components.0.accessory":                         second(obj{"type": 9, "components": []obj{said("x")}}),
		"components.0.items.0.media.url":                 second(picture("attachment://none.png")),
		"components.0.file.url":                          second(obj{"type": 13, "file": obj{"url": "https://example.com/x"}}),
		"components.0.accent_color":                      second(with(box(said("x")), "accent_color", 0x1000000)),
		"content (beside v2)":                            with(second(said("x")), "content", "x"),
		"embeds (beside v2)":                             with(second(said("x")), "embeds", []obj{{"title": "x"}}),
		"components.0.components.0.custom_id (not v2's)": first(row(press(""))),
	} {
		body["allowed_mentions"] = quiet
		t.Run(where, func(t *testing.T) {
			a := appOf(t, d)
			r := a.refused(400, 50035, "POST", "/channels/"+war.ID+"/messages", body)
			path, _, _ := strings.Cut(where, " ")
			at := r.Body["errors"]
			for _, name := range strings.Split(path, ".") {
				at = at.(obj)[name]
				if at == nil {
					t.Fatalf("no complaint at %s: %v", path, r.Body)
				}
			}
			if at.(obj)["_errors"] == nil {
				t.Errorf("no complaint at %s: %v", path, r.Body)
			}
		})
	}
	equal(t, "messages", len(d.Messages("war")), 0)
}

func TestCommandsThatDiscordRefuses(t *testing.T) {
	d, _ := start(t)
	d.AllowViolations()
	a := appOf(t, d)
	value := func(name string, more obj) obj {
		o := obj{"type": 3, "name": name, "description": "x"}
		for k, v := range more {
			o[k] = v
		}
		return o
	}
	command := func(options ...obj) []obj {
		return []obj{{"name": "incident", "description": "x", "options": options}}
	}
	sub := func(kind int, name string, options ...obj) obj {
		return obj{"type": kind, "name": name, "description": "x", "options": options}
	}
	for name, all := range map[string][]obj{
		"a capital":               {{"name": "Incident", "description": "x"}},
		"a space":                 {{"name": "in cident", "description": "x"}},
		"a long name":             {{"name": long(33), "description": "x"}},
		"no description":          {{"name": "x"}},
		"a long description":      {{"name": "x", "description": long(101)}},
		"twice":                   {{"name": "x", "description": "x"}, {"name": "x", "description": "x"}},
		"a menu with description": {{"name": "x", "type": 3, "description": "x"}},
		"26 options":              command(many(26, func(i int) obj { return value(fmt.Sprint("o", i), nil) })...),
		"an option twice":         command(value("o", nil), value("o", nil)),
		"required after optional": command(value("o", nil), value("p", obj{"required": true})),
		"26 choices":              command(value("o", obj{"choices": many(26, func(i int) obj { return obj{"name": "x", "value": fmt.Sprint(i)} })})),
		"a long choice":           command(value("o", obj{"choices": []obj{{"name": long(101), "value": "x"}}})),
		"choices that complete":   command(value("o", obj{"autocomplete": true, "choices": []obj{{"name": "x", "value": "x"}}})),
		"a person that completes": command(value("o", obj{"type": 6, "autocomplete": true})),
		"words beside values":     command(sub(1, "s"), value("o", nil)),
		"groups in groups":        command(sub(2, "g", sub(2, "h", sub(1, "s")))),
		"an empty group":          command(sub(2, "g")),
		"26 sub-commands":         command(many(26, func(i int) obj { return sub(1, fmt.Sprint("s", i)) })...),
		"26 in a group":           command(sub(2, "g", many(26, func(i int) obj { return sub(1, fmt.Sprint("s", i)) })...)),
		"a word twice in a group": command(sub(2, "g", sub(1, "s"), sub(1, "s"))),
		"words in words":          command(sub(1, "s", sub(1, "t"))),
		"too large": command(many(25, func(i int) obj {
			return value(fmt.Sprint("o", i), obj{"choices": many(4, func(int) obj { return obj{"name": long(99), "value": "x"} })})
		})...),
	} {
		t.Run(name, func(t *testing.T) {
			a := appOf(t, d)
			a.refused(400, 50035, "PUT", "/applications/"+d.AppID+"/guilds/"+d.GuildID+"/commands", all)
		})
	}
	a.refused(400, 30032, "PUT", "/applications/"+d.AppID+"/guilds/"+d.GuildID+"/commands", many(101, func(i int) obj { return obj{"name": fmt.Sprint("c", i), "description": "x"} }))
	a.refused(404, 10002, "PUT", "/applications/1/guilds/"+d.GuildID+"/commands", command())
	equal(t, "commands", len(d.Commands()), 0)
}

func TestCommandsKeepTheirIDs(t *testing.T) {
	d, _ := start(t)
	a := appOf(t, d)
	a.commands(incident)
	id := d.Commands()[0].ID
	a.commands(obj{"name": "cre", "description": "x"}, incident)
	ids := []string{d.Commands()[0].ID, d.Commands()[1].ID}
	if !slices.Contains(ids, id) || ids[0] == ids[1] {
		t.Errorf("incident was %s, now there are %v", id, ids)
	}
	listed := a.must("GET", "/applications/"+d.AppID+"/guilds/"+d.GuildID+"/commands", nil).List
	equal(t, "listed", len(listed), 2)
	var raw []obj
	ok(t, json.Unmarshal(d.RawCommands(), &raw))
	equal(t, "raw", raw[0]["name"], any("cre"))

	d.GlobalLimit(0)
	for i := range 2 { // 2 were created already
		a.commands(many(98, func(n int) obj { return obj{"name": fmt.Sprint("c", i, "-", n), "description": "x"} })...)
	}
	a.refused(400, 30034, "PUT", "/applications/"+d.AppID+"/guilds/"+d.GuildID+"/commands",
		many(3, func(n int) obj { return obj{"name": fmt.Sprint("d", n), "description": "x"} }))
}
