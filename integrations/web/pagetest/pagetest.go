// Package pagetest is what a person does on a page and sees there, for tests of the
// console in Chromium.
//
// A step waits as long as its context lasts. It asks the page itself, so that it
// outlives the nodes that the page replaces, and the page itself.
//
// It refuses to start a browser: that is for each test.
package pagetest

import (
	"context"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// A Step is one thing that somebody does or waits for.
type Step = chromedp.Action[chromedp.Void]

// Seen waits until the page says something.
func Seen(text string) Step { return Until("document.body.innerText.includes(" + Quote(text) + ")") }

// Shows waits until something is visible.
func Shows(selector string) Step {
	return Until("[...document.querySelectorAll(" + Quote(selector) + ")].some((e) => e.checkVisibility())")
}

// Until waits for an expression to be true, also while a page is being left for
// the next.
func Until(expression string) Step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for {
			if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && ok {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
}

// Click presses a button; one that the page replaces in that moment is pressed
// again.
func Click(selector string) Step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for {
			err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector)))
			if err == nil || !strings.Contains(err.Error(), "node with given id") {
				return err
			}
		}
	})
}

// Keys types into a field.
func Keys(selector, text string) Step { return chromedp.SendKeys(chromedp.CSS(selector), text) }

// Quote is text as JavaScript has it.
func Quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
