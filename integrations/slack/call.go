package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// call asks one method of the Web API and gives the library's errors. It is for
// what the library has no words for (client_msg_id, the errors of each invited
// person) and where the library would refuse a whole answer because a block in
// somebody's message is new to it.
func (p *Platform) call(ctx context.Context, method string, args url.Values, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.settings.APIURL+method, strings.NewReader(args.Encode()))
	if err != nil {
		return fmt.Errorf("ask %s: %w", method, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	req.Header.Set("Authorization", "Bearer "+p.settings.BotToken.Reveal())
	resp, err := p.options.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := status(resp); err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", method, err)
	}
	var answer struct {
		Ok               bool
		Error            string
		Needed, Provided string
	}
	if err := errors.Join(lenient(body, &answer), lenient(body, into)); err != nil {
		return fmt.Errorf("read the answer of %s: %w", method, err)
	}
	switch {
	case answer.Ok:
		return nil
	case answer.Error == "":
		return fmt.Errorf("read the answer of %s: neither ok nor an error", method)
	}
	return slack.SlackErrorResponse{Err: answer.Error, Needed: answer.Needed, Provided: answer.Provided}
}

// lenient decodes JSON, and leaves empty what has another shape than expected:
// Slack adds and changes parts that are of no use here.
func lenient(data []byte, into any) error {
	err := json.Unmarshal(data, into)
	var odd *json.UnmarshalTypeError
	if errors.As(err, &odd) {
		return nil
	}
	return err
}

func status(resp *http.Response) error {
	if resp.StatusCode == http.StatusTooManyRequests {
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		if seconds > 0 {
			return &slack.RateLimitedError{RetryAfter: time.Duration(seconds) * time.Second}
		}
	}
	if resp.StatusCode != http.StatusOK {
		return slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
	return nil
}
