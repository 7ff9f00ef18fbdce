package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// An Import says what became of the rows of a part of a sheet, or would.
type Import struct {
	Filed, Known int // Known were imported before
	Refused      []cre.SheetLine
	Ignored      []string // columns that say nothing to the bot
}

// Import files what a part of a sheet tells. from names the sheet: what was imported
// under the name before is not filed again. Nobody is told of anything; the card of a
// request is shown when something is done to it. Clocks begin now. dry only tries.
func (s *Step) Import(part, from string, dry bool) (*Import, error) {
	sheet, lines, err := cre.ReadSheetPart(part, s.Rules.FactNames(), s.Rules.Zone)
	if err != nil {
		return nil, err
	}
	done := &Import{Ignored: sheet.Ignored}
	seen := map[string]bool{}
	for _, line := range lines {
		known := false
		if line.Err == nil {
			known, line.Err = s.importRow(line.SheetRow, from, seen, dry)
		}
		var refused *cre.Error
		switch {
		case line.Err == nil && known:
			done.Known++
		case line.Err == nil:
			done.Filed++
		case line.SheetRow == nil || errors.As(line.Err, &refused): // it cannot be read, or not be filed
			done.Refused = append(done.Refused, line)
		default:
			return nil, line.Err
		}
	}
	return done, nil
}

// importRow files a row, unless it is known. A refusal wrote nothing.
func (s *Step) importRow(row *cre.SheetRow, from string, seen map[string]bool, dry bool) (known bool, err error) {
	source := sourceOf(from, row)
	n, err := store.Requests.Count(s.Tx, "source", store.Key(source))
	if err != nil || n > 0 || seen[source] {
		return true, err
	}
	seen[source] = true
	r, err := s.requestOf(row)
	if err != nil || dry {
		return false, err
	}
	if r.Number, err = store.Sequence(s.Tx, "request"); err != nil {
		return false, err
	}
	r.ID, r.Source = fmt.Sprintf("R-%d", r.Number), source
	return false, s.keepRequest(r)
}

// sourceOf names a row in its sheet: by its identifier, or by all that it says.
func sourceOf(from string, row *cre.SheetRow) string {
	if row.Ref != "" {
		return from + " " + row.Ref
	}
	text, err := json.Marshal(row)
	if err != nil {
		panic(err) // strings, times and numbers
	}
	sum := sha256.Sum256(text)
	return from + " #" + hex.EncodeToString(sum[:8])
}

// requestOf is the request that a row tells, without its number.
func (s *Step) requestOf(row *cre.SheetRow) (*cre.Request, error) {
	title, err := cre.CheckTitle(row.Title)
	if err != nil {
		return nil, cre.Errorf(cre.Invalid, "The title is longer than %d characters. Put the rest into the detail.", cre.MaxTitle)
	}
	customer := &cre.Customer{}
	if row.Customer != "" { // a sheet has customers whom who imports it need not see
		if customer, err = s.anyCustomer(row.Customer); err != nil {
			return nil, err
		}
	}
	kind, err := s.Rules.CheckKind(row.Kind)
	if err != nil {
		return nil, err
	}
	if row.Created.After(s.Now) {
		return nil, cre.Errorf(cre.Invalid, "It was created in the future. Correct `created`.")
	}
	r := &cre.Request{Title: title, Detail: row.Detail, Customer: customer.Key, Kind: kind, Component: row.Component, Environment: row.Environment,
		Impact: row.Impact, Facts: row.Facts, Department: row.Department, Due: row.Due, Created: row.Created, Reason: row.Answer,
		Minutes: row.Minutes, Class: row.Class}
	if r.Created.IsZero() {
		r.Created = s.Now
	}
	if r.Requester, err = s.personOf(row.Requester, cre.Errorf(cre.Invalid, "Nobody asked for it. Fill `requester` with a name or an e-mail address.")); err != nil {
		return nil, err
	}
	if r.Owner, err = s.personOf(row.Owner, nil); err != nil {
		return nil, err
	}
	return r, s.takeStanding(r, row)
}

// takeStanding gives an imported request the status that it has. What it became
// elsewhere is over here, and has no clocks.
func (s *Step) takeStanding(r *cre.Request, row *cre.SheetRow) error {
	r.Status = row.Status
	if row.Status.Open() {
		r.Hands = []cre.Hand{{At: s.Now, Status: row.Status}}
		if row.Status != cre.New {
			r.Answered = s.Now
		}
		return nil
	}
	r.Ended = row.Ended
	if r.Ended.IsZero() {
		r.Ended = latest(r.Created, row.Due)
	}
	if r.Ended.After(s.Now) {
		return cre.Errorf(cre.Invalid, "It ended in the future. Correct `ended`.")
	}
	return nil
}

// Sheet is the platform of people whom only a sheet names.
const Sheet = "sheet"

// personOf is somebody in the words of a sheet: the account that has the e-mail
// address, or a name that nobody can act by. missing is the refusal of no words.
func (s *Step) personOf(words string, missing error) (chat.Person, error) {
	words = strings.TrimPrefix(strings.TrimSpace(words), "@")
	if words == "" {
		return chat.Person{}, missing
	}
	h, err := store.People.First(s.Tx, "email", store.Key(strings.ToLower(words)))
	if err != nil {
		return chat.Person{}, err
	}
	if h != nil {
		i := slices.IndexFunc(h.Accounts, func(a cre.Account) bool { return strings.EqualFold(a.Email, words) })
		return h.Accounts[max(i, 0)].Who, nil
	}
	return chat.Person{Platform: Sheet, ID: strings.ToLower(words), Name: words}, nil
}
