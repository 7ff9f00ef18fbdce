package discord

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

// unsaidWait is how long to wait when Discord says "too fast" without saying for
// how long.
const unsaidWait = 30 * time.Second

// Codes that the library has no names for.
const (
	threadExists       = 160004
	tooManyThreads     = 160006
	threadIsArchived   = 50083
	noThreadsHere      = discordgo.ErrCodeCannotExecuteActionOnThisChannelType
	unknownChannel     = discordgo.ErrCodeUnknownChannel
	unknownMessage     = discordgo.ErrCodeUnknownMessage
	unknownMember      = discordgo.ErrCodeUnknownMember
	unknownUser        = discordgo.ErrCodeUnknownUser
	unknownWebhook     = discordgo.ErrCodeUnknownWebhook
	unknownInteraction = discordgo.ErrCodeUnknownInteraction
	alreadyAnswered    = discordgo.ErrCodeInteractionHasAlreadyBeenAcknowledged
	missingAccess      = discordgo.ErrCodeMissingAccess
	missingPermissions = discordgo.ErrCodeMissingPermissions
	closedToUs         = discordgo.ErrCodeCannotSendMessagesToThisUser
)

// What Discord's codes mean.
var (
	lost        = []int{unknownChannel, unknownMessage, missingAccess, threadIsArchived}
	aboutPerson = []int{unknownMember, unknownUser, discordgo.ErrCodeUnknownOverwrite, discordgo.ErrCodeInvalidRecipients, closedToUs}
)

// advice says what to do about a refusal.
var advice = map[int]string{
	unknownChannel:                      "the channel is gone",
	unknownMessage:                      "the message was deleted",
	missingAccess:                       "the bot cannot see the channel: give its role View Channel there",
	missingPermissions:                  "the bot lacks a permission there: cresset check names those it needs",
	threadIsArchived:                    "the thread is locked: unlock it, or go on elsewhere",
	unknownMember:                       "the person is not in this server",
	unknownUser:                         "the person is not in this server",
	discordgo.ErrCodeUnknownGuild:       "the app is not in the server that guild names: open the invite link of cresset manifest discord",
	discordgo.ErrCodeUnknownOverwrite:   "the person is not in this server",
	closedToUs:                          "the person takes no direct messages from this server",
	discordgo.ErrCodeMaximumPinsReached: "the channel has as many pins as it can hold: unpin something",
	discordgo.ErrCodeMaximumNumberOfGuildChannelsReached:                   "the server has as many channels as it can hold: delete old war rooms",
	discordgo.ErrCodeRequestEntityTooLarge:                                 "a file is larger than Discord takes",
	discordgo.ErrCodeMaximumNumberOfEditsToMessagesOlderThanOneHourReached: "Discord lets nobody edit that many old messages",
	discordgo.ErrCodeCannotEditFromAnotherUser:                             "the message is not the bot's",
	tooManyThreads:     "the server has as many active threads as it can hold: archive some",
	unknownInteraction: "it took longer than three seconds: try again",
	alreadyAnswered:    "it was answered already",
}

// refusal says what an error of a call means: whether to try again, whether it
// may have happened, and what people can do about it. Nil stays nil.
func refusal(d chat.Deed, err error) error {
	var sent *chat.SendError
	if err == nil || errors.As(err, &sent) {
		return err
	}
	var said *answer
	var network *net.OpError
	switch {
	case errors.As(err, &said):
		return refusedAnswer(d, said)
	case errors.As(err, &network) && network.Op == "dial" && !errors.Is(err, context.Canceled):
		return &chat.SendError{Retry: true, Err: fmt.Errorf("discord: %w", err)} // nothing was sent
	default:
		return &chat.SendError{Retry: true, Unknown: true, Err: fmt.Errorf("discord: %w", err)}
	}
}

func refusedAnswer(d chat.Deed, a *answer) error {
	e := &chat.SendError{Advice: advice[a.Code], Err: a}
	switch {
	case a.status == http.StatusTooManyRequests:
		e.Retry, e.After = true, a.after
		if e.After == 0 {
			e.After = unsaidWait
		}
		if a.global {
			e.Spare = d
		}
	case a.status >= 500:
		e.Retry, e.Unknown = true, true
	case a.status == http.StatusUnauthorized:
		e.Barred, e.Advice = true, "Discord does not accept the token: reset it on the app's page Bot, and set the new one"
	case slices.Contains(lost, a.Code):
		e.Err = fmt.Errorf("%w: %w", chat.ErrGone, a)
	case a.Code == 0 && a.status == http.StatusNotFound:
		e.Advice = "is integrations.discord.api_url right?"
	}
	return e
}

// gone is a place that is not there, found out without Discord refusing anything.
func gone(advice string) error {
	return &chat.SendError{Advice: advice, Err: fmt.Errorf("%w: %s", chat.ErrGone, advice)}
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

// passing says whether the same call may work in a moment.
func passing(err error) bool {
	var e *chat.SendError
	return errors.As(err, &e) && e.Retry
}

// code is the number with which Discord refused, if it did.
func code(err error) int {
	var a *answer
	if errors.As(err, &a) {
		return a.Code
	}
	return 0
}

func retryAfter(err error) time.Duration {
	var e *chat.SendError
	if errors.As(err, &e) {
		return e.After
	}
	return 0
}

// sentence is a refusal in words for people.
func sentence(err error) string {
	var e *chat.SendError
	if errors.As(err, &e) && e.Advice != "" {
		return e.Advice
	}
	if c := code(err); c != 0 {
		return fmt.Sprintf("Discord answered with code %d", c)
	}
	return "Discord could not be reached"
}
