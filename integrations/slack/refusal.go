package slack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// unsaidWait is how long to wait when Slack says "too fast" without saying for
// how long.
const unsaidWait = 30 * time.Second

// What Slack's error codes mean, beside those that have words of their own below.
var (
	alreadyDone = []string{"already_archived", "already_in_channel", "already_pinned", "cant_invite_self", "bookmark_already_exists",
		"exchanged_trigger_id", "trigger_exchanged"} // the form is open: the act came before, perhaps to another process
	tooFast     = []string{"ratelimited", "rate_limited", "message_limit_exceeded"}
	unclear     = []string{"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
	badToken    = []string{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type", "org_login_required"}
	unreachable = []string{"channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived", "not_in_group"}
)

// advice says what to do about a refusal.
var advice = map[string]string{
	"channel_not_found":                   "the channel is gone, or the bot cannot see it: invite the bot to it",
	"is_archived":                         "the channel is archived: unarchive it, or use another",
	"message_not_found":                   "the message was deleted",
	"thread_not_found":                    "the message that the thread hangs on was deleted",
	"not_in_channel":                      "invite the bot to the channel with /invite",
	"restricted_action":                   "a workspace setting forbids it: ask a workspace admin",
	"restricted_action_read_only_channel": "only some people may post in the channel: ask a workspace admin to allow the bot",
	"no_such_subteam":                     "there is no such user group: copy its id, S…, out of its address in Slack",
	"user_not_found":                      "the person is not in this workspace",
	"users_not_found":                     "the person is not in this workspace",
	"user_disabled":                       "the person's account is deactivated",
	"cant_invite":                         "Slack does not let the bot invite this person",
	"cannot_dm_bot":                       "a bot cannot be told anything in private",
	"expired_trigger_id":                  "it took longer than three seconds",
	"trigger_expired":                     "it took longer than three seconds",
	"invalid_trigger_id":                  "it took longer than three seconds",
	"msg_too_long":                        "the message is too long for Slack",
	"no_permission":                       "the app may not do this: paste the manifest again and reinstall the app",
	"ekm_access_denied":                   "an administrator has suspended this: ask a workspace admin",
	"team_access_not_granted":             "the app was not added to this workspace: add it in the organisation's settings",
	"storage_limit_reached":               "the workspace's file storage is full",
	"too_many_pins":                       "the channel has as many pins as it can hold: unpin something",
	"too_many_bookmarks":                  "the channel has as many bookmarks as it can hold: remove one",
	"name_taken":                          "the name is in use, perhaps by an archived or a private channel",
	"edit_window_closed":                  "a workspace setting forbids editing messages of this age",
	"cant_update_message":                 "the message is not the bot's",
	"duplicate_message_not_found":         "Slack knows the message but no longer has it",
}

// refusal says what an error of a method means: whether to try again, whether it
// may have happened, and what people can do about it. Nil stays nil, and what
// was already so is no error.
func refusal(method string, err error) error {
	var sent *chat.SendError
	if err == nil || errors.As(err, &sent) {
		return err
	}
	why := fmt.Errorf("slack %s: %w", method, err)
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	var answer slack.SlackErrorResponse
	var network *net.OpError
	switch {
	case errors.As(err, &limited):
		return &chat.SendError{Retry: true, After: limited.RetryAfter, Spare: methods[method].deed, Err: why}
	case errors.As(err, &status):
		return refusedStatus(method, status.Code, why)
	case errors.As(err, &answer):
		return refusedAnswer(method, answer, why)
	case errors.As(err, &network) && network.Op == "dial" && !errors.Is(err, context.Canceled):
		return &chat.SendError{Retry: true, Err: why} // nothing was sent
	default:
		return &chat.SendError{Retry: true, Unknown: true, Err: why}
	}
}

func refusedStatus(method string, code int, why error) error {
	switch {
	case code == http.StatusTooManyRequests:
		return &chat.SendError{Retry: true, After: unsaidWait, Spare: methods[method].deed, Err: why}
	case code >= 500:
		return &chat.SendError{Retry: true, Unknown: true, Err: why}
	default:
		return &chat.SendError{Advice: "is integrations.slack.api_url right?", Err: why}
	}
}

func refusedAnswer(method string, answer slack.SlackErrorResponse, why error) error {
	is := func(codes []string) bool { return slices.Contains(codes, answer.Err) }
	e := &chat.SendError{Advice: advice[answer.Err], Err: why}
	switch {
	case is(alreadyDone):
		return nil
	case is(tooFast):
		e.Retry, e.After = true, unsaidWait
		if answer.Err != "rate_limited" { // that is said of one channel
			e.Spare = methods[method].deed
		}
	case is(unclear):
		e.Retry, e.Unknown = true, true
	case is(badToken):
		e.Barred, e.Advice = true, "Slack does not accept the token: reinstall the app and set the new token"
	case answer.Err == "missing_scope":
		e.Advice = missing(answer.Needed)
	case answer.Err == "duplicate_message_not_found", answer.Err == "duplicate_channel_not_found":
		e.Unknown = true
	case answer.Err == "name_taken":
		e.Err = fmt.Errorf("%w: %w", chat.ErrNameTaken, why)
	case is([]string{"channel_not_found", "is_archived", "message_not_found", "thread_not_found"}):
		e.Err = fmt.Errorf("%w: %w", chat.ErrGone, why)
	}
	return e
}

func missing(needed string) string {
	if needed == "" {
		return "the app lacks a scope that its manifest lists: paste the manifest again and reinstall the app"
	}
	return "the app lacks a scope, " + needed + ": paste the manifest again and reinstall the app"
}

// gone is a place that is not there, found out without Slack refusing anything.
func gone(method, advice string) error {
	return &chat.SendError{Advice: advice, Err: fmt.Errorf("%w: slack %s", chat.ErrGone, method)}
}

// passing says whether the same call may work in a moment.
func passing(err error) bool {
	var e *chat.SendError
	return errors.As(err, &e) && e.Retry
}

// fatal says whether Slack refuses the token for good.
func fatal(err error) bool { return slices.Contains(badToken, code(err)) }

// code is the word with which Slack refused, if it did.
func code(err error) string {
	var answer slack.SlackErrorResponse
	errors.As(err, &answer)
	return answer.Err
}

func retryAfter(err error) time.Duration {
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) {
		return limited.RetryAfter
	}
	return 0
}
