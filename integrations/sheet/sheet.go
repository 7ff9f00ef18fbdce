// Package sheet takes requests in and gives them out as comma-separated values over
// HTTP, for the API and the console alike.
//
// It promises that an import says how far it is while it runs, that every row that is
// refused is named with its line and the reason, and that an import that broke off
// can be sent again: what was filed is not filed twice. An export holds what its
// asker may see, and no cell that a spreadsheet would run.
//
// It refuses to write anything itself: a part of a sheet is a command like any other,
// with its authorisation and its line in the audit.
package sheet

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A Progress is how far an import is: one line of JSON for each part, and the last one
// with Done or Error.
type Progress struct {
	Filed   int      `json:"filed"`
	Known   int      `json:"known"`
	Refused []string `json:"refused,omitempty"` // of this part: "Line 17: …"
	Ignored string   `json:"ignored,omitempty"`
	Done    bool     `json:"done,omitempty"`
	Error   string   `json:"error,omitempty"`
}

const (
	rowsAtOnce = 100
	mostBytes  = 64 << 20
)

// Import reads the sheet in the body of a request and files it part by part through
// handle, as by the event, which has who does it and with which role. The query may
// say from=NAME and dry_run=true. The sheet is taken in whole before anything is said:
// neither a browser nor HTTP/1 reads an answer while it sends.
func Import(w http.ResponseWriter, r *http.Request, ev chat.Event, handle chat.Handler) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	out := json.NewEncoder(w)
	say := func(p Progress) {
		_ = out.Encode(p) // whoever went away sends it again
		_ = http.NewResponseController(w).Flush()
	}
	ev.Line = "cre import"
	if r.URL.Query().Get("dry_run") == "true" {
		ev.Line += " --dry-run"
	}
	whole, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBytes))
	if err != nil {
		say(Progress{Error: inWords(err)})
		return
	}
	key := rand.Text()
	n := 0
	for part, err := range cre.SheetParts(bytes.NewReader(whole), rowsAtOnce) {
		if err != nil {
			say(Progress{Error: inWords(err)})
			return
		}
		n++
		ev.Key = "sheet:" + key + ":" + strconv.Itoa(n)
		ev.Named = map[string]string{"rows": part, "from": r.URL.Query().Get("from")}
		reply, err := handle(r.Context(), ev)
		if err != nil {
			say(Progress{Error: "Nothing is known to be saved of what follows. Send the sheet again: what was filed is not filed twice."})
			return
		}
		if reply.Failed {
			say(Progress{Error: reply.Message.Text.String()})
			return
		}
		say(progressOf(reply.Message))
	}
	if n == 0 {
		say(Progress{Error: "The sheet has no rows. Its first line names the columns: title, customer, requester and more."})
		return
	}
	say(Progress{Done: true})
}

func inWords(err error) string {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return "The sheet is larger than 64 MB. Send it in parts."
	}
	var wrong *cre.Error
	if errors.As(err, &wrong) {
		return wrong.Error()
	}
	return "The sheet did not arrive whole, and nothing of it is filed. Send it again."
}

// progressOf reads what the command says of a part.
func progressOf(m chat.Message) Progress {
	p := Progress{Ignored: m.Footer.String()}
	for _, f := range m.Fields {
		n, _ := strconv.Atoi(f.Value.String()) // it is a number
		switch f.Label {
		case cre.ImportFiled:
			p.Filed = n
		case cre.ImportKnown:
			p.Known = n
		}
	}
	if m.Text != "" {
		p.Refused = strings.Split(m.Text.String(), "\n")
	}
	return p
}

// perView is how many requests are read in one view of the store, which keeps a long
// download from holding on to old pages.
const perView = 500

// Download answers with the requests that the eyes see. An answer that could not be
// written whole is broken off, so that nobody takes it for all.
func Download(w http.ResponseWriter, r *http.Request, db store.DB, eyes cre.Eyes, facts []string, log *slog.Logger) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="requests.csv"`)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	if err := Export(r.Context(), w, db, eyes, facts); err != nil {
		log.Error("the requests were not given out whole", "err", err)
		panic(http.ErrAbortHandler)
	}
}

// Export writes the requests that the eyes see, in the order of their numbers.
func Export(ctx context.Context, w io.Writer, db store.DB, eyes cre.Eyes, facts []string) error {
	out := csv.NewWriter(w)
	if err := out.Write(cre.SheetHeader(facts)); err != nil {
		return err
	}
	var after []byte
	for {
		var rows [][]string
		var last []byte
		err := db.View(ctx, func(tx store.Tx) error {
			rows, last = nil, nil
			for r, err := range store.Requests.All(tx, store.Page{After: after, Limit: perView}) {
				if err != nil {
					return err
				}
				last = store.Requests.Key(r)
				visible, err := store.Sees(tx, eyes, r)
				if err != nil {
					return err
				}
				if visible {
					rows = append(rows, r.SheetCells(facts))
				}
			}
			return nil
		})
		if err != nil || last == nil {
			return err
		}
		if err := out.WriteAll(rows); err != nil {
			return err
		}
		after = last
	}
}
