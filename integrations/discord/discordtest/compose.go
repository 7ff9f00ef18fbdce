package discordtest

import (
	"slices"
	"strings"
)

// Kinds of messages.
const (
	ordinary      = 0
	pinNotice     = 6
	replyMessage  = 19
	commandAnswer = 20
	threadStarter = 21
	menuAnswer    = 23
)

// Flags of messages.
const (
	suppressEmbeds = 1 << 2
	ephemeral      = 1 << 6
	loading        = 1 << 7
	silent         = 1 << 12
	componentsV2   = 1 << 15
)

const (
	longestContent = 2000
	longestNonce   = 25
	largestFile    = 10 << 20
)

// draft is a message that the app writes or edits, before anybody sees it.
type draft struct {
	*message
	allowed     mentions
	interactive bool  // it answers an interaction, where nobody is asked for permissions
	flagged     int64 // flags that may be set here
}

// compose reads into the draft what a body says. What the body leaves out stays
// as it was.
func (c *call) compose(d *draft, b obj) error {
	var f form
	if given(b, "content") {
		d.content = f.text("content", b["content"], 0, longestContent)
	}
	c.readFlags(&f, d, b)
	attached := c.readAttachments(&f, d, b)
	if given(b, "embeds") {
		d.embeds = f.embeds(b["embeds"])
	}
	if given(b, "components") {
		d.components = f.components(b["components"], d.flags&componentsV2 != 0)
	}
	d.resolve(&f, c.Server)
	d.allowed = c.readAllowed(&f, d, b)
	f.legacy(d, b)
	f.nonce(d, b)
	f.bool("tts", b["tts"])
	if err := f.refusal(); err != nil {
		return err
	}
	if d.empty() {
		return refuse(400, 50006)
	}
	return c.mayShow(d, attached)
}

func (m *message) empty() bool {
	return strings.TrimSpace(m.content) == "" && len(m.embeds) == 0 && len(m.components) == 0 && len(m.attachments) == 0
}

func (c *call) readFlags(f *form, d *draft, b obj) {
	if b["flags"] == nil {
		return
	}
	flags := f.integer("flags", b["flags"], 0, 1<<31-1, 0)
	if over := flags &^ (d.flagged | d.flags); over != 0 {
		f.bad("flags", "MESSAGE_FLAGS_INVALID", "The flags %d cannot be set here.", over)
	}
	if d.flags&componentsV2 != 0 && flags&componentsV2 == 0 {
		f.bad("flags", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "The components v2 flag cannot be removed.")
	}
	d.flags = flags | d.flags&(ephemeral|componentsV2)
}

// legacy refuses what cannot stand beside components of the second version.
func (f *form) legacy(d *draft, b obj) {
	if d.flags&componentsV2 == 0 {
		return
	}
	refused := func(field string) {
		f.bad(field, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The %s field cannot be used when using MessageFlags.IS_COMPONENTS_V2", field)
	}
	if d.content != "" {
		refused("content")
	}
	if len(d.embeds) > 0 {
		refused("embeds")
	}
	for _, field := range []string{"poll", "sticker_ids"} {
		if b[field] != nil && len(items(b[field])) > 0 {
			refused(field)
		}
	}
	if len(d.components) == 0 {
		f.bad("components", "BASE_TYPE_REQUIRED", "This field is required")
	}
}

func (f *form) nonce(d *draft, b obj) {
	if b["nonce"] == nil {
		return
	}
	d.nonce = b["nonce"]
	if len(text(d.nonce)) > longestNonce {
		f.bad("nonce", "NONCE_TYPE_TOO_LONG", "Must be %d or fewer in length.", longestNonce)
	}
	f.bool("enforce_nonce", b["enforce_nonce"])
}

// mayShow asks for the permissions that parts of a message need.
func (c *call) mayShow(d *draft, attached int) error {
	if d.interactive {
		return nil
	}
	if len(d.embeds) > 0 && !c.may(d.channel, EmbedLinks) || attached > 0 && !c.may(d.channel, AttachFiles) {
		return errPermissions
	}
	return nil
}

// readAttachments puts new files to the message, and takes off those that an
// edit no longer names. It counts the new ones.
func (c *call) readAttachments(f *form, d *draft, b obj) int {
	said := map[string]obj{}
	keep := d.attachments
	if given(b, "attachments") {
		keep = nil
		for i, item := range f.list("attachments", b["attachments"], 0, 10) {
			said[c.named(f, d, at("attachments", i), item, &keep)] = object(item)
		}
	}
	d.attachments = slices.Clone(keep)
	for _, file := range c.files {
		a := &attachment{id: c.id(), channel: d.channel.id, name: file.name, kind: or(file.kind, "application/octet-stream"), content: file.content}
		if about := said[file.n]; about != nil {
			a.name = or(text(about["filename"]), a.name)
			a.description = f.text("attachments."+file.n+".description", about["description"], 0, 1024)
		}
		if len(a.content) > largestFile {
			f.bad("files."+file.n, "FILE_TYPE_MAX_SIZE", "File cannot be larger than %d bytes.", largestFile)
		}
		d.attachments = append(d.attachments, a)
	}
	if len(d.attachments) > 10 {
		f.bad("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
	}
	return len(c.files)
}

// named finds what an entry of attachments speaks of: a new file, or one that stays.
func (c *call) named(f *form, d *draft, path string, item any, keep *[]*attachment) string {
	id := text(f.object(path, item)["id"])
	for _, a := range d.attachments {
		if a.id == id {
			*keep = append(*keep, a)
			return id
		}
	}
	if !slices.ContainsFunc(c.files, func(file file) bool { return file.n == id }) {
		f.bad(in(path, "id"), "ATTACHMENT_NOT_FOUND", "There is no file %q.", id)
	}
	return id
}

// resolve puts addresses in the place of attachment://name.
func (d *draft) resolve(f *form, s *Server) {
	visit := func(path string, media obj, field string) {
		name, refers := strings.CutPrefix(text(media[field]), "attachment://")
		if !refers {
			return
		}
		i := slices.IndexFunc(d.attachments, func(a *attachment) bool { return a.name == name })
		if i < 0 {
			f.bad(in(path, field), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "The referenced attachment %q was not found", name)
			return
		}
		media[field] = s.attachmentURL(d.attachments[i])
		media["attachment_id"] = d.attachments[i].id
	}
	for i, e := range d.embeds {
		for field, link := range map[string]string{"image": "url", "thumbnail": "url", "footer": "icon_url", "author": "icon_url"} {
			visit(in(at("embeds", i), field), object(object(e)[field]), link)
		}
	}
	eachComponent("components", d.components, func(path string, component obj) {
		for _, field := range []string{"media", "file"} {
			visit(in(path, field), object(component[field]), "url")
		}
		for i, item := range items(component["items"]) {
			visit(in(at(in(path, "items"), i), "media"), object(object(item)["media"]), "url")
		}
	})
}

// publish makes a finished draft a message.
func (d *draft) publish(s *Server) *message {
	for _, a := range d.attachments {
		s.uploads[a.id] = a
	}
	return d.message
}
