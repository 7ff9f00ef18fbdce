package config

// Severity is what one severity means and how often it wants to hear news.
type Severity struct {
	Means               string   `yaml:"means" doc:"What people read beside the severity, in customers affected."`
	UpdateEvery         Duration `yaml:"update_every" default:"0" doc:"How often the room is owed an update; 0 is never."`
	CustomerUpdateEvery Duration `yaml:"customer_update_every" default:"0" doc:"How often customers are owed an update; 0 is never."`
}

// Severities has exactly the keys sev1 to sev4.
type Severities map[string]Severity

// severityNames is the section as people write it.
type severityNames struct {
	Sev1 Severity `yaml:"sev1" doc:"Severity 1."`
	Sev2 Severity `yaml:"sev2" doc:"Severity 2."`
	Sev3 Severity `yaml:"sev3" doc:"Severity 3."`
	Sev4 Severity `yaml:"sev4" doc:"Severity 4."`
}

func builtinSeverities() severityNames {
	return severityNames{
		Sev1: Severity{"Many customers cannot use the product at all, or data is being lost.", 30 * minute, 60 * minute},
		Sev2: Severity{"Some customers cannot do something important, with no way around it.", 60 * minute, 2 * hour},
		Sev3: Severity{"A few customers are slowed down, or there is a way around it.", 4 * hour, 1 * day},
		Sev4: Severity{"No customer notices yet.", 1 * day, 0},
	}
}

// UnmarshalSection keeps the built-in definition of what is left out.
func (s *Severities) UnmarshalSection(section Section) Problems {
	names := builtinSeverities()
	problems := section.Decode(&names)
	*s = Severities{"sev1": names.Sev1, "sev2": names.Sev2, "sev3": names.Sev3, "sev4": names.Sev4}
	return problems
}

// settings is what the reference describes.
func (Severities) settings() any { return builtinSeverities() }

// Roles says who may run what. An entry is "platform:id", or "*" for
// everybody. Names are not taken: people can choose them.
type Roles struct {
	Admin     []string `yaml:"admin" doc:"May do everything. An entry is platform:id, such as slack:U024BE7LH, of a person, or of a user group on Slack, such as slack:S0614TZR7, or *; names are not taken, since people can choose them. Who may change a group gives the role."`
	Commander []string `yaml:"commander" doc:"May lead incidents and decide about requests."`
	Responder []string `yaml:"responder" doc:"May work in incidents and file requests."`
}

// IsZero says that no role was given to anybody.
func (r Roles) IsZero() bool {
	return len(r.Admin)+len(r.Commander)+len(r.Responder) == 0
}

// Channels are the names of the bot's own channels, without "#".
type Channels struct {
	Incidents string `yaml:"incidents" default:"incidents" doc:"Where incidents are announced."`
	Requests  string `yaml:"requests" default:"cre" doc:"Where requests are triaged."`
	Digests   string `yaml:"digests" default:"reliability" doc:"Where digests go that name no channel."`
}

// Customer is one customer, known by its key everywhere.
type Customer struct {
	Key           string   `yaml:"key" required:"true" doc:"What people type: lower-case letters, digits and dashes, unique."`
	Name          string   `yaml:"name" doc:"What people read; the key when left out."`
	Tier          string   `yaml:"tier" default:"standard" doc:"A word of yours; tiers says what it is promised."`
	Owner         string   `yaml:"owner" doc:"The CRE who owns the relation."`
	Contacts      []string `yaml:"contacts" doc:"People on the customer's side."`
	Channel       string   `yaml:"channel" doc:"Internal channel about this customer."`
	SharedChannel string   `yaml:"shared_channel" doc:"Channel shared with the customer, such as Slack Connect."`
	Services      []string `yaml:"services" doc:"What this customer calls critical."`
	Domains       []string `yaml:"domains" doc:"Mail domains of the customer's people, such as acme.com, each with all below it. A request that comes by mail from there is for this customer; the longest domain wins."`
	Environments  []string `yaml:"environments" doc:"Where the customer runs, such as production. The only one is taken where none is said."`
	SeenBy        []string `yaml:"seen_by" doc:"Who alone sees the customer, its requests and its SLOs, each as platform:id; who of them works on requests reads the cards in private. Everybody who may see requests when left out."`
}

// Tier is what customers of one tier are promised.
type Tier struct {
	FirstLook    Duration           `yaml:"first_look" doc:"Business time until a request is looked at and answered first; that of its kind, or requests.first_look, when left out."`
	NextResponse Duration           `yaml:"next_response" doc:"Business time until each later answer; that of its kind, or requests.next_response, when left out."`
	Resolution   Duration           `yaml:"resolution" doc:"Business time until a request is done, without the time in which others have it; that of its kind, or requests.resolution, when left out."`
	Kinds        map[string]Promise `yaml:"kinds" doc:"What this tier is promised else for some kinds of requests, by the kind's name."`
	Weight       int                `yaml:"weight" default:"1" doc:"How much a request of this tier counts in the queue, 1 or more."`
}

// Requests says when requests are looked at, and where the bot hears of them. With
// teams, what it says of hours itself means nothing.
type Requests struct {
	Hours        Hours     `yaml:"hours" default:"Mon-Fri 09:00-17:00" doc:"Business hours in which the clock of a request runs."`
	Holidays     []Date    `yaml:"holidays" doc:"Days without business hours, as 2026-12-25."`
	Timezone     Zone      `yaml:"timezone" doc:"IANA time zone of the hours; the top-level timezone when left out."`
	Teams        []Team    `yaml:"teams" doc:"Instead of hours, holidays and timezone, for teams in several places: the clock of a request runs while any of them is at work."`
	Converge     Converge  `yaml:"converge" doc:"When the bot asks whether several requests are one incident."`
	Weights      Weights   `yaml:"weights" doc:"The most points that each thing gives a request. The queue is in the order of the points."`
	Kinds        Kinds     `yaml:"kinds" doc:"Sorts of requests, with what must be known of one. The built-in ones are question, bug, feature, integration, access and report; a list replaces them."`
	Handoff      []Handoff `yaml:"handoff" doc:"The tracker of a product team for each component, so that nobody has to say where a request is handed off to. With one tracker it needs none."`
	HandoffNames bool      `yaml:"handoff_names" doc:"Whether a customer's name may stand in an issue. Else an issue tells the tier only, and [customer] stands for the names, keys, mail domains and contacts of all customers. Customers with seen_by are named in none."`
	Listen       []Listen  `yaml:"listen" doc:"Channels in which what customers say is offered for filing. With none the bot hears only what is said to it. The bot must be in them, and on Discord it then needs the Message Content intent. Customers are people from outside and whoever is no responder: with no roles.responder, only people from outside are heard."`

	FirstLook    Duration `yaml:"first_look" default:"4h" doc:"Business time until a request is looked at and answered first, for tiers and kinds that say nothing else."`
	NextResponse Duration `yaml:"next_response" default:"8h" doc:"Business time until each later answer, for tiers and kinds that say nothing else; 0 promises none."`
	Resolution   Duration `yaml:"resolution" default:"40h" doc:"Business time until a request is done, without the time in which others have it, for tiers and kinds that say nothing else; 0 promises none."`
	WarnAt       Share    `yaml:"warn_at" default:"80%" doc:"The part of such a time after which a request is warned of: 80% or 0.8."`
	Target       Share    `yaml:"target" default:"95%" doc:"The part of these promises that is to be kept: 95% or 0.95."`
	Members      []Member `yaml:"members" doc:"Who works on requests. The bot assigns among them, and cre next knows what each is good at."`
	Limit        int      `yaml:"limit" default:"5" doc:"How many requests a person has in work at once; 0 is any number."`
	BumpsPerWeek int      `yaml:"bumps_per_week" default:"2" doc:"How often a person may bump requests in a week."`
	Manager      string   `yaml:"manager" doc:"The team under oncall whose person on call hears of bumps, and of promises that were not kept; the requests channel does when left out."`
	HandoffAfter Duration `yaml:"handoff_after" default:"40h" doc:"Work above which a request is for a product team, in hours: 40h are five days."`
	ToilLimit    Share    `yaml:"toil_limit" default:"50%" doc:"The part of the time that is logged which may be toil: 50% or 0.5. The first week over it opens a conversation in channels.requests."`
}

// Converge says when several requests may be one incident.
type Converge struct {
	Requests  int      `yaml:"requests" default:"3" doc:"How many requests about the same version, component or words; 0 asks never."`
	Customers int      `yaml:"customers" default:"2" doc:"Of how many customers at least."`
	Within    Duration `yaml:"within" default:"4h" doc:"Filed within this time."`
}

// Kinds are the sorts of requests, in the order in which they are offered.
type Kinds []Kind

// Kind is one sort of requests.
type Kind struct {
	Name    string `yaml:"name" required:"true" doc:"What people type: lower-case letters, digits and dashes, unique."`
	Means   string `yaml:"means" doc:"What it is, in words for who files one."`
	Facts   []Fact `yaml:"facts" doc:"What the bot asks for, in this order."`
	Symptom bool   `yaml:"symptom" doc:"Whether several at once may be one thing that is wrong; see requests.converge."`
	// A kind of its own is told of unless it says otherwise.
	CloseLoop bool `yaml:"close_loop" default:"true" doc:"Whether one that has a customer is done only when somebody says that the customer was told."`

	FirstLook    Duration `yaml:"first_look" doc:"Business time until one is looked at and answered first, for tiers that say nothing else."`
	NextResponse Duration `yaml:"next_response" doc:"Business time until each later answer, for tiers that say nothing else."`
	Resolution   Duration `yaml:"resolution" doc:"Business time until one is done, for tiers that say nothing else."`
}

// Fact is one thing that a kind of request wants to know.
type Fact struct {
	Name     string   `yaml:"name" required:"true" doc:"What people type, as name:value: lower-case letters, digits and dashes. The names customer, component, environment, impact, due and detail mean what every request has."`
	Help     string   `yaml:"help" doc:"What to write, in words for who files a request."`
	Required bool     `yaml:"required" doc:"Whether it is asked for when it is missing."`
	Choices  []string `yaml:"choices" doc:"What may be written; anything when left out."`
}

// builtinKinds are those of a configuration that names none.
func builtinKinds() Kinds {
	customer, component, environment := Fact{Name: "customer", Required: true}, Fact{Name: "component", Required: true}, Fact{Name: "environment", Required: true}
	return Kinds{
		{Name: "question", Means: "how something works, or whether it can be done", Facts: []Fact{customer}},
		{Name: "bug", Means: "something that worked, or should work, does not", Symptom: true, CloseLoop: true,
			Facts: []Fact{customer, component, environment, {Name: "version", Help: "the product's version, as its footer shows it"}}},
		{Name: "feature", Means: "something that the product cannot do yet", CloseLoop: true, Facts: []Fact{customer, {Name: "due"}}},
		{Name: "integration", Means: "connecting the customer's systems with ours", Symptom: true, CloseLoop: true, Facts: []Fact{customer, component, environment}},
		{Name: "access", Means: "somebody needs access, or must lose it", Facts: []Fact{customer, {Name: "who", Help: "whose access it is", Required: true}}},
		{Name: "report", Means: "numbers that the customer asks for", Facts: []Fact{customer, {Name: "due", Required: true}}},
	}
}

// Department is a part of the company whose people file requests.
type Department struct {
	Name    string   `yaml:"name" required:"true" doc:"Lower-case letters, digits and dashes, unique."`
	Members []string `yaml:"members" required:"true" doc:"Who is in it: platform:id of a person, or of a user group on Slack, or *. The first department counts that somebody is in."`
}

// Digest is one scheduled post. The schedule has the right shape; whether its
// numbers make sense is for the scheduler to say.
type Digest struct {
	Name       string `yaml:"name" required:"true" doc:"Lower-case letters, digits and dashes, unique."`
	Schedule   string `yaml:"schedule" required:"true" doc:"Cron expression of five fields, or @hourly, @daily, @weekly, @monthly, @yearly."`
	About      string `yaml:"about" default:"slo" doc:"slo is the error budgets; queue what of the requests is due, at risk, waiting, new and done; week the last seven days of each department."`
	To         string `yaml:"to" doc:"Channel it goes to; channels.digests when left out."`
	Timezone   Zone   `yaml:"timezone" doc:"IANA time zone of the schedule; the top-level timezone when left out."`
	Customer   string `yaml:"customer" doc:"Key of the one customer whose SLOs it is about; all when left out."`
	Department string `yaml:"department" doc:"The one department whose week it is about; all when left out."`
}

// API says who may call the HTTP API.
type API struct {
	Tokens []APIToken `yaml:"tokens" doc:"Bearer tokens."`
}

// APIToken lets a program type commands.
type APIToken struct {
	Name  string `yaml:"name" required:"true" doc:"Who the audit log says it was; unique."`
	Token Secret `yaml:"token" required:"true" doc:"The bearer token."`
	Role  string `yaml:"role" default:"responder" doc:"What it may do: admin, commander or responder."`
}

// Hook is one address, POST /hooks/NAME, where an outside system delivers.
type Hook struct {
	Name  string `yaml:"name" required:"true" doc:"The end of its address, /hooks/NAME: lower-case letters, digits and dashes, unique."`
	Kind  string `yaml:"kind" required:"true" doc:"What is delivered. request: an e-mail becomes a request."`
	Token Secret `yaml:"token" required:"true" doc:"The secret of whoever delivers, at least 16 characters: as Authorization: Bearer, as the password of basic authentication, or as ?token= in the address."`
}

// Integration is the section of one outside system.
type Integration struct {
	Kind string // the name under integrations
	Section
}

// Integrations are the sections in the order of the file.
type Integrations []Integration

// UnmarshalSection keeps the sections as they are.
func (in *Integrations) UnmarshalSection(section Section) Problems {
	sections, problems := section.entries()
	for _, s := range sections {
		*in = append(*in, Integration{Kind: s.name, Section: s})
	}
	return problems
}

// Find returns the section of one kind, and whether the file has it.
func (in Integrations) Find(kind string) (Section, bool) {
	for _, i := range in {
		if i.Kind == kind {
			return i.Section, true
		}
	}
	return Section{}, false
}
