package discordtest

import "net/http"

// gateway is what the sessions of the app share.
type gateway struct {
	sessions map[string]*session
}

func newGateway() gateway { return gateway{sessions: map[string]*session{}} }

func (s *Server) dispatch(event) int                                  { return len(s.sessions) }
func (s *Server) cutAll()                                             {}
func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {}
func (c *call) getGateway() (any, error)                              { return obj{"url": ""}, nil }
func (c *call) getGatewayBot() (any, error)                           { return obj{"url": ""}, nil }
func (s *Server) AwaitConnections(n int)                              {}

type session struct{}
