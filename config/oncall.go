package config

import (
	"fmt"
	"strings"
	"time"
)

// OnCall says who of one team is on call when.
type OnCall struct {
	Team     string   `yaml:"team" required:"true" doc:"What people type: lower-case letters, digits and dashes, unique."`
	People   []Person `yaml:"people" required:"true" doc:"Who takes turns, in order. An entry is @name, an account as platform:id, or both, such as \"@ada slack:U024BE7LH discord:80351110224678912\". Only who has an account can be brought into a war room."`
	Every    Duration `yaml:"every" default:"7d" doc:"How long a turn is by the clock on the wall, an hour or more."`
	Since    Moment   `yaml:"since" required:"true" doc:"When the first turn of the first person began, as 2026-03-02T09:00."`
	Timezone Zone     `yaml:"timezone" doc:"IANA time zone of since; the top-level timezone when left out."`
}

// Person is somebody by name, by accounts, or both.
type Person struct {
	Name     string   // without @
	Accounts []string // platform:id
}

// UnmarshalText reads "@ada slack:U024BE7LH".
func (p *Person) UnmarshalText(text []byte) error {
	const complaint = wrong(`is nobody; write @name, an account as platform:id, or both, such as "@ada slack:U024BE7LH"`)
	read := Person{}
	for word := range strings.FieldsSeq(string(text)) {
		switch name, named := strings.CutPrefix(word, "@"); {
		case named && name != "" && read.Name == "":
			read.Name = name
		case !named && word != "*" && roleEntry.MatchString(word):
			read.Accounts = append(read.Accounts, word)
		default:
			return complaint
		}
	}
	if read.Name == "" && len(read.Accounts) == 0 {
		return complaint
	}
	*p = read
	return nil
}

// String writes what UnmarshalText reads.
func (p Person) String() string {
	words := p.Accounts
	if p.Name != "" {
		words = append([]string{"@" + p.Name}, words...)
	}
	return strings.Join(words, " ")
}

// MarshalText writes what UnmarshalText reads.
func (p Person) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Moment is what the clock on the wall shows on a day, in no zone.
type Moment struct{ wall time.Time }

const momentShape = "2006-01-02T15:04"

// UnmarshalText reads 2026-03-02T09:00.
func (m *Moment) UnmarshalText(text []byte) error {
	t, err := time.Parse(momentShape, string(text))
	if err != nil {
		return wrong("is not a day with an hour; write it like 2026-03-02T09:00")
	}
	m.wall = t
	return nil
}

// In returns the time at which a clock in the zone shows it.
func (m Moment) In(zone *time.Location) time.Time {
	w := m.wall
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), 0, 0, zone)
}

// IsZero says that none was set.
func (m Moment) IsZero() bool { return m.wall.IsZero() }

// String writes what UnmarshalText reads.
func (m Moment) String() string { return m.wall.Format(momentShape) }

// MarshalText writes what UnmarshalText reads.
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

func (k *checker) onCall() {
	teams := unique{}
	for i, o := range k.config.OnCall {
		path := fmt.Sprintf("oncall[%d]", i)
		k.named(path+".team", o.Team, teams)
		if len(o.People) == 0 {
			k.add(path+".people", `names nobody; write ["@ada", "@bob"]`)
		}
		if o.Every < hour {
			k.add(path+".every", "is shorter than an hour; write it like 12h, 1d or 7d")
		}
	}
}
