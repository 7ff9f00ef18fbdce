package web

import (
	"net/http"

	"cresset/bot/cre"
	"cresset/integrations/sheet"
	"cresset/store"
)

func (c *Console) showImport(w http.ResponseWriter, r *http.Request) {
	c.page(w, r, "import", func(_ store.Tx, s *shell) (bool, error) {
		s.Title, s.Page, s.Body = "Import requests", "queue", cre.SheetColumns
		return true, nil
	})
}

// importSheet files the requests of a sheet, or only tries.
func (a *acts) importSheet(w http.ResponseWriter, r *http.Request) {
	who := visitor(r)
	by := &act{who: who, place: placeOf("@" + who.ID)}
	sheet.Import(w, r, by.event(a.Console), a.handle)
	a.hub.tell("")
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
