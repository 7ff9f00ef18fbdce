package slack

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chart"
	"cresset/bot/chat"
	"cresset/integrations/probe/guard"
)

// pictureWaits is how long to wait after each refusal of a picture: Slack looks
// through an upload before a block may show it, and says invalid_blocks until
// then. After the last the message goes without the picture.
var pictureWaits = []time.Duration{200 * time.Millisecond, 500 * time.Millisecond, time.Second, 1500 * time.Millisecond, 1500 * time.Millisecond}

// mostPictures is how many pictures a message shows; others are attached.
const mostPictures = 5

// picturesOf are the pictures that a message shows: of its chart, then its files.
// The chart has no content until it is drawn.
func picturesOf(m chat.Message) (all []chat.File) {
	if m.Chart != nil {
		all = append(all, chat.File{Name: "chart.png", Type: "image/png", Alt: m.Chart.Alt})
	}
	for _, f := range m.Files {
		if f.IsPicture() && len(all) < mostPictures {
			all = append(all, f)
		}
	}
	return all
}

// attachments are the files that a message does not show.
func attachments(m chat.Message) (all []chat.File) {
	shown := len(picturesOf(m))
	if m.Chart != nil {
		shown--
	}
	for _, f := range m.Files {
		if f.IsPicture() && shown > 0 {
			shown--
			continue
		}
		all = append(all, f)
	}
	return all
}

// pictures uploads what a message shows, shared with nobody: the message that
// shows them does that. An error is one that may pass; with any other a picture
// has no id: a chart is then told in words, and a file attached.
func (p *Platform) pictures(ctx context.Context, m chat.Message) (ids []string, files []chat.File, err error) {
	files = picturesOf(m)
	ids = make([]string, len(files))
	if m.Chart != nil {
		if files[0].Content, err = chart.PNG(m.Chart, chart.Options{}); err != nil {
			p.options.Log.Error("chart not drawn", "platform", name, "err", err)
		}
	}
	for i, f := range files {
		if len(f.Content) == 0 {
			continue
		}
		ids[i], err = p.upload(ctx, f, "", "")
		if passing(err) {
			return nil, nil, seen(err)
		}
		if err != nil {
			p.options.Log.Warn("picture not uploaded", "platform", name, "err", err)
			if ids[i] = ""; i == 0 && m.Chart != nil {
				files[0].Content = nil // it is told in words
			}
		}
	}
	return ids, files, nil
}

// unshown are the pictures without an id. A chart that was not uploaded is told in
// words; one that Slack does not show is attached.
func unshown(ids []string, files []chat.File) (left []chat.File) {
	for i, f := range files {
		if ids[i] == "" && len(f.Content) > 0 {
			left = append(left, f)
		}
	}
	return left
}

func nth(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return ""
}

// seen is a refusal of a step that nobody sees: to repeat it does no harm.
func seen(err error) error {
	var e *chat.SendError
	if !errors.As(err, &e) {
		return err
	}
	harmless := *e
	harmless.Unknown = false
	return &harmless
}

// attach shares files in the thread of a message.
func (p *Platform) attach(ctx context.Context, ref chat.Ref, files []chat.File) {
	thread := cmp.Or(ref.Place.Thread, ref.ID)
	for _, f := range files {
		_, err := p.upload(ctx, f, ref.Place.Channel, thread)
		if err == nil {
			continue
		}
		p.options.Log.Error("file not attached", "platform", name, "channel", ref.Place.Channel, "err", err)
		m := chat.Message{Tone: chat.Warning, Text: chat.Textf("**%s** is not attached: %s.", f.Name, sentence(err))}
		if _, err := p.Post(ctx, ref.Place.In(thread), m, ref.ID+" "+f.Name); err != nil {
			p.options.Log.Error("missing file not said", "platform", name, "err", err)
		}
	}
}

// upload stores a file, and shares it if there is a channel.
func (p *Platform) upload(ctx context.Context, f chat.File, channel, thread string) (id string, err error) {
	if len(f.Content) == 0 {
		f.Content = []byte("\n") // Slack takes no empty file
	}
	file := cmp.Or(chat.Clean(f.Name), "file")
	to, err := p.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: file, FileSize: len(f.Content), AltTxt: chat.Cut(f.Alt, 1000)})
	if err != nil {
		return "", refusal("files.getUploadURLExternal", err)
	}
	if err := p.store(ctx, to.UploadURL, f.Content); err != nil {
		return "", refusal("upload", err)
	}
	_, err = p.api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{
		Files: []slack.FileSummary{{ID: to.FileID, Title: file}}, Channel: channel, ThreadTimestamp: thread,
	})
	return to.FileID, refusal("files.completeUploadExternal", err)
}

// store sends the bytes to where Slack wants them. The address is the secret,
// no token goes with it. (The library sends a form here that ends twice, which
// strict readers refuse.)
func (p *Platform) store(ctx context.Context, address string, content []byte) error {
	if guard.BadAddress(address, "https://") != "" {
		return errors.New("the address that Slack gave for an upload is not encrypted")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(content))
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := p.options.HTTP.Do(req)
	var told *url.Error
	if errors.As(err, &told) {
		return told.Err // without the address
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return status(resp)
}
