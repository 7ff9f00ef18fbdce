package app

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"cresset/store"
	"cresset/store/postgres/pgtest"
)

// postgresHome is the platform in memory, with the state on a PostgreSQL server.
type postgresHome struct {
	*memoryHome
	url string
}

// postgresHomes are homes on one server, each with an empty database. It is started
// when the first home needs it and ends with t.
func postgresHomes(t testing.TB) func(testing.TB) home {
	server := sync.OnceValue(func() *pgtest.Server { return pgtest.Start(t) })
	return func(t testing.TB) home {
		_, query, err := server().Schema()
		if err != nil {
			t.Fatal(err)
		}
		return &postgresHome{inMemory(t), server().URL(query)}
	}
}

func (h *postgresHome) start(clock *clock) {
	h.meet(clock)
	config := strings.Replace(scriptConfig, "bolt:%s", "%q", 1)
	h.app = openApp(h.t, fmt.Sprintf(config, h.url, h.probed, "api: {tokens: [{name: t, token: test-token-obviously-fake}]}\n"+h.more), clock.Now, h.platform)
}

// stop also ends the lease, as a bot that runs does: it ends by the server's
// clock, which no script moves.
func (h *postgresHome) stop() {
	err := h.app.db.Update(h.t.Context(), func(tx store.Tx) error {
		const name = "outbox"
		lease, err := store.Leases.Get(tx, store.Key(name))
		if err != nil || lease == nil {
			return err
		}
		return store.Yield(tx, name, lease.Holder)
	})
	if err != nil {
		h.t.Error(err)
	}
	h.memoryHome.stop()
}
