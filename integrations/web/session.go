package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"cresset/config"
	"cresset/store"
)

const (
	sessionLife = 12 * time.Hour  // from the login
	sessionIdle = 2 * time.Hour   // from the last request
	sessionMark = 5 * time.Minute // how exactly the last request is kept
)

// A session is a login that goes on. Its token is in the browser only: the store
// has what recognises it, and nothing to log in with.
type session struct {
	Hash   string    `json:"hash"` // SHA-256 of the token
	Person string    `json:"person"`
	Proof  string    `json:"proof"` // of the secret with which it began, keyed by the token
	Begun  time.Time `json:"begun"`
	Seen   time.Time `json:"seen"`
}

var sessions = &store.Collection[session]{
	Name: "console.sessions",
	Key:  func(s *session) []byte { return store.Key(s.Hash) },
	Indexes: []store.Index[session]{
		{Name: "begun", Keys: func(s *session) [][]byte { return [][]byte{store.Key(s.Begun)} }},
	},
}

// over reports whether a session has ended by itself.
func (s *session) over(now time.Time) bool {
	return now.Sub(s.Begun) >= sessionLife || now.Sub(s.Seen) >= sessionIdle
}

// hashOf is what the store knows of a token.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// proofOf ties a session to a secret: another secret gives another proof, and
// without the token nobody can try secrets against it.
func proofOf(token string, secret config.Secret) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte(secret.Reveal()))
	return hex.EncodeToString(mac.Sum(nil))
}

// begin starts a session of somebody who has just proved who they are, under a
// new token, which it gives. The one that the browser had before ends.
func (c *Console) begin(r *http.Request, who login) (token string, err error) {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	token = base64.RawURLEncoding.EncodeToString(raw)
	now := c.Now().UTC()
	s := &session{Hash: hashOf(token), Person: who.name, Proof: proofOf(token, who.secret), Begun: now, Seen: now}
	err = c.DB.Update(r.Context(), func(tx store.Tx) error {
		if err := sessions.Delete(tx, store.Key(hashOf(c.token(r)))); err != nil {
			return err
		}
		if err := c.remember(tx, who.name); err != nil {
			return err
		}
		return sessions.Put(tx, s)
	})
	return token, err
}

// resume finds the session of a request, nil if it has none that holds: it ran
// out, or the configuration has another secret or no such person now.
func (c *Console) resume(r *http.Request) (*session, error) {
	token := c.token(r)
	if token == "" {
		return nil, nil
	}
	var s *session
	err := c.DB.View(r.Context(), func(tx store.Tx) (err error) {
		s, err = sessions.Get(tx, store.Key(hashOf(token)))
		return err
	})
	if err != nil || s == nil || s.over(c.Now()) {
		return nil, err
	}
	for _, l := range c.gate.logins {
		if l.name == s.Person && hmac.Equal([]byte(s.Proof), []byte(proofOf(token, l.secret))) {
			return s, nil
		}
	}
	return nil, nil
}

// touch keeps when a session was last seen. A session that ended meanwhile stays
// ended. Where it cannot be kept, the session ends earlier and nothing else.
func (c *Console) touch(ctx context.Context, s *session) {
	now := c.Now().UTC()
	if s == nil || now.Sub(s.Seen) < sessionMark {
		return
	}
	err := c.DB.Update(ctx, func(tx store.Tx) error {
		kept, err := sessions.Get(tx, store.Key(s.Hash))
		if err != nil || kept == nil {
			return err
		}
		kept.Seen = now
		return sessions.Put(tx, kept)
	})
	if err != nil && ctx.Err() == nil {
		c.Log.Warn("when a session was last seen was not kept", "platform", Name, "person", s.Person, "err", err)
	}
}

// end ends a session everywhere.
func (c *Console) end(ctx context.Context, s *session) error {
	return c.DB.Update(ctx, func(tx store.Tx) error { return sessions.Delete(tx, store.Key(s.Hash)) })
}

// pruneSessions forgets those that can no longer go on.
func (c *Console) pruneSessions(ctx context.Context) error {
	now := c.Now()
	return c.DB.Update(ctx, func(tx store.Tx) error {
		for s, err := range sessions.By(tx, "begun", nil, store.Page{Limit: 500}) {
			if err != nil {
				return err
			}
			if !s.over(now) {
				continue
			}
			if err := sessions.Delete(tx, store.Key(s.Hash)); err != nil {
				return err
			}
		}
		return nil
	})
}

// cookie is the one that holds a session's token.
func (c *Console) cookie(token string, life time.Duration) *http.Cookie {
	return &http.Cookie{Name: c.cookieName(), Value: token, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: c.secure(), SameSite: http.SameSiteStrictMode}
}

// secure reports whether browsers reach the console by https.
func (c *Console) secure() bool { return strings.HasPrefix(c.site(), "https://") }

// cookieName has a prefix, where the site is https, with which browsers take the
// cookie from this host alone.
func (c *Console) cookieName() string {
	if c.secure() {
		return "__Host-cresset_session"
	}
	return "cresset_session"
}

// token is what a request carries to prove its session, "" if nothing.
func (c *Console) token(r *http.Request) string {
	cookie, err := r.Cookie(c.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}
