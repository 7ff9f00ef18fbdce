// Package openai lets a language model draft the prose of a postmortem, at
// OpenAI or at any server that speaks its chat completions API.
//
// It promises that what leaves is the evidence alone, with secrets redacted and
// people named by their roles, in a block of data apart from the instructions;
// and that what comes back is sentences that each cite entries of the timeline
// which exist, without links, images or markup. The model has no tools: whatever
// stands in a timeline, the worst it can cause is a bad sentence in a draft.
//
// It refuses private incidents, to follow redirects, to ask twice, and to pass on
// an answer that was cut off. Every error is a [Trouble], in words for people.
package openai

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
	"cresset/integrations/probe/guard"
)

const mostAnswer = 4 << 20

// Settings are those of the section integrations.openai.
type Settings struct {
	Key       config.Secret   `yaml:"api_key" doc:"Key of the API; servers of your own may need none."`
	BaseURL   string          `yaml:"base_url" default:"https://api.openai.com/v1" doc:"Address of the API up to, and without, /chat/completions."`
	Model     string          `yaml:"model" required:"true" doc:"Name of the model, as the API calls it."`
	Timeout   config.Duration `yaml:"timeout" default:"60s" doc:"How long a draft may take, 5m or less; the plain draft stands in for it after that."`
	MaxTokens int             `yaml:"max_tokens" doc:"The most that the model may write, its reasoning included; the API's own limit when left out."`
}

// Options are what tests replace.
type Options struct {
	Transport http.RoundTripper // nil: guard.Transport
}

// A Drafter asks one model.
type Drafter struct {
	settings Settings
	host     string
	client   *openai.Client
}

// Open reads the section. Nothing is asked.
func Open(section config.Section, o Options) (*Drafter, config.Problems) {
	var s Settings
	problems := section.Decode(&s)
	u, err := url.Parse(s.BaseURL)
	add := func(path, format string, args ...any) {
		problems = append(problems, section.Problem(path, format, args...))
	}
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		add("base_url", "is not a web address; write it like https://api.openai.com/v1")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		add("base_url", "holds more than an address; write it without user, ? and #, and the key in api_key")
	case s.Key.IsZero() && u.Host == "api.openai.com":
		add("api_key", "is missing; set it to ${OPENAI_API_KEY} and put the key into the environment")
	}
	if s.Timeout.Std() < time.Second || s.Timeout.Std() > 5*time.Minute {
		add("timeout", "is %s; write 1s to 5m, such as 60s", s.Timeout)
	}
	if s.MaxTokens < 0 {
		add("max_tokens", "is below 0; leave it out for the API's own limit")
	}
	if len(problems) > 0 {
		return nil, config.Join(problems)
	}
	api := openai.DefaultConfig(s.Key.Reveal())
	api.BaseURL = s.BaseURL
	api.HTTPClient = &http.Client{Transport: guard.NewGate(o.Transport, u, mostAnswer), CheckRedirect: guard.Stay}
	return &Drafter{settings: s, host: u.Host, client: openai.NewClientWithConfig(api)}, nil
}

// Draft asks the model for the summary and the contributing factors of an
// incident. The error is a *[Trouble].
func (d *Drafter) Draft(ctx context.Context, e cre.Evidence) (*cre.Prose, error) {
	if e.Incident.Private {
		return nil, &Trouble{Text: "The incident is private, so nothing of it is sent to a model."}
	}
	if len(e.Timeline) == 0 {
		return nil, &Trouble{Text: "The timeline is empty, so there is nothing that a model could cite."}
	}
	data, err := json.Marshal(gather(e, d.hide))
	if err != nil {
		return nil, &Trouble{Text: "The evidence could not be written down for the model.", Err: err}
	}
	answer, err := d.ask(ctx, instructions, string(data))
	if err != nil {
		return nil, err
	}
	prose, err := read(answer.text, &e)
	if err != nil {
		return nil, err
	}
	prose.Model = answer.model
	return prose, nil
}

// Check asks the model for one word, with no evidence.
func (d *Drafter) Check(ctx context.Context) []chat.Finding {
	f := chat.Finding{What: "model " + d.settings.Model}
	answer, err := d.ask(ctx, "Answer with the word OK.", "Are you there?")
	if err != nil {
		trouble := err.(*Trouble) // ask gives nothing else
		f.Detail, f.Advice = trouble.Text, "Until then postmortems are drafted without a model."
		return []chat.Finding{f}
	}
	f.OK, f.Detail = true, d.host+" answers as "+answer.model
	return []chat.Finding{f}
}

// An answer is what the model said.
type answer struct{ text, model string }

// ask makes one request with as little in it as every server understands.
func (d *Drafter) ask(ctx context.Context, system, user string) (answer, error) {
	limited, cancel := context.WithTimeout(ctx, d.settings.Timeout.Std())
	defer cancel()
	req := openai.ChatCompletionRequest{
		Model: d.settings.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: system},
			{Role: openai.ChatMessageRoleUser, Content: user},
		},
	}
	//lint:ignore SA1019 servers other than OpenAI's own know no other name for it
	req.MaxTokens = d.settings.MaxTokens
	if d.host == "api.openai.com" || openai.NewReasoningValidator().Validate(req) != nil {
		//lint:ignore SA1019 see above
		req.MaxTokens, req.MaxCompletionTokens = 0, d.settings.MaxTokens // what newer models call it
	}
	resp, err := d.client.CreateChatCompletion(limited, req)
	if err != nil {
		return answer{}, d.trouble(err)
	}
	return d.answerOf(resp)
}

func (d *Drafter) answerOf(resp openai.ChatCompletionResponse) (answer, error) {
	if len(resp.Choices) == 0 {
		return answer{}, &Trouble{Text: "The model's service answered without an answer. Look at `base_url` and `model`, or try again later.", Retry: true}
	}
	choice := resp.Choices[0]
	text := choice.Message.Content
	for _, part := range choice.Message.MultiContent {
		text += part.Text
	}
	switch {
	case choice.Message.Refusal != "":
		return answer{}, &Trouble{Text: "The model refused to draft this: " + d.quote(choice.Message.Refusal)}
	case choice.FinishReason == openai.FinishReasonLength:
		return answer{}, &Trouble{Text: "The model's answer was cut off. Raise `integrations.openai.max_tokens`, or leave it out."}
	case choice.FinishReason == openai.FinishReasonContentFilter:
		return answer{}, filtered
	case strings.TrimSpace(text) == "":
		return answer{}, &Trouble{Text: "The model said nothing. Try again, or take another model.", Retry: true}
	}
	model := resp.Model
	if model == "" {
		model = d.settings.Model
	}
	return answer{text, chat.Cut(bare(chat.Clean(model)), 100)}, nil
}
