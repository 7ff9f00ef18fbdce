package discordtest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// session is what the app started with an IDENTIFY, and may resume.
type session struct {
	id      string
	intents Intents
	seq     int
	log     []sentFrame // the last events, for a resume
	conn    *conn       // nil while there is none
	lost    time.Time   // since when there is none
}

type sentFrame struct {
	seq  int
	name string
	data json.RawMessage
}

// hear does what the app says. It gives the code to close with, or 0.
func (s *Server) hear(c *conn, data []byte) int {
	now := time.Now()
	c.sends = slices.DeleteFunc(c.sends, func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	c.sends = append(c.sends, now)
	if len(c.sends) > sendsPerMinute {
		return closeTooMany
	}
	var said struct {
		Op *int `json:"op"`
		D  any  `json:"d"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if len(data) > largestSend || decoder.Decode(&said) != nil || said.Op == nil {
		return closeDecodeError
	}
	switch *said.Op {
	case opHeartbeat:
		return s.beat(c, said.D)
	case opIdentify:
		return s.identify(c, object(said.D))
	case opResume:
		return s.resume(c, object(said.D))
	case opPresence, opVoice, opMembers:
		if c.session == nil {
			return closeNotAuthenticated
		}
		if *said.Op == opMembers {
			s.violation("the gateway lists no members here: ask for them over REST")
		}
		return 0
	}
	return closeUnknownOpcode
}

func (s *Server) beat(c *conn, d any) int {
	s.heartbeats++
	if seq, ok := integer(d); ok && c.session != nil && int(seq) > c.session.seq {
		return closeBadSequence
	}
	c.ws.SetReadDeadline(time.Now().Add(3 * s.interval))
	c.say(obj{"op": opAcknowledge, "s": nil, "t": nil, "d": nil})
	return 0
}

func (s *Server) identify(c *conn, d obj) int {
	if c.session != nil {
		return closeAlready
	}
	intents, whole := integer(d["intents"])
	switch {
	case !s.knows(d):
		return closeBadToken
	case object(d["properties"]) == nil || !whole:
		return closeDecodeError
	case Intents(intents)&^knownIntents != 0:
		return closeBadIntents
	case Intents(intents)&privilegedIntents&^s.privileged != 0:
		return closeForbiddenIntents
	}
	if shard := items(d["shard"]); shard != nil && (len(shard) != 2 || number(shard[0]) != 0 || number(shard[1]) != 1) {
		return closeBadShard
	}
	s.identifies++
	s.budget--
	now := time.Now()
	switch {
	case s.budget < 0:
		s.revoke()
		return closeBadToken
	case now.Sub(s.identified) < s.every:
		c.say(obj{"op": opInvalid, "s": nil, "t": nil, "d": false})
		return 0
	}
	s.identified = now
	s.begins(c, Intents(intents))
	return 0
}

// knows says whether a token is the app's. It may stand with "Bot " before it.
func (s *Server) knows(d obj) bool {
	return !s.revoked && strings.TrimPrefix(text(d["token"]), "Bot ") == s.BotToken
}

// revoke takes the token away, as Discord does when an app identifies too often.
func (s *Server) revoke() {
	s.revoked = true
	s.violation("the app has used up its %d IDENTIFYs, and its token is reset", identifiesPerDay)
	for _, c := range s.conns {
		c.end(closeBadToken)
	}
}

func (s *Server) begins(c *conn, intents Intents) {
	started := &session{id: "session-" + s.id(), intents: intents, conn: c}
	c.session = started
	s.sessions = append(s.sessions, started)
	s.tell(started, "READY", obj{"v": c.version, "user": s.userJSON(s.bot()), "session_id": started.id, "session_type": "normal",
		"resume_gateway_url": s.gatewayURL("/resume/" + started.id), "guilds": []any{obj{"id": s.GuildID, "unavailable": true}},
		"application": obj{"id": s.AppID, "flags": 0}, "shard": []int{0, 1}, "private_channels": []any{}, "relationships": []any{},
		"presences": []any{}, "_trace": []any{"discordtest"}})
	if intents&IntentGuilds != 0 {
		s.tell(started, "GUILD_CREATE", s.wholeGuild(intents))
	}
}

// wholeGuild is the guild with all that is in it. Only who asks for members gets more
// of them than the app.
func (s *Server) wholeGuild(intents Intents) obj {
	guild := s.guildJSON()
	channels, threads, members := []any{}, []any{}, []any{}
	for _, ch := range s.inGuild() {
		channels = append(channels, s.channelJSON(ch))
	}
	for _, ch := range s.threadsOf("") {
		if !ch.thread.archived && s.permissions(s.bot(), ch).has(ViewChannel) {
			threads = append(threads, s.channelJSON(ch))
		}
	}
	for _, u := range s.users {
		if !u.gone && (u == s.bot() || intents&IntentGuildMembers != 0) {
			members = append(members, s.memberJSON(u))
		}
	}
	guild["channels"], guild["threads"], guild["members"], guild["member_count"] = channels, threads, members, len(s.users)
	guild["joined_at"], guild["large"], guild["unavailable"] = stamp(s.bot().joined), false, false
	for _, none := range []string{"presences", "voice_states", "stage_instances", "guild_scheduled_events", "soundboard_sounds"} {
		guild[none] = []any{}
	}
	return guild
}

// resume goes on with a session, at its own address only.
func (s *Server) resume(c *conn, d obj) int {
	if c.session != nil {
		return closeAlready
	}
	if !s.knows(d) {
		return closeBadToken
	}
	s.resumes++
	id := text(d["session_id"])
	i := slices.IndexFunc(s.sessions, func(known *session) bool { return known.id == id })
	seq := int(number(d["seq"]))
	if i < 0 || c.at != id || !s.sessions[i].reaches(seq) {
		c.say(obj{"op": opInvalid, "s": nil, "t": nil, "d": false})
		return 0
	}
	resumed := s.sessions[i]
	if seq > resumed.seq {
		return closeBadSequence
	}
	if resumed.conn != nil {
		resumed.conn.session = nil
		resumed.conn.end(closeUnknownError)
	}
	c.session, resumed.conn = resumed, c
	for _, f := range resumed.log {
		if f.seq > seq && f.name != "RESUMED" {
			c.queue(frame{data: f.data})
		}
	}
	s.tell(resumed, "RESUMED", obj{"_trace": []any{"discordtest"}})
	return 0
}

// reaches says whether everything after seq is still there, and the session, too.
func (on *session) reaches(seq int) bool {
	if on.conn == nil && time.Since(on.lost) > sessionLasts {
		return false
	}
	return seq >= on.seq || len(on.log) > 0 && on.log[0].seq <= seq+1
}

func (s *Server) forgetSession(gone *session) {
	s.sessions = slices.DeleteFunc(s.sessions, func(other *session) bool { return other == gone })
}

// dispatch tells every session that wants to know, also those that are away and may
// come back. It counts them.
func (s *Server) dispatch(e event) int {
	if e.in != nil && !s.permissions(s.bot(), e.in).has(ViewChannel) {
		return 0
	}
	told := 0
	full := encode(e.data)
	for _, to := range s.sessions {
		if e.needs != 0 && to.intents&e.needs == 0 {
			continue
		}
		data := full
		if e.message != nil && e.name != "MESSAGE_DELETE" {
			var copied obj
			decode(full, &copied)
			data = encode(s.redacted(e.message, copied, to.intents&IntentMessageContent != 0))
		}
		s.tell(to, e.name, data)
		told++
	}
	return told
}

// tell puts one event into a session.
func (s *Server) tell(to *session, name string, data any) {
	to.seq++
	f := sentFrame{to.seq, name, encode(obj{"op": opDispatch, "t": name, "s": to.seq, "d": data})}
	to.log = append(to.log, f)
	if extra := len(to.log) - s.keep; extra > 0 {
		to.log = slices.Clone(to.log[extra:])
	}
	if to.conn != nil {
		to.conn.queue(frame{data: f.data})
	}
}
