package cre

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
)

// SheetColumns are the columns of an exported sheet, in their order; behind them
// stand the facts of the kinds. An import reads the same, and the names that other
// tools give them.
var SheetColumns = []string{"id", "title", "detail", "customer", "kind", "status", "impact", "component", "environment", "department",
	"requester", "owner", "created", "due", "ended", "minutes", "class", "answer"}

// otherNames are what other tools and people call a column.
var otherNames = map[string][]string{
	"id":         {"key", "issue key", "ticket", "ticket id", "number", "#"},
	"title":      {"summary", "subject", "name", "request", "what"},
	"detail":     {"description", "body", "details", "notes"},
	"customer":   {"account", "organization", "organisation", "company", "client", "customer key"},
	"kind":       {"type", "issue type", "category"},
	"status":     {"state"},
	"impact":     {"priority", "severity"},
	"component":  {"components", "service", "product"},
	"department": {"group", "team"},
	"requester":  {"reporter", "author", "requested by", "created by"},
	"owner":      {"assignee", "assigned to"},
	"created":    {"created at", "opened", "date", "requested at"},
	"due":        {"due date", "deadline"},
	"ended":      {"resolved", "closed", "solved at", "closed at", "resolution date"},
	"minutes":    {"time spent", "time spent (minutes)"},
	"class":      {"toil class"},
	"answer":     {"resolution", "reason"},
}

// A Sheet is a table of requests, from this bot, a spreadsheet or another tool.
type Sheet struct {
	columns []string // by position; "" for what is not taken
	facts   []string
	Ignored []string // columns whose names say nothing to the bot
}

// ReadSheetHeader finds out what the columns are. The facts are the names of what
// kinds want to know.
func ReadSheetHeader(header, facts []string) (*Sheet, error) {
	s := &Sheet{facts: facts}
	for i, name := range header {
		if i == 0 {
			name = strings.TrimPrefix(name, "\ufeff")
		}
		column := s.column(name)
		switch {
		case column == "" && strings.TrimSpace(name) != "":
			s.Ignored = append(s.Ignored, strings.TrimSpace(name))
		case column != "" && slices.Contains(s.columns, column):
			return nil, Errorf(Invalid, "Two columns are the %s of a request; %s is the second. Take one out.", column, strings.TrimSpace(name))
		}
		s.columns = append(s.columns, column)
	}
	if !slices.Contains(s.columns, "title") {
		return nil, Errorf(Invalid, "No column is the title of a request. Call one `title`, `summary` or `subject`.")
	}
	return s, nil
}

func (s *Sheet) column(name string) string {
	name = strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(name, "_", " ")), " "))
	for _, c := range SheetColumns {
		if name == c || slices.Contains(otherNames[c], name) {
			return c
		}
	}
	if name == "environment" || slices.Contains(s.facts, name) {
		return name
	}
	return ""
}

// A SheetRow is a request as a row of a sheet tells it. People and customers are in
// the words of the sheet.
type SheetRow struct {
	Ref, Title, Detail, Customer, Kind, Component, Environment, Department string
	Requester, Owner, Answer                                               string
	Class                                                                  ToilClass
	Status                                                                 RequestStatus
	Impact                                                                 Impact
	Created, Due, Ended                                                    time.Time
	Minutes                                                                int
	Facts                                                                  map[string]string
}

// Read reads a row. Days and times without a zone are in the zone.
func (s *Sheet) Read(cells []string, zone *time.Location) (*SheetRow, error) {
	row := &SheetRow{Status: New}
	var problems []string
	for i, cell := range cells {
		if i >= len(s.columns) {
			break
		}
		text := strings.TrimSpace(chat.Clean(unguarded(cell)))
		if text == "" || s.columns[i] == "" {
			continue
		}
		if err := row.set(s.columns[i], text, zone); err != nil {
			problems = append(problems, s.columns[i]+" "+err.Error())
		}
	}
	if row.Title == "" {
		problems = append(problems, "title is empty; say in one line what the customer needs")
	}
	if !row.Ended.IsZero() && row.Ended.Before(row.Created) {
		problems = append(problems, "ended is before created; one of them is wrong")
	}
	if len(problems) > 0 {
		return nil, errors.New(strings.Join(problems, "; "))
	}
	return row, nil
}

func (row *SheetRow) set(column, text string, zone *time.Location) (err error) {
	switch column {
	case "created":
		row.Created, err = sheetTime(text, zone)
	case "due":
		row.Due, err = sheetTime(text, zone)
	case "ended":
		row.Ended, err = sheetTime(text, zone)
	case "status":
		row.Status, err = sheetStatus(text)
	case "impact":
		row.Impact, err = sheetImpact(text)
	case "minutes":
		if row.Minutes, err = strconv.Atoi(text); err != nil || row.Minutes < 0 {
			err = fmt.Errorf("is %q; write whole minutes, such as 30", text)
		}
	case "kind":
		row.Kind = sheetKind(text)
	case "class":
		if row.Class.UnmarshalText([]byte(text)) != nil {
			err = fmt.Errorf("is %q; write %s", text, strings.Join(row.Class.Choices(), ", "))
		}
	default:
		row.say(column, text)
	}
	return err
}

// say sets what is text as it stands.
func (row *SheetRow) say(column, text string) {
	for name, field := range map[string]*string{"id": &row.Ref, "title": &row.Title, "detail": &row.Detail, "customer": &row.Customer,
		"component": &row.Component, "environment": &row.Environment, "department": &row.Department, "requester": &row.Requester,
		"owner": &row.Owner, "answer": &row.Answer} {
		if name == column {
			*field = text
			return
		}
	}
	if row.Facts == nil {
		row.Facts = map[string]string{}
	}
	row.Facts[column] = text
}

// sheetTimes are how spreadsheets and trackers write times. Days such as 03/02/2026
// are refused: half of the world reads them the other way round.
var sheetTimes = []string{time.RFC3339, "2006-01-02T15:04:05.000-0700", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly, "02/Jan/06 3:04 PM", "02/Jan/06"}

func sheetTime(text string, zone *time.Location) (time.Time, error) {
	for _, layout := range sheetTimes {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("is %q; write 2026-03-02, or 2026-03-02 15:04", text)
}

var sheetStatuses = map[RequestStatus][]string{
	New:            {"open", "todo", "to do", "backlog", "created"},
	Triaged:        {"accepted", "selected for development", "ready", "planned"},
	OnUs:           {"in progress", "in work", "doing", "active", "assigned"},
	OnCustomer:     {"pending", "on hold", "hold", "waiting for customer", "waiting for the customer"},
	OnRequester:    {"waiting for requester", "waiting for the requester"},
	OnEngineering:  {"waiting for engineering", "blocked", "waiting for support"},
	CloseLoop:      {"done, customer not told yet"},
	Done:           {"closed", "solved", "resolved", "complete", "completed", "fixed"},
	RefusedRequest: {"rejected", "won't do", "wontfix", "won't fix"},
	Duplicate:      {},
	BecameIncident: {"became an incident"},
	Withdrawn:      {"cancelled", "canceled"},
}

func sheetStatus(text string) (RequestStatus, error) {
	word := strings.ToLower(text)
	for status, others := range sheetStatuses {
		if word == string(status) || slices.Contains(others, word) {
			return status, nil
		}
	}
	return "", fmt.Errorf("is %q; write new, in progress, waiting for customer, waiting for engineering, done, declined or withdrawn", text)
}

// sheetKinds are what other tools call kinds. A task, or a ticket, says no kind.
var sheetKinds = map[string][]string{
	"bug":     {"defect", "incident", "problem"},
	"feature": {"story", "new feature", "improvement", "enhancement", "feature request", "epic"},
	"":        {"task", "sub-task", "subtask", "ticket", "service request", "support"},
}

func sheetKind(text string) string {
	word := strings.ToLower(text)
	for kind, others := range sheetKinds {
		if slices.Contains(others, word) {
			return kind
		}
	}
	return word
}

var sheetImpacts = map[Impact][]string{
	Low:      {"lowest", "minor", "trivial", "p4", "p5"},
	Medium:   {"normal", "p3", "moderate"},
	High:     {"major", "p2"},
	Critical: {"highest", "urgent", "blocker", "p1"},
}

func sheetImpact(text string) (Impact, error) {
	word := strings.ToLower(text)
	for impact, others := range sheetImpacts {
		if word == string(impact) || slices.Contains(others, word) {
			return impact, nil
		}
	}
	return "", fmt.Errorf("is %q; write low, medium, high or critical", text)
}

// SheetHeader are the columns of an export.
func SheetHeader(facts []string) []string { return slices.Concat(SheetColumns, facts) }

// SheetCells is a request as a row of an export.
func (r *Request) SheetCells(facts []string) []string {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	minutes := ""
	if r.Minutes > 0 {
		minutes = strconv.Itoa(r.Minutes)
	}
	cells := []string{r.ID, r.Title, r.Detail, r.Customer, r.Kind, string(r.Status), string(r.Impact), r.Component, r.Environment, r.Department,
		r.Requester.Shown(), r.Owner.Shown(), day(r.Created), day(r.Due), day(r.Ended), minutes, string(r.Class), r.Reason}
	for _, f := range facts {
		cells = append(cells, r.Facts[f])
	}
	for i, c := range cells {
		cells[i] = guarded(c)
	}
	return cells
}

// guarded keeps a spreadsheet from running what people wrote as a formula.
func guarded(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r'", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func unguarded(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@\t\r'", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}
