package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

func incidentRole() router.Command {
	type args struct {
		Role     cre.Role       `arg:"role" help:"lead, ops, comms or scribe"`
		Who      chat.Person    `arg:"who" help:"who takes it"`
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
	}
	return router.Handle(router.Command{
		Name:    "incident role",
		Aliases: []string{"incident assign"},
		Summary: "give a role to somebody and bring them in",
		Example: "incident role ops @bob INC-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return assign(s, a.Incident, a.Role, a.Who)
	})
}

// assign is what the role commands have in common.
func assign(s *workflow.Step, id cre.IncidentID, role cre.Role, who chat.Person) (chat.Reply, error) {
	return onIncident(s, id, func(inc *cre.Incident) (chat.Message, error) {
		if err := s.Assign(inc, role, who); err != nil {
			return chat.Message{}, err
		}
		return text("%s is now %s of **%s**, and %s.", who, string(role), inc.ID, role.Does()), nil
	})
}

// roleVerb is a role that is a verb: `incident ops @bob`.
func roleVerb(role cre.Role, aliases ...string) router.Command {
	type args struct {
		Who      chat.Person    `arg:"who" help:"who takes it; me for yourself"`
		Incident cre.IncidentID `arg:"incident,optional" help:"INC-7; may be left out in its war room"`
	}
	return router.Handle(router.Command{
		Name:    "incident " + string(role),
		Aliases: aliases,
		Summary: "make somebody the one who " + role.Does(),
		Example: "incident " + string(role) + " @bob INC-1",
		Rank:    cre.Responder,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		return assign(s, a.Incident, role, a.Who)
	})
}

func incidentLead() router.Command  { return roleVerb(cre.Lead, "incident commander", "incident ic") }
func incidentOps() router.Command   { return roleVerb(cre.Ops) }
func incidentComms() router.Command { return roleVerb(cre.Comms, "incident messenger") }
func incidentScribe() router.Command {
	return roleVerb(cre.Scribe)
}
