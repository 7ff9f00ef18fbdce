package config

// Weights are the most points that each thing gives a request. A score is their sum,
// so 100 at most as it is built in.
type Weights struct {
	Tier     int `yaml:"tier" default:"20" doc:"The tier of the customer: all of it for the heaviest, else as tiers.NAME.weight is to that."`
	Impact   int `yaml:"impact" default:"20" doc:"How much the customer is held up: all of it for critical, a quarter less for each step below."`
	Deadline int `yaml:"deadline" default:"20" doc:"The due day: all of it on the day and after it, a tenth less for each day that is left."`
	Calendar int `yaml:"calendar" default:"10" doc:"A day that matters to the customer, as cre event notes it: all of it on the day, an eighth less for each day until then."`
	Budget   int `yaml:"budget" default:"5" doc:"The customer's error budget: as much of it as is spent of the worst."`
	Age      int `yaml:"age" default:"10" doc:"How long it is open: all of it after 14 days, a fourteenth for each."`
	Bumps    int `yaml:"bumps" default:"10" doc:"How often somebody bumped it: all of it after three times, a third for each."`
	Alike    int `yaml:"alike" default:"5" doc:"Requests like it in the week before it: all of it for four, a quarter for each."`
}
