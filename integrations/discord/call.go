package discord

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
)

// A request is one call of the REST API.
type request struct {
	method, path string // below /api/v10
	body         any
	files        []chat.File
	reason       string // for the audit log
	open         bool   // needs no token: the path carries one
}

// agent is how a bot has to introduce itself.
const agent = "DiscordBot (https://discord.com, 1.0)"

// call makes one request and reads the answer; a nil into ignores it. It never
// waits for a limit and never repeats anything: what is not done now comes back
// as an error that says when to try again.
func (p *Platform) call(ctx context.Context, r request, into any) error {
	if wait := p.limits.wait(r, time.Now()); wait > 0 {
		return &answer{route: r.route(), status: http.StatusTooManyRequests, after: wait, Message: "not asked, the limit is used up"}
	}
	req, err := p.request(ctx, r)
	if err != nil {
		return err
	}
	resp, err := p.options.HTTP.Do(req)
	var told *url.Error
	if errors.As(err, &told) && r.open {
		return fmt.Errorf("%s %s: %w", r.method, r.route(), told.Err) // without the token in the path
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", r.route(), err)
	}
	refused := answerOf(r, resp, body)
	p.limits.learn(r, resp.Header, refused, time.Now())
	if refused != nil {
		return refused
	}
	if into == nil || len(body) == 0 {
		return nil
	}
	if err := lenient(body, into); err != nil {
		return fmt.Errorf("read the answer of %s: %w", r.route(), err)
	}
	return nil
}

func (p *Platform) request(ctx context.Context, r request) (*http.Request, error) {
	body, kind, err := r.encoded()
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", r.route(), err)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, p.settings.APIURL+"api/v10"+r.path, body)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", r.route(), err)
	}
	req.Header.Set("User-Agent", agent)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if !r.open {
		req.Header.Set("Authorization", "Bot "+p.settings.BotToken.Reveal())
	}
	if r.reason != "" {
		req.Header.Set("X-Audit-Log-Reason", url.PathEscape(chat.Cut(r.reason, 400)))
	}
	return req, nil
}

// encoded is the body and its type: JSON, with files beside it in parts.
func (r request) encoded() (io.Reader, string, error) {
	if r.body == nil {
		return http.NoBody, "", nil
	}
	var js bytes.Buffer
	e := json.NewEncoder(&js)
	e.SetEscapeHTML(false)
	err := e.Encode(r.body)
	if err != nil || len(r.files) == 0 {
		return &js, "application/json", err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err = addPart(w, `form-data; name="payload_json"`, "application/json", js.Bytes())
	for i, f := range r.files {
		head := fmt.Sprintf(`form-data; name="files[%d]"; filename=%q`, i, f.Name)
		err = errors.Join(err, addPart(w, head, cmp.Or(f.Type, "application/octet-stream"), f.Content))
	}
	return &b, w.FormDataContentType(), errors.Join(err, w.Close())
}

func addPart(w *multipart.Writer, disposition, kind string, content []byte) error {
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {kind}})
	if err == nil {
		_, err = part.Write(content)
	}
	return err
}

// lenient decodes JSON, and leaves empty what has another shape than expected:
// Discord adds and changes parts that are of no use here.
func lenient(data []byte, into any) error {
	err := json.Unmarshal(data, into)
	var odd *json.UnmarshalTypeError
	if errors.As(err, &odd) {
		return nil
	}
	return err
}

// route is the path as limits and logs know it: without identifiers and tokens.
func (r request) route() string {
	parts := r.parts()
	for i := 1; i < len(parts); i++ {
		token := i == 2 && (parts[0] == "webhooks" || parts[0] == "interactions")
		if isID(parts[i]) || token || parts[i-1] == "reactions" {
			parts[i] = "{}"
		}
	}
	return r.method + " /" + strings.Join(parts, "/")
}

// major is what of a path has limits of its own: the channel, the server, or the
// token of an interaction.
func (r request) major() string {
	switch parts := r.parts(); {
	case len(parts) > 1 && (parts[0] == "channels" || parts[0] == "guilds"):
		return parts[1]
	case len(parts) > 2 && (parts[0] == "webhooks" || parts[0] == "interactions"):
		return parts[2]
	}
	return ""
}

func (r request) parts() []string {
	path, _, _ := strings.Cut(r.path, "?")
	return strings.Split(strings.Trim(path, "/"), "/")
}

// An answer is Discord's refusal of a call.
type answer struct {
	route   string
	status  int
	after   time.Duration
	global  bool
	shared  bool            // a limit that others used up, which is not held against the bot
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Errors  json.RawMessage `json:"errors"`
}

func (a *answer) Error() string {
	s := fmt.Sprintf("discord %s: %d", a.route, a.status)
	if a.Code != 0 {
		s += fmt.Sprintf(" (%d)", a.Code)
	}
	if a.Message != "" {
		s += " " + chat.Cut(chat.Clean(a.Message), 200)
	}
	if len(a.Errors) > 0 {
		s += " " + chat.Cut(chat.Clean(string(a.Errors)), 300)
	}
	return s
}

// answerOf is nil for a good answer.
func answerOf(r request, resp *http.Response, body []byte) *answer {
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	a := &answer{}
	var more struct {
		RetryAfter float64 `json:"retry_after"`
		Global     bool    `json:"global"`
	}
	page := lenient(body, a) != nil // of Discord's front, which shuts the bot out as a whole
	if !page {
		_ = lenient(body, &more)
	}
	a.route, a.status = r.route(), resp.StatusCode
	a.shared = resp.Header.Get("X-RateLimit-Scope") == "shared"
	if a.status == http.StatusTooManyRequests {
		a.global = page || more.Global || resp.Header.Get("X-RateLimit-Global") == "true"
		a.after = max(seconds(resp.Header.Get("Retry-After")), time.Duration(more.RetryAfter*float64(time.Second)))
	}
	return a
}

func seconds(text string) time.Duration {
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || s < 0 || s > 1e6 {
		return 0
	}
	return time.Duration(s * float64(time.Second))
}
