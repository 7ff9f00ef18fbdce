package discordtest

import (
	"unicode/utf8"
)

const (
	mostEmbeds    = 10
	longestEmbeds = 6000 // characters over all of them
)

// embeds holds the embeds of one message against their limits.
func (f *form) embeds(v any) []any {
	all := f.list("embeds", v, 0, mostEmbeds)
	total := 0
	for i, item := range all {
		path := at("embeds", i)
		total += f.embed(path, f.object(path, item))
	}
	if total > longestEmbeds {
		f.bad("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of %d", longestEmbeds)
	}
	return all
}

// embed counts the characters of one embed.
func (f *form) embed(path string, e obj) int {
	count := 0
	read := func(path string, v any, least, most int) {
		count += utf8.RuneCountInString(f.text(path, v, least, most))
	}
	read(in(path, "title"), e["title"], 0, 256)
	read(in(path, "description"), e["description"], 0, 4096)
	f.integer(in(path, "color"), e["color"], 0, 0xFFFFFF, 0)
	if footer := object(e["footer"]); footer != nil {
		read(in(path, "footer.text"), footer["text"], 1, 2048)
		f.picture(in(path, "footer.icon_url"), footer["icon_url"])
	}
	if author := object(e["author"]); author != nil {
		read(in(path, "author.name"), author["name"], 1, 256)
		f.picture(in(path, "author.icon_url"), author["icon_url"])
	}
	fields := f.list(in(path, "fields"), e["fields"], 0, 25)
	for i, item := range fields {
		place := at(in(path, "fields"), i)
		field := f.object(place, item)
		read(in(place, "name"), field["name"], 1, 256)
		read(in(place, "value"), field["value"], 1, 1024)
	}
	if link := e["url"]; link != nil && link != "" {
		f.link(in(path, "url"), link, 2048)
	}
	for _, name := range []string{"image", "thumbnail"} {
		if media := object(e[name]); media != nil {
			f.picture(in(path, name+".url"), media["url"])
		}
	}
	if count == 0 && len(fields) == 0 && e["image"] == nil && e["thumbnail"] == nil {
		f.bad(in(path, "description"), "BASE_TYPE_REQUIRED", "This field is required")
	}
	return count
}

// picture is a link to the web or to a file of the message; nothing is fine.
func (f *form) picture(path string, v any) {
	if link := text(v); link != "" && !isAttachment(link) {
		f.link(path, v, 2048)
	}
}
