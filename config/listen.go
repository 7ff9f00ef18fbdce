package config

import "fmt"

// Listen is a channel in which the bot hears what customers say.
type Listen struct {
	Channel  string `yaml:"channel" required:"true" doc:"Name of the channel, unique."`
	Customer string `yaml:"customer" doc:"Key of the customer that it is about; when left out, the one whose channel or shared_channel it is."`
	File     string `yaml:"file" default:"offer" doc:"offer asks the team, or whoever calls one of it, whether to file what was said; always files it at once."`
}

// listenWhereCustomersAre fills in whose channels are listened in.
func (c *Config) listenWhereCustomersAre() {
	for i := range c.Requests.Listen {
		l := &c.Requests.Listen[i]
		for _, cu := range c.Customers {
			if l.Customer == "" && l.Channel != "" && (cu.Channel == l.Channel || cu.SharedChannel == l.Channel) {
				l.Customer = cu.Key
			}
		}
	}
}

func (k *checker) listening() {
	seen := unique{}
	for i, l := range k.config.Requests.Listen {
		path := fmt.Sprintf("requests.listen[%d]", i)
		k.channel(path+".channel", l.Channel)
		if first := seen[l.Channel]; first != "" && l.Channel != "" {
			k.add(path+".channel", "is %q, which %s is already; write another", l.Channel, first)
		}
		seen[l.Channel] = path + ".channel"
		k.customerExists(path+".customer", l.Customer)
		if cu, ok := k.config.Customer(l.Customer); ok && len(cu.SeenBy) > 0 {
			k.add(path+".customer", "is %q, whom only some people may see; what they say cannot be offered to the whole team", l.Customer)
		}
		if l.File != "offer" && l.File != "always" {
			k.add(path+".file", "is %q; write offer or always", l.File)
		}
	}
}
