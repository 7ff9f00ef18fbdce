package guard

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestRefused(t *testing.T) {
	for address, want := range map[string]bool{
		"169.254.169.254":        true,
		"169.254.0.1":            true,
		"::ffff:169.254.169.254": true,
		"64:ff9b::a9fe:a9fe":     true, // the same, behind NAT64
		"fe80::1":                true,
		"fe80::1%eth0":           true,
		"fd00:ec2::254":          true,
		"100.100.100.200":        true,
		"168.63.129.16":          true,
		"192.0.0.192":            true,
		"0.0.0.0":                true,
		"::":                     true,
		"224.0.0.1":              true,
		"ff02::1":                true,
		"127.0.0.1":              false,
		"::1":                    false,
		"10.1.2.3":               false,
		"192.168.1.1":            false,
		"fd12:3456::1":           false,
		"64:ff9b::808:808":       false,
		"93.184.216.34":          false,
	} {
		if got := Refused(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: refused is %v", address, got)
		}
	}
}

// TestTransportJudgesWhatIsDialled: however the address is written, and
// whatever proxy the environment names.
func TestTransportJudgesWhatIsDialled(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	client := &http.Client{Transport: Transport(), CheckRedirect: Stay}
	for _, address := range []string{"http://169.254.169.254/latest", "http://[::ffff:169.254.169.254]/", "http://[fe80::1]/", "http://0.0.0.0:80/"} {
		resp, err := client.Get(address)
		if err == nil {
			resp.Body.Close()
		}
		if !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestGate(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		}
		io.WriteString(w, strings.Repeat("x", 100))
	}))
	defer server.Close()
	origin, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	get := func(most int, address string) (int, int, error) {
		client := &http.Client{Transport: NewGate(nil, origin, most), CheckRedirect: Stay}
		resp, err := client.Get(address)
		if err != nil {
			return 0, 0, err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return resp.StatusCode, len(body), err
	}
	if status, n, err := get(100, server.URL); status != 200 || n != 100 || err != nil {
		t.Errorf("got %d, %d bytes, %v", status, n, err)
	}
	if _, _, err := get(99, server.URL); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if status, _, err := get(1000, server.URL+"/away"); status != http.StatusFound || err != nil {
		t.Errorf("a redirect was followed: %d, %v", status, err)
	}
	if _, _, err := get(100, "http://localhost:1/"); err == nil || !strings.Contains(err.Error(), "not the configured server") {
		t.Errorf("another server: %v", err)
	}
}
