package hooks

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// mailPlatform is where the people are who write letters. No platform of the
// configuration has this name, so no account is ever one of them.
const mailPlatform = "mail"

// readRequest makes of a letter the line that files it. Whoever wrote it is the
// requester, from outside: an address is easily forged, so that the line may do
// what anybody may, and nothing that an account with this address might.
func (in *Intake) readRequest(h *hook, r *http.Request) (chat.Event, error) {
	l, err := readLetter(r)
	if err != nil {
		return chat.Event{}, err
	}
	if why := l.automatic(); why != "" {
		return chat.Event{}, ignored(why)
	}
	all, err := json.Marshal([]any{l.from, l.subject, l.text, l.html, l.attached, l.given, l.header.Get("Date")})
	if err != nil {
		return chat.Event{}, err
	}
	key, err := in.keyOf(r.Context(), h, l.id, string(all))
	if err != nil {
		return chat.Event{}, err
	}
	known, err := in.requestOf(r.Context(), h, l)
	if err != nil {
		return chat.Event{}, err
	}
	line, named := in.lineOf(l, known)
	return chat.Event{Key: key, By: l.sender(), Line: line, Named: named, Role: cre.Viewer.String(), At: in.Now()}, nil
}

// sender is who wrote. The address stands beside the name, since anybody may call
// themselves anything.
func (l *letter) sender() chat.Person {
	who := chat.Person{Platform: mailPlatform, ID: l.from.Address, Name: l.from.Address, External: true}
	if name := oneLine(strings.ToValidUTF8(l.from.Name, "")); name != "" {
		who.Name = chat.Cut(name, 60) + " (" + l.from.Address + ")"
	}
	return who
}

// lineOf chooses what is done with a letter: it is filed. One about a request that
// is known, "" for none, says so.
func (in *Intake) lineOf(l *letter, known string) (line string, named map[string]string) {
	named = map[string]string{}
	for name, value := range l.given {
		named[name] = strings.TrimSpace(chat.Clean(strings.ToValidUTF8(value, "")))
	}
	if named["customer"] == "" {
		named["customer"] = cre.CustomerOf(in.Rules.Customers, l.from.Address)
	}
	text := l.text
	if strings.TrimSpace(text) == "" {
		text = textOf(l.html)
	}
	subject := strings.ToValidUTF8(l.subject, "")
	own := ownWords(subject, text)
	named["what"] = titleOf(subject, own)
	named["detail"] = detailOf(own, l.attached, known)
	return "cre request", named
}

func detailOf(own string, attached []string, known string) string {
	var parts []string
	for _, part := range []string{chat.Cut(own, mostWords), about(known), names(attached)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "\n\n")
}

func about(known string) string {
	if known == "" {
		return ""
	}
	return "It answers " + known + "."
}

func names(attached []string) string {
	if len(attached) == 0 {
		return ""
	}
	return "Attached to the mail, not kept here: " + chat.Cut(strings.Join(attached, ", "), 600)
}

// requestOf is the request that a letter is about: the one that an earlier letter
// filed which it answers, or the one that its subject names. Who neither asked for
// that one nor writes from its customer only guesses a number.
func (in *Intake) requestOf(ctx context.Context, h *hook, l *letter) (id string, err error) {
	err = in.DB.View(ctx, func(tx store.Tx) error {
		id = ""
		for _, message := range l.answered() {
			kept, err := store.Inbox.Get(tx, store.Key(keyOfID(h, message)))
			if err != nil {
				return err
			}
			if kept != nil && kept.Reply.Request != "" {
				id = kept.Reply.Request
				return nil
			}
		}
		tag := requests.FindStringSubmatch(l.subject)
		if tag == nil {
			return nil
		}
		n, err := strconv.ParseUint(tag[1], 10, 64)
		if err != nil {
			return err
		}
		r, err := store.Requests.Get(tx, store.Key(n))
		if err == nil && r != nil && in.concerns(r, l) {
			id = r.ID
		}
		return err
	})
	return id, err
}

func (in *Intake) concerns(r *cre.Request, l *letter) bool {
	customer := cre.CustomerOf(in.Rules.Customers, l.from.Address)
	return r.Requester.Key() == l.sender().Key() || customer != "" && customer == r.Customer
}
