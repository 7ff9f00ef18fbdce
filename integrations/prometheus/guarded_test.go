package prometheus

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cresset/config"
)

// TestGuarded: a setting that leads to a cloud's metadata is not followed, and a
// proxy of the environment, which would be asked in the guard's place, is not used.
func TestGuarded(t *testing.T) {
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	for _, address := range []string{"http://169.254.169.254", "http://[::ffff:a9fe:a9fe]", "http://[fd00:ec2::254]", "http://100.100.100.200:80"} {
		section, problems := config.NewSection("cresset.yaml", "integrations.prometheus", []byte("- url: \""+address+"\"\n  token: canary\n"), os.LookupEnv)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		all, problems := Open(section, Options{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
		_, err := all[0].Counts(t.Context(), ratioOf("a", "", "b"), now.Add(-10*time.Minute), now)
		if err == nil || !strings.Contains(err.Error(), "does not ask") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the proxy was asked %d times", n)
	}
}
