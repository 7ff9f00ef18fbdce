package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/integrations"
)

// A board is the product team's tracker in the conversations, named api. It outlives
// the bot.
type board struct {
	mu      sync.Mutex
	issues  []*boardIssue // numbered from 1
	refuses bool
}

type boardIssue struct {
	key, title, body string
	state            cre.IssueState
}

// boards are those of the tests that are running, by their names: every home opens the
// bot with the one of its test.
var boards sync.Map

func newBoard(t *testing.T) *board {
	b := &board{}
	boards.Store(t.Name(), b)
	t.Cleanup(func() { boards.Delete(t.Name()) })
	return b
}

// partsOf are what the bot of a test has besides its configuration.
func partsOf(t testing.TB) []integrations.Part {
	if b, ok := boards.Load(t.Name()); ok {
		return []integrations.Part{{Kind: "board", Name: "api", Does: b}}
	}
	return nil
}

func (b *board) Create(_ context.Context, issue cre.Issue, key string) (cre.IssueRef, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuses {
		return cre.IssueRef{}, &chat.SendError{Err: errors.New("401"), Advice: "the token is not accepted: write a new one into the configuration"}
	}
	b.issues = append(b.issues, &boardIssue{key, issue.Title, issue.Body, cre.IssueState{State: "open"}})
	return b.ref(len(b.issues)), nil
}

func (b *board) ref(n int) cre.IssueRef {
	return cre.IssueRef{Tracker: "api", ID: fmt.Sprint(n), URL: fmt.Sprintf("https://tracker.example/api/%d", n)}
}

func (b *board) Find(_ context.Context, key string, _ time.Time) (cre.IssueRef, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, is := range b.issues {
		if is.key == key {
			return b.ref(i + 1), true, nil
		}
	}
	return cre.IssueRef{}, false, nil
}

func (b *board) State(_ context.Context, id string) (cre.IssueState, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, is := range b.issues {
		if fmt.Sprint(i+1) == id {
			return is.state, nil
		}
	}
	return cre.IssueState{}, &chat.SendError{Err: chat.ErrGone}
}

// text is all that the product team reads.
func (b *board) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, is := range b.issues {
		all = append(all, is.title, is.body)
	}
	return strings.Join(all, "\n")
}

// does is a line of a script: "closes R-1", "refuses".
func (b *board) does(line string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	verb, request, _ := strings.Cut(line, " ")
	if verb == "refuses" || verb == "accepts" {
		b.refuses = verb == "refuses"
		return nil
	}
	for _, is := range b.issues {
		if !strings.Contains(is.body, "as "+request+".") {
			continue
		}
		switch verb {
		case "closes":
			is.state = cre.IssueState{State: "closed", Closed: true, Reason: "completed"}
		case "declines":
			is.state = cre.IssueState{State: "closed", Closed: true, Reason: "not planned"}
		case "reopens":
			is.state = cre.IssueState{State: "open"}
		case "assigns":
			is.state.Assignee = "grace"
		default:
			return fmt.Errorf("a tracker does not know how to %q", verb)
		}
		return nil
	}
	return fmt.Errorf("the tracker has no issue of %q", request)
}
