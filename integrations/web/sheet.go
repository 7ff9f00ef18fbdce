package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"cresset/bot/cre"
	"cresset/integrations/sheet"
	"cresset/store"
)

// largestSheet is the most that a sheet may have; the part that reads it says so.
const largestSheet = 64 << 20

func (c *Console) showImport(w http.ResponseWriter, r *http.Request) {
	c.page(w, r, "import", func(_ store.Tx, s *shell) (bool, error) {
		s.Title, s.Page, s.Body = "Import requests", "queue", cre.SheetColumns
		return true, nil
	})
}

// importSheet files the requests of a sheet, or only tries. The sheet is taken in whole
// before anything is filed: a browser reads no progress while it sends.
func (a *acts) importSheet(w http.ResponseWriter, r *http.Request) {
	whole, err := io.ReadAll(io.LimitReader(r.Body, largestSheet+1))
	if err != nil {
		a.Log.Warn("a sheet did not arrive whole", "platform", Name, "err", err)
	}
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(whole), broken{err}))
	who := visitor(r)
	by := &act{who: who, place: placeOf("@" + who.ID)}
	sheet.Import(w, r, by.event(a.Console), a.handle)
	a.hub.tell("")
}

// broken ends what was read with the error that cut it off, if there is one.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) {
	if b.err == nil {
		return 0, io.EOF
	}
	return 0, errors.Join(io.ErrUnexpectedEOF, b.err)
}

// exportSheet gives out the requests that the visitor sees.
func (c *Console) exportSheet(w http.ResponseWriter, r *http.Request) {
	var eyes cre.Eyes
	err := c.DB.View(r.Context(), func(tx store.Tx) (err error) {
		eyes, err = c.eyes(tx, visitor(r))
		return err
	})
	if err != nil {
		c.fail(w, r, err)
		return
	}
	sheet.Download(w, r, c.DB, eyes, c.Settings.FactNames(), c.Log)
}
