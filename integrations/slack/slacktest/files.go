package slacktest

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

type file struct {
	id, name, title string
	length          int
	content         []byte // nil until the bytes came
	complete        bool
	usable          time.Time // when Slack has looked through it
	shares          []share
}

type share struct {
	channel *channel
	ts      string
}

// ScanFiles makes Slack look through each completed upload for d, in which no
// image block may show it.
func (ws *Workspace) ScanFiles(d time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.scan = d
}

func (ws *Workspace) fileBy(id string) *file {
	i := slices.IndexFunc(ws.files, func(f *file) bool { return f.id == id })
	if i < 0 {
		return nil
	}
	return ws.files[i]
}

func (c *call) filesGetUploadURL() (obj, error) {
	length := c.int("length", 0)
	if c.str("filename") == "" || length < 1 {
		return nil, refuse("invalid_arguments")
	}
	f := &file{id: c.id("F"), name: c.str("filename"), title: c.str("filename"), length: length}
	c.files = append(c.files, f)
	return obj{"upload_url": c.URL + "/upload/" + f.id, "file_id": f.id}, nil
}

// serveUpload takes the bytes, bare or as a form file. It asks for no token: the address is the secret.
func (ws *Workspace) serveUpload(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	content, err := uploaded(r)
	ws.perform(w, "upload", args{"id": id}, func() (obj, error) {
		f := ws.fileBy(id)
		switch {
		case f == nil || f.complete:
			return nil, refuse("file_not_found")
		case err != nil:
			return nil, refuse("invalid_form_data")
		case len(content) != f.length:
			ws.problem("upload of %s: %d bytes announced, %d sent", f.name, f.length, len(content))
			return nil, refuse("length_mismatch")
		}
		f.content = content
		return nil, nil
	})
}

func uploaded(r *http.Request) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if !strings.HasPrefix(kind, "multipart/") {
		return io.ReadAll(r.Body)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, fmt.Errorf("find the form file: %w", err)
		}
		if part.FileName() != "" {
			return io.ReadAll(part)
		}
	}
}

func (c *call) filesCompleteUpload() (obj, error) {
	done, err := c.completed()
	if err != nil {
		return nil, err
	}
	places, err := c.places()
	if err != nil {
		return nil, err
	}
	shown := []any{}
	for _, f := range done {
		f.complete, f.usable = true, c.clock().Add(c.scan)
		shown = append(shown, c.fileJSON(f))
	}
	for _, ch := range places {
		if err := c.share(ch, done); err != nil {
			return nil, err
		}
	}
	return obj{"files": shown}, nil
}

// completed reads the argument files: uploads whose bytes have come.
func (c *call) completed() ([]*file, error) {
	given, err := c.json("files")
	list, isList := given.([]any)
	if err != nil || !isList || len(list) == 0 {
		return nil, refuse("invalid_arguments")
	}
	var done []*file
	for _, item := range list {
		entry, _ := item.(obj)
		id, _ := entry["id"].(string)
		f := c.fileBy(id)
		if f == nil || f.content == nil || f.complete {
			return nil, refuse("file_not_found")
		}
		if title, _ := entry["title"].(string); title != "" {
			f.title = title
		}
		done = append(done, f)
	}
	return done, nil
}

func (c *call) places() ([]*channel, error) {
	ids := c.list("channels")
	if id := c.str("channel_id"); id != "" {
		ids = []string{id}
	}
	if len(ids) > 100 {
		return nil, refuse("channels_limit_exceeded")
	}
	var places []*channel
	for _, id := range ids {
		ch, err := c.joinedTo(id)
		if err != nil {
			return nil, err
		}
		places = append(places, ch)
	}
	return places, nil
}

func (c *call) share(ch *channel, files []*file) error {
	m := &message{channel: ch, user: c.BotUser.ID, botID: botID, text: c.str("initial_comment"), files: files}
	if err := c.reply(m); err != nil {
		return err
	}
	m.ts = c.ts()
	m.subtype = "file_share"
	for _, f := range files {
		f.shares = append(f.shares, share{ch, m.ts})
	}
	c.post(m)
	return nil
}

func (c *call) filesInfo() (obj, error) {
	f := c.fileBy(c.str("file"))
	if f == nil || !f.complete {
		return nil, refuse("file_not_found")
	}
	return obj{"file": c.fileJSON(f)}, nil
}

// serveFile gives the bytes to whoever has the bot's token.
func (ws *Workspace) serveFile(w http.ResponseWriter, r *http.Request) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	f := ws.fileBy(r.PathValue("id"))
	if f == nil || !f.complete || r.Header.Get("Authorization") != "Bearer "+ws.BotToken {
		http.Error(w, "no such file, or not for you", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", or(mime.TypeByExtension(path.Ext(f.name)), "application/octet-stream"))
	w.Write(f.content)
}

func (ws *Workspace) fileJSON(f *file) obj {
	shares := obj{}
	for _, s := range f.shares {
		side := "public"
		if s.channel.private {
			side = "private"
		}
		if shares[side] == nil {
			shares[side] = obj{}
		}
		shares[side].(obj)[s.channel.id] = []any{obj{"ts": s.ts, "channel_name": s.channel.name}}
	}
	kind := strings.TrimPrefix(path.Ext(f.name), ".")
	return obj{"id": f.id, "name": f.name, "title": f.title, "size": f.length, "filetype": kind, "mode": "hosted",
		"mimetype": mime.TypeByExtension(path.Ext(f.name)), "user": ws.BotUser.ID, "shares": shares,
		"url_private": ws.URL + "/files/" + f.id, "url_private_download": ws.URL + "/files/" + f.id,
		"permalink": ws.URL + "/files/" + f.id}
}

func (ws *Workspace) describeFiles(m *message, shown obj) {
	if len(m.files) == 0 {
		return
	}
	list := []any{}
	for _, f := range m.files {
		list = append(list, ws.fileJSON(f))
	}
	shown["files"] = list
}
