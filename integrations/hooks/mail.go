package hooks

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"

	"cresset/bot/chat"
)

// A letter is an e-mail as somebody delivered it.
type letter struct {
	from     mail.Address
	subject  string
	text     string
	html     string
	id       string // of the message, without <>
	header   textproto.MIMEHeader
	attached []string          // names
	given    map[string]string // what the program that delivers says besides: customer, due, …; nil from a mail service
}

// readLetter reads what a mail service or a program delivers.
func readLetter(r *http.Request) (*letter, error) {
	var l *letter
	var err error
	switch mediaType(r) {
	case "application/json":
		l, err = readJSONLetter(r)
	case "multipart/form-data":
		l, err = readFormLetter(r, true)
	case "application/x-www-form-urlencoded":
		l, err = readFormLetter(r, false)
	default:
		return nil, unreadable("Send JSON (application/json) or a form (multipart/form-data, application/x-www-form-urlencoded).")
	}
	if err != nil {
		return nil, err
	}
	return l, l.tidy()
}

// A plainLetter is JSON as cresset defines it.
type plainLetter struct {
	From        string            `json:"from"`
	To          json.RawMessage   `json:"to"` // nobody needs it: the hook says where it goes
	Subject     string            `json:"subject"`
	Text        string            `json:"text"`
	HTML        string            `json:"html"`
	MessageID   string            `json:"message_id"`
	Headers     map[string]string `json:"headers"`
	Attachments []string          `json:"attachments"` // names
	Customer    string            `json:"customer"`
	Kind        string            `json:"kind"`
	Due         string            `json:"due"`
	Component   string            `json:"component"`
	Environment string            `json:"environment"`
	Impact      string            `json:"impact"`
}

// A postmarkLetter is what Postmark posts to an inbound webhook:
// https://postmarkapp.com/developer/webhooks/inbound-webhook. MessageID is its own
// id of the delivery; that of the mail is among Headers.
type postmarkLetter struct {
	From     string
	FromFull struct{ Email, Name string }
	Subject  string
	TextBody string
	HTMLBody string `json:"HtmlBody"`
	// StrippedTextReply is left out: what was quoted is cut in one way for all.
	MessageID   string
	Headers     []struct{ Name, Value string }
	Attachments []struct{ Name string }
}

func readJSONLetter(r *http.Request) (*letter, error) {
	text, err := readJSON(r)
	if err != nil {
		return nil, err
	}
	var names map[string]json.RawMessage
	if json.Unmarshal(text, &names) != nil || names == nil {
		return nil, unreadable(`This is not a JSON object. Send {"from": …, "subject": …, "text": …}.`)
	}
	if _, ok := names["FromFull"]; ok {
		return postmark(text)
	}
	var p plainLetter
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return nil, unreadable(wrongField(err))
	}
	l := &letter{subject: p.Subject, text: p.Text, html: p.HTML, id: p.MessageID, header: textproto.MIMEHeader{}, attached: p.Attachments,
		given: map[string]string{"customer": p.Customer, "kind": p.Kind, "due": p.Due, "component": p.Component, "environment": p.Environment, "impact": p.Impact}}
	for name, value := range p.Headers {
		l.header.Add(name, value)
	}
	l.from = addressOf(p.From)
	return l, nil
}

// wrongField says which field is wrong, and repeats nothing of what it holds.
func wrongField(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return "The field " + wrong.Field + " has another type."
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return "There is no field " + chat.Cut(name, 60) + ". There are from, to, subject, text, html, message_id, headers, attachments, customer, kind, due, component, environment, impact."
	}
	return "A field is wrong."
}

func postmark(text []byte) (*letter, error) {
	var p postmarkLetter
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, unreadable(wrongField(err))
	}
	l := &letter{from: addressOf(p.From, p.FromFull.Email), subject: p.Subject, text: p.TextBody, html: p.HTMLBody, header: textproto.MIMEHeader{}}
	if l.from.Name == "" {
		l.from.Name = p.FromFull.Name
	}
	for _, h := range p.Headers {
		l.header.Add(h.Name, h.Value)
	}
	if l.header.Get("Message-ID") == "" {
		l.id = p.MessageID
	}
	for _, a := range p.Attachments {
		l.attached = append(l.attached, a.Name)
	}
	return l, nil
}

// readFormLetter reads what Mailgun posts to a route, and SendGrid to its Inbound
// Parse webhook. Their fields have different names, and mean the same where the
// names are equal.
//
// Mailgun (https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http):
// sender, from, subject, body-plain, body-html, message-headers (JSON, pairs),
// attachment-N (files).
//
// SendGrid (https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook):
// from, envelope (JSON), subject, text, html, headers (as in the mail), charsets
// (JSON, by field), attachmentN (files); with "send raw" the whole mail in email.
//
// Customer, due and the like are not read here: Mailgun posts the fields of the
// mail's own header beside its own, and those are for the sender to choose.
func readFormLetter(r *http.Request, multipart bool) (*letter, error) {
	f, err := readForm(r, multipart)
	if err != nil {
		return nil, err
	}
	if f.values.Has("email") && !f.values.Has("text") && !f.values.Has("html") {
		return nil, unreadable("The mail is raw. Switch \"send raw\" off at the mail service.")
	}
	charsets := map[string]string{}
	_ = json.Unmarshal([]byte(f.values.Get("charsets")), &charsets) // without it, all is UTF-8
	get := func(names ...string) string {
		for _, name := range names {
			if text := f.values.Get(name); text != "" {
				return decoded(text, charsets[name])
			}
		}
		return ""
	}
	l := &letter{subject: get("subject"), text: get("text", "body-plain"), html: get("html", "body-html"), id: get("Message-Id", "message_id"),
		header: headerOf(f.values), attached: f.files}
	var envelope struct{ From string }
	_ = json.Unmarshal([]byte(f.values.Get("envelope")), &envelope) // only where from says nothing
	l.from = addressOf(get("from"), get("sender"), envelope.From)
	return l, nil
}

// headerOf reads the header in either form; as far as it can be read.
func headerOf(values map[string][]string) textproto.MIMEHeader {
	header := textproto.MIMEHeader{}
	for _, text := range values["message-headers"] {
		var pairs [][2]string
		_ = json.Unmarshal([]byte(text), &pairs)
		for _, p := range pairs {
			header.Add(p[0], p[1])
		}
	}
	for _, text := range values["headers"] {
		read, _ := textproto.NewReader(bufio.NewReader(strings.NewReader(text + "\r\n\r\n"))).ReadMIMEHeader()
		maps.Copy(header, read)
	}
	return header
}

func decoded(text, label string) string {
	if label == "" || strings.EqualFold(label, "utf-8") {
		return text
	}
	reader, err := charset.NewReaderLabel(label, strings.NewReader(text))
	if err != nil {
		return text
	}
	out, err := io.ReadAll(reader)
	if err != nil {
		return text
	}
	return string(out)
}

var bareAddress = regexp.MustCompile(`[^\s<>"(),;:]+@[^\s<>"(),;:@]+`)

// addressOf is the first of the texts that holds an address. Where a name is not
// written as it should be, the address is taken all the same.
func addressOf(texts ...string) mail.Address {
	parser := mail.AddressParser{WordDecoder: words}
	for _, text := range texts {
		if a, err := parser.Parse(text); err == nil {
			return *a
		}
		if found := bareAddress.FindAllString(text, -1); len(found) > 0 {
			return mail.Address{Address: found[len(found)-1]}
		}
	}
	return mail.Address{}
}

// words decodes =?utf-8?q?…?= of any charset.
var words = &mime.WordDecoder{CharsetReader: charset.NewReaderLabel}

// tidy makes of what was delivered what is worked with.
func (l *letter) tidy() error {
	l.from.Address = strings.ToLower(chat.Clean(strings.ToValidUTF8(l.from.Address, "")))
	if l.from.Address == "" || len(l.from.Address) > 254 {
		return unreadable("The field from has no e-mail address.")
	}
	if subject, err := words.DecodeHeader(l.subject); err == nil {
		l.subject = subject
	}
	if l.id == "" {
		l.id = l.header.Get("Message-ID")
	}
	l.id = strings.Trim(strings.TrimSpace(l.id), "<>")
	for i, name := range l.attached {
		l.attached[i] = chat.Cut(oneLine(name), 80)
	}
	l.attached = slices.DeleteFunc(l.attached, func(name string) bool { return name == "" })
	return nil
}

// answered are the ids of the messages that this one answers, the nearest first.
func (l *letter) answered() []string {
	ids := append(strings.Fields(l.header.Get("References")), strings.Fields(l.header.Get("In-Reply-To"))...)
	slices.Reverse(ids)
	for i, id := range ids {
		ids[i] = strings.Trim(id, "<>,")
	}
	return ids[:min(len(ids), 20)]
}

// oneLine is a text without what breaks a line.
func oneLine(text string) string { return strings.Join(strings.Fields(chat.Clean(text)), " ") }
