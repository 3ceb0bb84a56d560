package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"ichor.internal/e2e/tools"
)

const (
	bgpd     = "/usr/lib/frr/bgpd"
	password = "a-password"
	node     = "172.29.51.11" // mini01 of the reference cluster
	router   = "172.29.51.1"
)

// A node's BGP speaker and the router, which runs the file that ichor writes,
// come together with the password of the spec; the router takes the addresses of
// the pools, one by one, and nothing else. The speaker is GoBGP, which Cilium has
// inside; the two live in network namespaces of their own.
func TestBGP(t *testing.T) {
	if _, err := os.Stat(bgpd); err != nil || os.Getuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatalf("FRR and root are needed for network namespaces: %v", err)
		}
		t.Skip("needs FRR (Debian: apt-get install frr) and root, for network namespaces")
	}
	bin, err := tools.Build(".")
	if err != nil {
		t.Fatal(err)
	}
	gateway, speaker := connect(t)
	dir := frr(t, gateway)
	gobgp(t, speaker, bin)
	for _, prefix := range []string{"172.29.52.200/32", "172.29.52.0/25", "172.29.52.99/30", "10.66.0.0/16", "0.0.0.0/0"} {
		in(t, speaker, filepath.Join(bin, tools.GoBGP), "global", "rib", "add", prefix, "nexthop", node)
	}
	// The last one is taken, so all before it have come.
	in(t, speaker, filepath.Join(bin, tools.GoBGP), "global", "rib", "add", "172.29.52.201/32", "nexthop", node)
	want := []string{"172.29.52.200/32", "172.29.52.201/32"}
	var got []string
	for end := time.Now().Add(patience); time.Now().Before(end) && !slices.Equal(got, want); time.Sleep(beat) {
		got = routes(t, gateway, dir)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the router has %q, want %q", got, want)
	}
}

// connect makes two network namespaces with a cable between them.
func connect(t *testing.T) (gateway, speaker string) {
	t.Helper()
	gateway, speaker = fmt.Sprintf("ichor-gw-%d", os.Getpid()), fmt.Sprintf("ichor-node-%d", os.Getpid())
	for _, ns := range []string{gateway, speaker} {
		run(t, "ip", "netns", "add", ns)
		t.Cleanup(func() { run(t, "ip", "netns", "delete", ns) })
	}
	run(t, "ip", "link", "add", "router0", "netns", gateway, "type", "veth", "peer", "name", "node0", "netns", speaker)
	for _, end := range [][3]string{{gateway, "router0", router}, {speaker, "node0", node}} {
		run(t, "ip", "-n", end[0], "addr", "add", end[2]+"/24", "dev", end[1])
		run(t, "ip", "-n", end[0], "link", "set", end[1], "up")
		run(t, "ip", "-n", end[0], "link", "set", "lo", "up")
	}
	return gateway, speaker
}

// frr runs the router's file, with a password in the place of its marker, and
// gives the directory of its socket.
func frr(t *testing.T, ns string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, "out/router/*.conf"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q: %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.ReplaceAll(data, []byte("password secret://bgp/udm-pro/password"), []byte("password "+password))
	dir, err := os.MkdirTemp("", "ichor-frr-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := filepath.Join(dir, "frr.conf")
	if err := os.WriteFile(config, data, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, "chown", "-R", "frr:frrvty", dir)
	start(t, ns, bgpd, "-Z", "-A", "127.0.0.1", "-P", "0", "-l", router, "--vty_socket", dir, "-i", filepath.Join(dir, "bgpd.pid"), "-f", config)
	return dir
}

// gobgp runs the speaker of a node.
func gobgp(t *testing.T, ns, bin string) {
	t.Helper()
	config := filepath.Join(t.TempDir(), "gobgp.yaml")
	text := fmt.Sprintf(`global: {config: {as: 64512, router-id: %s, port: -1}}
neighbors:
- config: {neighbor-address: %s, peer-as: 64513, auth-password: %s}
  afi-safis: [{config: {afi-safi-name: ipv4-unicast}}]
`, node, router, password)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, ns, filepath.Join(bin, tools.GoBGPD), "-t", "yaml", "-f", config, "--api-hosts", "127.0.0.1:50051")
	ask := filepath.Join(bin, tools.GoBGP)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(beat) {
		out, err := exec.Command("ip", "netns", "exec", ns, ask, "neighbor").CombinedOutput()
		if err == nil && strings.Contains(string(out), "Establ") {
			return
		}
	}
	t.Fatalf("no session: %s", in(t, ns, ask, "neighbor", router))
}

// routes gives what the router has learnt.
func routes(t *testing.T, ns, dir string) []string {
	t.Helper()
	var table struct{ Routes map[string]any }
	if err := json.Unmarshal(in(t, ns, "vtysh", "--vty_socket", dir, "-c", "show bgp ipv4 unicast json"), &table); err != nil {
		t.Fatal(err)
	}
	var out []string
	for prefix := range table.Routes {
		out = append(out, prefix)
	}
	slices.Sort(out)
	return out
}

// start runs a program in a namespace until the test ends.
func start(t *testing.T, ns string, command ...string) {
	t.Helper()
	cmd := exec.Command("ip", append([]string{"netns", "exec", ns}, command...)...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
		_ = cmd.Wait()                          // it says how it was ended
		if t.Failed() {
			t.Logf("%s:\n%s", command[0], said.String())
		}
	})
}

func in(t *testing.T, ns string, command ...string) []byte {
	t.Helper()
	return run(t, "ip", append([]string{"netns", "exec", ns}, command...)...)
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}
