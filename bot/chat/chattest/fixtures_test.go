package chattest_test

import (
	"reflect"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
)

// undrawn are the parts that no platform shows by itself: what a message replaces,
// what a form is about, and what the package of the pictures has goldens of.
var undrawn = map[string]bool{"Message.Key": true, "Form.About": true, "Panel.Ahead": true, "Point.Break": true}

// TestFixturesHaveEveryPart: a part that is added to the model is in no golden file of
// any platform until a fixture has it.
func TestFixturesHaveEveryPart(t *testing.T) {
	ada, bob, room := chat.Person{Platform: "chat", ID: "U1", Name: "ada"}, chat.Person{Platform: "chat", ID: "U2", Name: "bob"}, chat.Place{Platform: "chat", Channel: "C1"}
	all, has := map[string]bool{}, map[string]bool{}
	for _, f := range chattest.Fixtures(ada, bob, room) {
		parts(reflect.ValueOf(f.Message), all, has)
	}
	for _, f := range chattest.FormFixtures(ada, room) {
		parts(reflect.ValueOf(f.Form), all, has)
	}
	for _, kind := range []chat.FieldKind{chat.OneLine, chat.ManyLines, chat.Choice, chat.Choices, chat.Somebody, chat.Day, chat.Moment, chat.Yes} {
		all["FormField.Kind "+string(kind)] = true
	}
	for part := range all {
		if !has[part] && !undrawn[part] {
			t.Errorf("no fixture has %s", part)
		}
	}
}

// parts notes the fields of the model below v, and those that hold something.
func parts(v reflect.Value, all, has map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			parts(v.Elem(), all, has)
		}
	case reflect.Slice:
		for i := range v.Len() {
			parts(v.Index(i), all, has)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() || v.Type() == reflect.TypeFor[chat.Place]() {
			return
		}
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			all[name] = true
			if !v.Field(i).IsZero() {
				has[name] = true
			}
			if kind, ok := v.Field(i).Interface().(chat.FieldKind); ok {
				has[name+" "+string(kind)] = true
			}
			parts(v.Field(i), all, has)
		}
	}
}
