package chat

import "testing"

func TestPlaceKey(t *testing.T) {
	for want, p := range map[string]Place{
		"slack:C1":  {Platform: "slack", Channel: "C1", Thread: "12.3"},
		"slack:@U1": {Platform: "slack", Direct: "U1"},
		"web:#ops":  {Platform: "web", Channel: "#ops", Direct: "U1"},
	} {
		if got := p.Key(); got != want {
			t.Errorf("%+v has the key %q, want %q", p, got, want)
		}
		if p.In("9").Key() != want {
			t.Errorf("a thread of %+v is another conversation", p)
		}
	}
	if !(Place{Platform: "web", Thread: "1"}).IsZero() {
		t.Error("a platform alone is a place")
	}
}

func TestReplyIsZero(t *testing.T) {
	if !(Reply{Public: true, Incident: "INC-1"}).IsZero() {
		t.Error("a reply without words says something")
	}
	for _, m := range []Message{{Title: "t"}, {Text: "t"}, {Fields: []Field{{}}}, {Table: &Table{}}, {Chart: &Chart{}},
		{Details: "d"}, {Files: []File{{}}}, {Buttons: []Button{{}}}, {Footer: "f"}} {
		if m.IsZero() || (Reply{Message: m}).IsZero() {
			t.Errorf("%+v says nothing", m)
		}
	}
	if (Reply{Form: &Form{}}).IsZero() || !(Message{Key: "k", Tone: Good}).IsZero() {
		t.Error("a form is nothing, or a key is something")
	}
}
