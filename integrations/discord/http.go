package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

const (
	maxBody     = 1 << 20
	bodyTime    = 10 * time.Second // how long a body may take: Discord itself gives up after three
	signedFor   = 5 * time.Minute  // how old a request may be
	requestWait = 4 * time.Second  // Discord waits three
)

// Routes takes Discord's signed interactions. Without a public key there are none.
func (p *Platform) Routes(handle chat.Handler) map[string]http.Handler {
	if p.key == nil {
		return nil
	}
	return map[string]http.Handler{"POST /discord/interactions": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := readAll(w, r)
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			http.Error(w, "the body is larger than 1 MiB", http.StatusRequestEntityTooLarge)
		case err != nil:
			http.Error(w, "the body could not be read", http.StatusBadRequest)
		case !p.genuine(r.Header, body):
			p.options.OnBadSignature()
			p.options.Log.Debug("wrong signature", "platform", name) // Discord sends some on purpose
			http.Error(w, "the signature is wrong", http.StatusUnauthorized)
		default:
			p.serve(w, r, body, handle)
		}
	})}
}

// readAll reads a body that is neither large nor slow. After one that is, the
// deadline stays, or the server would wait for the rest of it.
func readAll(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(bodyTime)) // a writer that cannot has no slow bodies
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		_ = c.SetReadDeadline(time.Time{})
	}
	return body, err
}

// genuine says whether Discord signed this in the last five minutes. Two headers
// of a name might be read differently here and in front of the bot.
func (p *Platform) genuine(h http.Header, body []byte) bool {
	if len(h.Values("X-Signature-Ed25519")) != 1 || len(h.Values("X-Signature-Timestamp")) != 1 {
		return false
	}
	stamp := h.Get("X-Signature-Timestamp")
	signature, err := hex.DecodeString(h.Get("X-Signature-Ed25519"))
	if err != nil || len(signature) != ed25519.SignatureSize || !ed25519.Verify(p.key, append([]byte(stamp), body...), signature) {
		return false
	}
	at, err := strconv.ParseInt(stamp, 10, 64)
	return err == nil && time.Since(time.Unix(at, 0)).Abs() <= signedFor
}

// serve handles one interaction, and answers in the answer to the request.
func (p *Platform) serve(w http.ResponseWriter, r *http.Request, body []byte, handle chat.Handler) {
	d, ok := p.readInteraction(body)
	if !ok {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	if discordgo.InteractionType(d.Type) == discordgo.InteractionPing {
		writeJSON(w, response{Type: discordgo.InteractionResponsePong})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), requestWait) // which ends when Discord hangs up
	defer cancel()
	first := make(chan *response)
	if !p.take(d, handle, func(c context.Context, answer *response) error {
		select {
		case first <- answer:
			return nil
		case <-ctx.Done():
			return errTooLate
		case <-c.Done():
			return c.Err()
		}
	}) {
		http.Error(w, "too many interactions at once", http.StatusServiceUnavailable)
		return
	}
	select {
	case answer := <-first:
		if answer == nil {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		writeJSON(w, answer)
	case <-ctx.Done():
		http.Error(w, "not handled in time", http.StatusServiceUnavailable)
	}
}

var errTooLate = errors.New("discord no longer waits for the answer")

func writeJSON(w http.ResponseWriter, v any) {
	js, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "the answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(js) // who hung up hears nothing
}
