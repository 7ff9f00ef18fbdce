package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed static
var static embed.FS

// assets are the files that pages load.
type assets struct {
	files   map[string][]byte // by name
	version string            // of all together
}

func loadAssets() assets {
	a := assets{files: map[string][]byte{}}
	names, err := static.ReadDir("static")
	if err != nil {
		panic(err) // they are part of the program
	}
	sum := sha256.New()
	for _, n := range names {
		content, err := static.ReadFile("static/" + n.Name())
		if err != nil {
			panic(err)
		}
		a.files[n.Name()] = content
		sum.Write(content)
	}
	a.version = hex.EncodeToString(sum.Sum(nil)[:8])
	return a
}

// address is where a page finds a file. Another version has another, also where one
// module asks for the next.
func (a assets) address(name string) string { return "/static/" + a.version + "/" + name }

// modules are the scripts, by name.
func (a assets) modules() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(a.files)), func(name string) bool { return !strings.HasSuffix(name, ".js") })
}

// serve lets browsers keep a file for good. Of a version that this program has not,
// while another takes its place, they keep none.
func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	content, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	how := "no-store"
	if r.PathValue("version") == a.version {
		how = "public, max-age=31536000, immutable"
	}
	w.Header().Set("Cache-Control", how)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}
