package tracker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/probe/guard"
)

// unsaidWait is how long to wait where a limit does not say: a minute at least,
// https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api.
const unsaidWait = time.Minute

// mostWait bounds what a header can ask for: a clock may be wrong, here or there.
const mostWait = 2 * time.Hour

// Refusal says what an error of Ask means. writes is whether the request may have
// opened an issue; advise says what to do about an answer of the server's, "" for
// what it does not know. Nil stays nil.
func (c *Client) Refusal(err error, writes bool, advise func(*Refused) string) error {
	var refused *Refused
	var sent *chat.SendError
	var network *net.OpError
	switch {
	case err == nil || errors.As(err, &sent):
		return err
	case errors.As(err, &refused):
		return c.refused(refused, writes, advise)
	case errors.Is(err, guard.ErrRefused):
		return &chat.SendError{Err: err, Advice: "its address is link-local or a cloud's metadata service, which cresset does not ask: correct it in the configuration"}
	case notJSON(err):
		return &chat.SendError{Unknown: writes, Retry: writes, Err: err, Advice: "what answers at the configured address is not this API: correct the address"}
	case errors.As(err, &network) && network.Op == "dial" && !errors.Is(err, context.Canceled):
		return &chat.SendError{Retry: true, Err: err} // nothing was sent
	}
	return &chat.SendError{Retry: true, Unknown: writes, Err: err}
}

func notJSON(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind) || errors.Is(err, guard.ErrTooLarge)
}

func (c *Client) refused(r *Refused, writes bool, advise func(*Refused) string) error {
	if after, limited := r.limit(c.Now()); limited {
		return &chat.SendError{Retry: true, After: after, Err: r}
	}
	switch {
	case r.Status >= 500 || r.Status == http.StatusRequestTimeout:
		return &chat.SendError{Retry: true, Unknown: writes, Err: r}
	case r.Status >= 300 && r.Status < 400:
		return &chat.SendError{Err: r, Advice: fmt.Sprintf("%s has moved it: write its new name or address into the configuration", c.Kind)}
	}
	e := &chat.SendError{Err: r, Advice: advise(r)}
	if e.Advice == "" {
		e.Advice = fmt.Sprintf("%s refused it (%d)", c.Kind, r.Status)
	}
	return e
}

// limit is for how long the server wants not to be asked, and whether it does. It
// says so with 429, or with 403 and a header or a sentence; 503 with a time means
// the same.
func (r *Refused) limit(now time.Time) (after time.Duration, limited bool) {
	wait, said := r.wait(now)
	switch {
	case r.Status == http.StatusTooManyRequests:
	case r.Status == http.StatusServiceUnavailable && said:
	case r.Status == http.StatusForbidden && (r.Header.Get("Retry-After") != "" || r.Header.Get("X-RateLimit-Remaining") == "0"):
	case r.Status == http.StatusForbidden && strings.Contains(string(r.Body), "secondary rate limit"):
	default:
		return 0, false
	}
	if !said {
		return unsaidWait, true
	}
	return min(max(wait, time.Second), mostWait), true
}

// wait reads the headers that say when to come back: seconds, or a time as
// seconds since 1970 or in ISO 8601, with or without seconds.
func (r *Refused) wait(now time.Time) (time.Duration, bool) {
	if seconds, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if r.Status == http.StatusServiceUnavailable {
		return 0, false
	}
	for _, name := range []string{"X-RateLimit-Reset", "RateLimit-Reset"} {
		said := r.Header.Get(name)
		if seconds, err := strconv.ParseInt(said, 10, 64); err == nil {
			return time.Unix(seconds, 0).Sub(now), true
		}
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
			if at, err := time.Parse(layout, said); err == nil {
				return at.Sub(now), true
			}
		}
	}
	return 0, false
}

// Quoted is what a server said, as people may read it: one line, not long.
func Quoted(s string) string {
	return chat.Cut(strings.Join(strings.Fields(chat.Clean(s)), " "), 200)
}

// Gone is the error of an issue that is not there, where what it was in is.
func (c *Client) Gone(id string) error {
	return &chat.SendError{Err: fmt.Errorf("%w: %s has no issue %s", chat.ErrGone, c.Kind, id), Advice: "the issue was deleted or moved away"}
}

// Trouble is a finding of what went wrong when it was asked for, with the advice
// that an errand would get, or another where there is none.
func (c *Client) Trouble(f chat.Finding, err error, advise func(*Refused) string, otherwise string) chat.Finding {
	f.Detail, f.Advice = words(err), otherwise
	var sent *chat.SendError
	if errors.As(c.Refusal(err, false, advise), &sent) && sent.Advice != "" {
		f.Advice = strings.ToUpper(sent.Advice[:1]) + sent.Advice[1:] + "."
	}
	return f
}

func words(err error) string {
	var refused *Refused
	switch {
	case errors.As(err, &refused):
		return fmt.Sprintf("answered %d", refused.Status)
	case errors.Is(err, context.DeadlineExceeded):
		return "did not answer in time"
	case notJSON(err):
		return "what answers there is not this API"
	}
	return err.Error()
}
