package web

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"cresset/bot/chart"
	"cresset/bot/chat"
	"cresset/store"
)

// serveChart is the picture of a message.
func (c *Console) serveChart(w http.ResponseWriter, r *http.Request) {
	m, ok := c.messageFor(w, r)
	if !ok {
		return
	}
	if m.Said == nil || m.Said.Chart == nil {
		http.NotFound(w, r)
		return
	}
	c.cache(w, "private, max-age=86400") // its address changes when it does
	c.draw(w, r, m.Said.Chart)
}

func (c *Console) draw(w http.ResponseWriter, r *http.Request, ch *chat.Chart) {
	data, err := chart.PNG(ch, chart.Options{Dark: r.FormValue("dark") == "1", Card: r.FormValue("card") == "1"})
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(data) // whoever went away does not see it
}

// serveFile is a file of a message, to download.
func (c *Console) serveFile(w http.ResponseWriter, r *http.Request) {
	m, ok := c.messageFor(w, r)
	if !ok {
		return
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || m.Said == nil || n < 0 || n >= len(m.Said.Files) {
		http.NotFound(w, r)
		return
	}
	f := m.Said.Files[n]
	kind := "application/octet-stream"
	if f.IsPicture() {
		kind = f.Type
	}
	c.cache(w, "private, no-cache")
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": chat.Clean(f.Name)}))
	w.Header().Set("Content-Length", fmt.Sprint(len(f.Content)))
	_, _ = w.Write(f.Content)
}

// messageFor finds the message of an address, if the visitor may see it.
func (c *Console) messageFor(w http.ResponseWriter, r *http.Request) (*message, bool) {
	var m *message
	seq, err := strconv.ParseUint(r.PathValue("seq"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return nil, false
	}
	me := visitor(r).ID
	err = c.DB.View(r.Context(), func(tx store.Tx) error {
		found, err := bySeq(tx, seq)
		if err != nil || found == nil || !found.shownTo(me) {
			return err
		}
		ch, err := c.visible(tx, found.Channel, me)
		if ch != nil {
			m = found
		}
		return err
	})
	if err != nil {
		c.fail(w, r, err)
		return nil, false
	}
	if m == nil {
		http.NotFound(w, r)
	}
	return m, m != nil
}
