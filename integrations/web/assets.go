package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"time"
)

//go:embed static
var static embed.FS

// assets are the files that pages load, by name.
type assets map[string]asset

type asset struct {
	content []byte
	tag     string
}

func loadAssets() assets {
	all := assets{}
	names, err := static.ReadDir("static")
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, n := range names {
		content, err := static.ReadFile("static/" + n.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		all[n.Name()] = asset{content, `"` + hex.EncodeToString(sum[:8]) + `"`}
	}
	return all
}

// serve lets browsers keep a file and ask only whether it changed.
func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	file, ok := a[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", file.tag)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(file.content))
}
