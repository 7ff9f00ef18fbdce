package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A page is small on its way, and the same to whoever takes it as it is.
func TestPagesArePacked(t *testing.T) {
	b := newBench(t)
	b.seed()
	as := func(encoding string) (http.Header, string) {
		_, header, page := b.request("GET", "/incidents/INC-1", nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", encoding) })
		return header, page
	}
	header, packed := as("gzip, br")
	_, plain := as("identity")
	if header.Get("Content-Encoding") != "gzip" || header.Get("Vary") != "Accept-Encoding" || 2*len(packed) > len(plain) {
		t.Errorf("%d of %d bytes, with %v", len(packed), len(plain), header)
	}
	r, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if unpacked, err := io.ReadAll(r); string(unpacked) != plain || err != nil {
		t.Errorf("the page is another when it is packed: %v", err)
	}
}

// A button does nothing before the last module is there; so none waits for
// another. What a browser has of this version it never asks for again.
func TestModulesComeTogether(t *testing.T) {
	b := newBench(t)
	page := b.get("/")
	for name := range b.assets.files {
		address := b.assets.address(name)
		if strings.HasSuffix(name, ".js") && !strings.Contains(page, `"`+address+`"`) {
			t.Errorf("the page does not ask for %s", name)
		}
		if _, header, _ := b.request("GET", address, nil); !strings.Contains(header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is kept as %q", address, header.Get("Cache-Control"))
		}
		if _, header, _ := b.request("GET", "/static/another/"+name, nil); header.Get("Cache-Control") != "no-store" {
			t.Errorf("another version of %s is kept as %q", name, header.Get("Cache-Control"))
		}
	}
}
