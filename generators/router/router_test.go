package router

import (
	"bytes"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ichor/generators/output"
	"ichor/schema/load"
	"ichor/schema/model"
)

func compile(t *testing.T, repository string) []output.File {
	t.Helper()
	c, l := load.Cluster(os.DirFS(repository), "spec")
	if l.HasErrors() {
		t.Fatalf("%+v", l)
	}
	files, err := Generate(c)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// FRR itself reads every file: vtysh knows the syntax, bgpd what it means.
func TestFRRAccepts(t *testing.T) {
	bgpd, vtysh := judge(t, "/usr/lib/frr/bgpd"), judge(t, "/usr/bin/vtysh")
	for _, repository := range []string{"../..", "../../testdata/build/current"} {
		for _, f := range compile(t, repository) {
			name := write(t, f.Content)
			for _, cmd := range []*exec.Cmd{exec.Command(vtysh, "-C", "-f", name), exec.Command(bgpd, "-C", "-f", name)} {
				if out, err := cmd.CombinedOutput(); err != nil || len(complaints(out)) > 0 {
					t.Errorf("%s: %s: %v\n%s\n%s", f.Path, cmd.Path, err, out, f.Content)
				}
			}
		}
	}
}

// complaints leaves out what FRR says of every change of graceful restart.
func complaints(out []byte) []byte {
	notice := []byte("Graceful restart configuration changed, reset all peers to take effect")
	return bytes.TrimSpace(bytes.ReplaceAll(out, notice, nil))
}

// FRR refuses a file that says something else, so its silence above means
// something.
func TestFRRRefuses(t *testing.T) {
	bgpd := judge(t, "/usr/lib/frr/bgpd")
	broken := strings.Replace(string(compile(t, "../..")[0].Content), "peer-group\n", "peer-grupp\n", 1)
	if out, _ := exec.Command(bgpd, "-C", "-f", write(t, []byte(broken))).CombinedOutput(); len(complaints(out)) == 0 {
		t.Error("bgpd takes a misspelt statement")
	}
}

// judge finds a program of FRR. A person's machine may lack it; the gate may not.
func judge(t *testing.T, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("FRR is not installed: %v", err)
		}
		t.Skip("FRR is not installed (Debian: apt-get install frr)")
	}
	return path
}

// write puts a file where the user frr, whom bgpd becomes, can read it.
func write(t *testing.T, content []byte) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ichor-frr-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	name := filepath.Join(dir, "frr.conf")
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// The prefix list takes every address of a pool as a host route and no other,
// whatever the pool's bounds.
func TestPermitsCoverPools(t *testing.T) {
	addr := func(s string) model.At[netip.Addr] {
		return model.At[netip.Addr]{V: netip.MustParseAddr(s), Path: "p"}
	}
	c := &model.Cluster{Pools: []*model.Pool{
		{Start: addr("10.0.0.50"), Stop: addr("10.0.0.99")},
		{Start: addr("10.0.0.200"), Stop: addr("10.0.0.200")},
		{CIDR: model.At[netip.Prefix]{V: netip.MustParsePrefix("fd00::100/120"), Path: "p"}},
	}}
	covered := map[netip.Addr]int{}
	for _, p := range permits(c, true) {
		for a := p.Prefix.Addr(); p.Prefix.Contains(a); a = a.Next() {
			covered[a]++
		}
	}
	for a := netip.MustParseAddr("10.0.0.0"); a.Less(netip.MustParseAddr("10.0.1.0")); a = a.Next() {
		want := 0
		if c.Pools[0].Contains(a) || c.Pools[1].Contains(a) {
			want = 1
		}
		if covered[a] != want {
			t.Errorf("%s is permitted %d times, want %d", a, covered[a], want)
		}
	}
	if got := permits(c, false); len(got) != 1 || got[0].Prefix.String() != "fd00::100/120" || got[0].Bits() != 128 {
		t.Errorf("IPv6: %+v", got)
	}
}

// The reference router: one neighbor a node, sessions of both families, and no
// password but a marker.
func TestReference(t *testing.T) {
	files := compile(t, "../..")
	if len(files) != 1 || files[0].Path != "router/udm-pro.conf" {
		t.Fatalf("%d files", len(files))
	}
	var got []string
	for line := range strings.Lines(string(files[0].Content)) {
		for _, word := range []string{"router bgp", "remote-as", " password secret", "op read", "listen", "description", "restart-time"} {
			if strings.Contains(line, word) {
				got = append(got, strings.TrimSpace(line))
			}
		}
	}
	want := []string{
		`!   op read "op://Automation/BGP Authentication - home-ops/password"`,
		"router bgp 64513",
		"bgp graceful-restart restart-time 120",
		"neighbor home-ops-ipv4 remote-as 64512",
		"neighbor home-ops-ipv4 password secret://bgp/udm-pro/password",
		"neighbor 172.29.51.11 description mini01",
		"neighbor 172.29.51.12 description mini02",
		"neighbor 172.29.51.13 description mini03",
		"neighbor home-ops-ipv6 remote-as 64512",
		"neighbor home-ops-ipv6 password secret://bgp/udm-pro/password",
		"bgp listen range fd47:25e1:2f96:51::/64 peer-group home-ops-ipv6",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A statement that is misspelt anywhere in the file is noticed by FRR.
func TestFRRNoticesEveryStatement(t *testing.T) {
	bgpd := judge(t, "/usr/lib/frr/bgpd")
	lines := strings.Split(string(compile(t, "../..")[0].Content), "\n")
	count := 0
	for i, line := range lines {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" || strings.HasPrefix(word, "!") || strings.HasPrefix(word, "exit") {
			continue
		}
		count++
		mutant := slices.Clone(lines)
		mutant[i] = strings.Replace(line, word, word+"x", 1)
		if out, _ := exec.Command(bgpd, "-C", "-f", write(t, []byte(strings.Join(mutant, "\n")))).CombinedOutput(); len(complaints(out)) == 0 {
			t.Errorf("bgpd takes %q", mutant[i])
		}
	}
	if count < 40 {
		t.Errorf("only %d statements", count)
	}
}
