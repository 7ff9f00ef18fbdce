package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync"
	"testing"
)

// names is a name server of the test: each question about a name gets the next
// of its addresses, and the last one for ever.
type names struct {
	mu    sync.Mutex
	of    map[string][]string
	asked map[string]int
}

// resolving makes it the resolver of the process for the test.
func (n *names) resolving(t *testing.T) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n.asked = map[string]int{}
	go n.serve(conn)
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	t.Cleanup(func() { net.DefaultResolver = before; conn.Close() })
}

func (n *names) serve(conn net.PacketConn) {
	buf := make([]byte, 512)
	for {
		size, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if _, err := conn.WriteTo(n.answer(buf[:size]), from); err != nil {
			return
		}
	}
}

// answer is a reply to one question, in the format of RFC 1035.
func (n *names) answer(query []byte) []byte {
	at, name := 12, ""
	for query[at] != 0 {
		name += string(query[at+1:at+1+int(query[at])]) + "."
		at += 1 + int(query[at])
	}
	isA := query[at+2] == 1
	reply := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, query[12:at+5]...)
	n.mu.Lock()
	defer n.mu.Unlock()
	all := n.of[name]
	if len(all) == 0 {
		reply[3] = 0x83 // no such name
		return reply
	}
	if !isA {
		return reply
	}
	ip := netip.MustParseAddr(all[min(n.asked[name], len(all)-1)]).As4()
	n.asked[name]++
	reply[7] = 1
	return append(append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4), ip[:]...)
}

// TestRebinding: a name that first leads to an honest address and then to a
// cloud's metadata is judged each time it is dialled.
func TestRebinding(t *testing.T) {
	honest := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer honest.Close()
	_, port, err := net.SplitHostPort(honest.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	n := &names{of: map[string][]string{"rebind.example.": {"127.0.0.1", "169.254.169.254"}, "meta.example.": {"169.254.169.254"},
		"alibaba.example.": {"100.100.100.200"}, "0xa9fea9fe.": {"169.254.169.254"}}}
	n.resolving(t)
	transport := Transport()
	transport.DisableKeepAlives = true
	client := &http.Client{Transport: transport, CheckRedirect: Stay}
	get := func(host string) error {
		resp, err := client.Get(fmt.Sprintf("http://%s:%s/", host, port))
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := get("rebind.example"); err != nil {
		t.Errorf("at first: %v", err)
	}
	for _, host := range []string{"rebind.example", "meta.example", "alibaba.example", "0xa9fea9fe"} {
		if err := get(host); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v, want it refused", host, err)
		}
	}
	origin, err := url.Parse("http://rebind.example:" + port)
	if err != nil {
		t.Fatal(err)
	}
	behind := &http.Client{Transport: NewGate(nil, origin, 100), CheckRedirect: Stay}
	if resp, err := behind.Get(origin.String()); !errors.Is(err, ErrRefused) {
		t.Errorf("through a gate: %v, %v", resp, err)
	}
}

// TestWaysToWriteAnAddress: no spelling of an address leads where the address
// does not.
func TestWaysToWriteAnAddress(t *testing.T) {
	(&names{}).resolving(t) // knows no name: who takes a number for one reaches nobody
	client := &http.Client{Transport: Transport(), CheckRedirect: Stay}
	for _, host := range []string{
		"169.254.169.254", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[64:ff9b::169.254.169.254]", "[64:ff9b:1::a9fe:a9fe]", "[2002:a9fe:a9fe::1]",
		"[fd00:ec2::254]", "0.0.0.0", "[::]", "0.1.2.3", "[::ffff:0.0.0.0]", "100.100.100.200", "192.0.0.192", "168.63.129.16", "255.255.255.255.example",
		"2852039166", "0xa9fea9fe", "025177524776", "0251.0376.0251.0376", "169.254.43518", "0xa9.0xfe.0xa9.0xfe", "169.254.169.254.", "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
	} {
		resp, err := client.Get("http://" + host + "/latest/meta-data")
		if err == nil {
			resp.Body.Close()
			t.Errorf("%s was asked", host)
		}
		if ip, wrong := netip.ParseAddr(host); wrong == nil && !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", ip, err)
		}
	}
}

func TestControl(t *testing.T) {
	if Transport().Proxy != nil {
		t.Error("a proxy would dial in the place of what is judged here")
	}
	for address, refused := range map[string]bool{
		"169.254.169.254:80": true, "[::ffff:169.254.169.254]:80": true, "[fe80::1%lo]:80": true, "[2002:a9fe:a9fe::]:80": true, "[64:ff9b:1::a9fe:a9fe]:80": true,
		"224.0.0.251:5353": true, "127.0.0.1:9090": false, "10.0.0.1:9090": false, "[2001:db8::1]:443": false, "[2002:808:808::1]:443": false,
	} {
		if err := Control("tcp", address, nil); errors.Is(err, ErrRefused) != refused {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"", "nobody:80", "169.254.169.254", "unix.sock"} {
		if err := Control("tcp", address, nil); err == nil {
			t.Errorf("%q was let through: what cannot be read cannot be judged", address)
		}
	}
}
