// Package commands is what people can say, one file for each command, named as
// it is typed. [All] is the table of contents.
//
// A command reads its words, calls the workflow, and answers in a sentence. Its
// example is run as a test, and help, usage and forms come from its arguments.
//
// It refuses to decide anything about incidents, requests or SLOs: that is
// bot/cre and bot/workflow.
package commands

import (
	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
)

// All lists the commands in the order of help: of each word, what is used most
// comes first. Where a menu has no room for all, the first stand on top.
func All() []router.Command {
	return []router.Command{
		incidentDeclare(),
		incidentList(),
		incidentShow(),
		incidentUpdate(),
		incidentSeverity(),
		incidentNote(),
		incidentResolve(),
		incidentRecap(),
		incidentStatus(),
		incidentMitigate(),
		incidentRole(),
		incidentLead(),
		incidentHandoff(),
		incidentDecide(),
		incidentPin(),
		incidentTask(),
		incidentDone(),
		incidentFollowup(),
		incidentCustomersAdd(),
		incidentClose(),
		incidentReopen(),
		incidentDecline(),
		incidentCancel(),
		incidentMerge(),
		incidentOps(),
		incidentComms(),
		incidentScribe(),
		incidentMirror(),
		incidentQuiet(),
		incidentRepair(),
		incidentRoomChanged(),
		incidentRoomMoved(),

		creRequest(),
		creQueue(),
		creNext(),
		creTake(),
		creDone(),
		creDetail(),
		creCustomer(),
		creTold(),
		creAnswer(),
		creShow(),
		creWait(),
		creAssign(),
		creWhy(),
		creLike(),
		creBump(),
		creEstimate(),
		creHandoff(),
		creDecline(),
		creDup(),
		creEscalate(),
		creWithdraw(),
		creFollow(),
		creCustomerAdd(),
		creCustomerList(),
		creEvent(),
		creEventDrop(),
		creDigest(),
		creClocks(),
		creToil(),
		creToilLog(),
		creJoin(),
		creUnfollow(),
		creConverge(),
		creApart(),
		creSkip(),
		creRate(),
		creOncall(),
		creHome(),
		creWhoami(),
		creLink(),
		creUnlink(),
		creStatus(),
		creUnreadable(),
		creRetry(),
		creDrop(),
		creImport(),
		creSpent(),
		creTicket(),
		creOverheard(),
		creTalk(),
		creFileOverheard(),
		creLeaveOverheard(),

		sloStatus(),
		sloShow(),
		sloDigest(),

		postmortemDraft(),
		postmortemShow(),
	}
}

// said answers about an incident: in a room of it for everybody, elsewhere, and in
// one that is quiet, to the asker alone. The other rooms hear it too.
func said(s *workflow.Step, inc *cre.Incident, m chat.Message) (chat.Reply, error) {
	public, err := s.Answer(inc, m)
	if err == nil {
		err = s.Cross(inc, m)
	}
	return chat.Reply{Message: m, Incident: inc.ID, Public: public}, err
}

func text(format string, args ...any) chat.Message {
	return chat.Message{Text: chat.Textf(format, args...)}
}

// onIncident is what most commands begin with.
func onIncident(s *workflow.Step, id cre.IncidentID, do func(*cre.Incident) (chat.Message, error)) (chat.Reply, error) {
	inc, err := s.Incident(string(id))
	if err != nil {
		return chat.Reply{}, err
	}
	m, err := do(inc)
	if err != nil {
		return chat.Reply{}, err
	}
	return said(s, inc, m)
}

// customerKey is the key of the customer that a word means; "" means all.
func customerKey(s *workflow.Step, word string) (string, error) {
	if word == "" {
		return "", nil
	}
	c, err := s.Customer(word)
	if err != nil {
		return "", err
	}
	return c.Key, nil
}

// onRequest is the same for requests; the thread of the request hears of the
// change from the workflow, the asker alone gets the reply.
func onRequest(s *workflow.Step, id cre.RequestID, do func(*cre.Request) (chat.Reply, error)) (chat.Reply, error) {
	r, err := s.Request(string(id))
	if err != nil {
		return chat.Reply{}, err
	}
	reply, err := do(r)
	reply.Request = r.ID
	return reply, err
}
