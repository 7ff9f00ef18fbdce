package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/sashabaranov/go-openai"

	"cresset/bot/chat"
	"cresset/bot/redact"
	"cresset/integrations/probe/guard"
)

// Trouble says why there is no prose of a model.
type Trouble struct {
	Text  string // sentences for people: what was wrong, and what to do
	Retry bool   // the same request may succeed later
	Err   error  // for the log, if there was one
}

func (t *Trouble) Error() string { return t.Text }

func (t *Trouble) Unwrap() error { return t.Err }

var filtered = &Trouble{Text: "The model's service filtered the draft because of its content rules. Write this one by hand, or take another model."}

// trouble classifies an error of the client.
func (d *Drafter) trouble(err error) *Trouble {
	if status, code, message := refusal(err); status > 0 {
		t := d.refused(status, code, message)
		t.Err = fmt.Errorf("model's service answered %d: %s", status, d.quote(message))
		return t
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &Trouble{Text: fmt.Sprintf("The model did not answer within %s. Raise `integrations.openai.timeout`, or take a faster model.", d.settings.Timeout), Retry: true, Err: err}
	case errors.Is(err, context.Canceled):
		return &Trouble{Text: "The draft was called off before the model answered.", Retry: true, Err: err}
	case errors.As(err, &syntax), errors.As(err, &kind), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &Trouble{Text: "The server at `base_url` answered, but not as a chat completions API does. The address usually ends in /v1.", Err: err}
	case errors.Is(err, guard.ErrTooLarge):
		return &Trouble{Text: "The model's answer is larger than 4 MiB. Look whether `base_url` is the address of an API.", Err: err}
	case errors.Is(err, guard.ErrRefused):
		return &Trouble{Text: "`base_url` leads to an address that cresset does not ask: link-local, or a cloud's metadata service.", Err: err}
	case errors.Is(err, openai.ErrChatCompletionInvalidModel):
		return &Trouble{Text: fmt.Sprintf("The model %s does not hold conversations. Set `integrations.openai.model` to one that does.", d.settings.Model), Err: err}
	}
	return &Trouble{Text: fmt.Sprintf("The model's service at %s cannot be reached. Look at `integrations.openai.base_url` and at the network.", d.host), Retry: true, Err: err}
}

// refusal takes apart what a server said instead of an answer; its status is 0
// when the error is another.
func refusal(err error) (status int, code, message string) {
	var api *openai.APIError
	var request *openai.RequestError
	switch {
	case errors.As(err, &request): // first: it may wrap an APIError that holds nothing
		return request.HTTPStatusCode, "", said(request.Body)
	case errors.As(err, &api):
		return api.HTTPStatusCode, fmt.Sprint(api.Code, " ", api.Type), api.Message
	}
	return 0, "", ""
}

// said finds the message in an error body that has a shape of its own; a page of
// HTML has none worth repeating.
func said(body []byte) string {
	var flat struct{ Message, Detail, Error string }
	if json.Unmarshal(body, &flat) != nil {
		return ""
	}
	return flat.Message + flat.Detail + flat.Error
}

// refused says what an HTTP status means here.
func (d *Drafter) refused(status int, code, message string) *Trouble {
	hint := strings.ToLower(code + " " + message)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(hint, w) {
				return true
			}
		}
		return false
	}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return &Trouble{Text: fmt.Sprintf("The model's service refused the key (%d). Put a valid one into `integrations.openai.api_key`.", status)}
	case status == http.StatusNotFound:
		return &Trouble{Text: fmt.Sprintf("The model's service does not know the model %s, or `base_url` is not its address (404). Correct `integrations.openai.model`; `base_url` usually ends in /v1.", d.settings.Model)}
	case status == http.StatusPaymentRequired || has("insufficient_quota", "budget"):
		return &Trouble{Text: fmt.Sprintf("The account at the model's service has no credit left (%d). Look at its billing.", status)}
	case has("context_length", "context length", "context window", "too long", "too many", "too large", "reduce the length") || status == http.StatusRequestEntityTooLarge:
		return &Trouble{Text: fmt.Sprintf("The timeline is longer than what the model can read (%d). Take a model that reads more.", status)}
	case status == http.StatusTooManyRequests:
		return &Trouble{Text: "The model's service has too many requests (429). Ask for the draft again in some minutes.", Retry: true}
	case has("content_filter", "content management policy"):
		return &Trouble{Text: filtered.Text}
	case status >= 500:
		return &Trouble{Text: fmt.Sprintf("The model's service has trouble of its own (%d). Ask for the draft again later.", status), Retry: true}
	case message == "":
		return &Trouble{Text: fmt.Sprintf("The model's service refused the request (%d) and did not say why. Look at `base_url` and `model`.", status)}
	}
	return &Trouble{Text: fmt.Sprintf("The model's service refused the request (%d): %s", status, d.quote(message))}
}

// quote is what a service said, as it may be shown: services repeat keys.
func (d *Drafter) quote(message string) string {
	return chat.Cut(strings.Join(strings.Fields(chat.Clean(d.hide(message))), " "), 200)
}

// hide takes secrets out, the service's own key first.
func (d *Drafter) hide(s string) string {
	if key := d.settings.Key.Reveal(); len(key) >= 8 {
		s = strings.ReplaceAll(s, key, redact.Marker)
	}
	return redact.Text(s)
}
