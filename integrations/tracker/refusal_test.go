package tracker_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/tracker"
)

var now = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

// asked is what comes of one request to a server that answers so.
func asked(t *testing.T, answer http.HandlerFunc) error {
	t.Helper()
	server := httptest.NewServer(answer)
	defer server.Close()
	c := tracker.New("Fake", server.URL, tracker.Options{Now: func() time.Time { return now }}, func(*http.Request) {})
	var into struct{}
	_, err := c.Ask(t.Context(), http.MethodPost, "/issues", map[string]string{}, &into)
	return c.Refusal(err, true, func(r *tracker.Refused) string { return "" })
}

// Every way in which a server says when to come back is understood, and none makes
// the bot wait for ever.
func TestLimits(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		header map[string]string
		body   string
		after  time.Duration
	}{
		"seconds":                        {429, map[string]string{"Retry-After": "30"}, "", 30 * time.Second},
		"seconds, with 403":              {403, map[string]string{"Retry-After": "30"}, "", 30 * time.Second},
		"seconds, with 503":              {503, map[string]string{"Retry-After": "30"}, "", 30 * time.Second},
		"since 1970, nothing left":       {403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1772618700"}, "", 5 * time.Minute},
		"since 1970":                     {429, map[string]string{"RateLimit-Reset": "1772618700"}, "", 5 * time.Minute},
		"ISO 8601 without seconds":       {429, map[string]string{"X-RateLimit-Reset": "2026-03-04T10:05Z"}, "", 5 * time.Minute},
		"ISO 8601":                       {429, map[string]string{"X-RateLimit-Reset": "2026-03-04T10:05:00Z"}, "", 5 * time.Minute},
		"a time that is past":            {429, map[string]string{"RateLimit-Reset": "1"}, "", time.Second},
		"a year":                         {429, map[string]string{"Retry-After": "31536000"}, "", 2 * time.Hour},
		"nothing":                        {429, nil, "", time.Minute},
		"a sentence":                     {403, nil, `{"message": "You have exceeded a secondary rate limit."}`, time.Minute},
		"403 for other reasons":          {403, map[string]string{"X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": "1772618700"}, "", 0},
		"503 without a time is no limit": {503, map[string]string{"X-RateLimit-Reset": "1772618700"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			err := asked(t, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range test.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			})
			var sent *chat.SendError
			if !errors.As(err, &sent) || sent.After != test.after || sent.After > 0 && (!sent.Retry || sent.Unknown) {
				t.Errorf("got %+v, want to wait %v", sent, test.after)
			}
		})
	}
}

// What is wrong with the address is for a person; what may have happened is looked
// after; what never left is tried again.
func TestRefusals(t *testing.T) {
	page := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>Welcome")) }
	away := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }
	cut := func(w http.ResponseWriter, _ *http.Request) {
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			c.Close()
		}
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   chat.SendError
		advice string
	}{
		"a page":     {page, chat.SendError{Retry: true, Unknown: true}, "is not this API"},
		"a redirect": {away, chat.SendError{}, "has moved it"},
		"cut off":    {cut, chat.SendError{Retry: true, Unknown: true}, ""},
		"408":        {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(408) }, chat.SendError{Retry: true, Unknown: true}, ""},
		"418":        {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) }, chat.SendError{}, "Fake refused it (418)"},
	} {
		t.Run(name, func(t *testing.T) {
			var got *chat.SendError
			if err := asked(t, test.answer); !errors.As(err, &got) || got.Retry != test.want.Retry || got.Unknown != test.want.Unknown || !strings.Contains(got.Advice, test.advice) {
				t.Errorf("got %+v, want %+v with %q", got, test.want, test.advice)
			}
		})
	}
	c := tracker.New("Fake", "http://127.0.0.1:1", tracker.Options{}, func(*http.Request) {})
	_, err := c.Ask(t.Context(), http.MethodPost, "/issues", nil, nil)
	var got *chat.SendError
	if !errors.As(c.Refusal(err, true, nil), &got) || !got.Retry || got.Unknown {
		t.Errorf("nobody listens: %+v; nothing was sent", got)
	}
	guarded := tracker.New("Fake", "http://169.254.169.254", tracker.Options{}, func(*http.Request) {})
	_, err = guarded.Ask(t.Context(), http.MethodGet, "/", nil, nil)
	if !errors.As(guarded.Refusal(err, false, nil), &got) || got.Retry || !strings.Contains(got.Advice, "does not ask") {
		t.Errorf("a cloud's metadata: %+v", got)
	}
}

// A server that sends elsewhere is not followed: what stands there would get the
// token.
func TestCredentialsStayAtTheServer(t *testing.T) {
	var led atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { led.Add(1) }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 307, 308} {
		err := asked(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, status) })
		var sent *chat.SendError
		if !errors.As(err, &sent) || sent.Retry || led.Load() > 0 {
			t.Errorf("%d: got %+v, and asked elsewhere %d times", status, sent, led.Load())
		}
	}
}

// What a server says may repeat a customer, and is not in the error, which is logged.
func TestErrorsRepeatNothing(t *testing.T) {
	err := asked(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(422)
		_, _ = w.Write([]byte(`{"message": "a customer's words"}`))
	})
	if err.Error() != "Fake: POST /issues answered 422" {
		t.Errorf("got %q", err)
	}
}
