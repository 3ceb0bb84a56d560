package talos

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
)

// everything are clusters that between them make the generator write all that
// it can.
func everything(t *testing.T) []*model.Cluster {
	t.Helper()
	var all []*model.Cluster
	for talos := range releases {
		c := reference(t, talos)
		c.Talos.Nameservers = []model.At[netip.Addr]{address("172.29.51.1")}
		c.Talos.TimeServers = list("time.example.com")
		c.Talos.APIServer.Args = mapping("audit-log-maxage", "30")
		c.Nodes[0].Labels = mapping("zone", "rack1")
		static(c.Nodes[1]).MTU = at(9000)
		c.Nodes[1].Install.Disk = model.Disk{Path: at("/dev/sda")}
		one := reference(t, talos)
		one.PodNetwork.CIDRs = one.PodNetwork.CIDRs[:1]
		one.ServiceNetwork.CIDRs = one.ServiceNetwork.CIDRs[:1]
		all = append(all, c, one)
	}
	return all
}

// What a patch may not write is what the generator writes: another path would
// protect nothing.
func TestMachinePartsAreWritten(t *testing.T) {
	written, parts := map[string]bool{}, map[string]model.MachinePart{}
	for _, c := range everything(t) {
		files := mustGenerate(t, c)
		for _, n := range c.Nodes {
			docs := documentsOf(t, files["talos/"+n.Name.V+".yaml"].Content)
			for _, p := range c.MachineParts(n) {
				parts[p.Name()] = p
				written[p.Name()] = written[p.Name()] || holds(docs, p.Keys)
			}
		}
	}
	for name := range parts {
		if !written[name] {
			t.Errorf("no machine configuration has %s", name)
		}
	}
}

func holds(docs map[string]map[string]any, keys []string) bool {
	if below(docs["v1alpha1"], keys) || below(docs[keys[0]], keys[1:]) {
		return true
	}
	return len(keys) > 2 && below(docs[keys[0]+"/"+keys[1]], keys[2:])
}

// below follows keys, and names of the elements of lists.
func below(value any, keys []string) bool {
	if len(keys) == 0 {
		return value != nil
	}
	switch v := value.(type) {
	case map[string]any:
		return below(v[keys[0]], keys[1:])
	case []any:
		for _, element := range v {
			if e, ok := element.(map[string]any); ok && (e["name"] == keys[0] || e["interface"] == keys[0]) {
				return below(element, keys[1:])
			}
		}
	}
	return false
}

// placed gives a patch that begins in a line, each part a line below its parent.
func placed(line int, t *model.Tree) *model.Tree {
	t.Pos = diag.Pos{File: "spec/patch.cue", Line: line, Column: 1}
	for _, child := range t.Map {
		placed(line+1, child)
	}
	return t
}

type fields = map[string]any // of a patch

func TestRefusedPatches(t *testing.T) {
	tests := []struct {
		patch fields
		line  int // of the finding
		want  string
	}{
		{fields{"machine": fields{"foo": 1}}, 9, "no field machine.foo"},
		{fields{"kind": "Nope"}, 7, "Talos rejects the patch: "},
		{fields{"version": "v1beta1"}, 7, "Talos rejects the patch: "},
		{fields{"machine": fields{"$patch": "delete"}}, 7, "Talos rejects the patch: "},
		{fields{"machine": fields{"type": "worker"}}, 7, "Talos rejects the patch: "},
		{fields{"machine": nil, "cluster": "none"}, 7, "Talos rejects the patch: "},
	}
	for _, test := range tests {
		c := reference(t, "v1.10.5")
		c.Talos.Patch = placed(7, tree(test.patch))
		_, err := Generate(c)
		found := output.Refusals(err)
		if len(found) != 1 || found[0].Pos.Line != test.line || !strings.Contains(found[0].Message, test.want) || found[0].Help == "" {
			t.Errorf("%v: %v (%v)", test.patch, found, err)
		}
	}
}

// The patch that is to blame is the one after which the library refuses; and
// what it refuses without any is no finding.
func TestBlame(t *testing.T) {
	c := reference(t, "v1.10.5")
	c.Talos.Patch = placed(7, tree(fields{"machine": fields{"kubelet": fields{"extraArgs": fields{"max-pods": "200"}}}}))
	c.Nodes[1].Patch = placed(20, tree(fields{"machine": fields{"type": "worker"}}))
	_, err := Generate(c)
	var refusal *output.Refusal
	if !errors.As(err, &refusal) || refusal.Pos.Line != 20 {
		t.Errorf("%v, want a refusal at line 20", err)
	}
	c.Nodes[1].Install.Disk = model.Disk{}
	if _, err := Generate(c); err == nil || len(output.Refusals(err)) != 0 {
		t.Errorf("%v, want an error that is no refusal", err)
	}
}
