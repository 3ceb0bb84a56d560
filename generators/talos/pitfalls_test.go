package talos

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
)

// tree is an open value of the spec.
func tree(v any) *model.Tree {
	switch v := v.(type) {
	case map[string]any:
		t := &model.Tree{IsMap: true}
		for key, e := range v {
			child := tree(e)
			child.Key = key
			t.Map = append(t.Map, child)
		}
		slices.SortFunc(t.Map, func(a, b *model.Tree) int { return strings.Compare(a.Key, b.Key) })
		return t
	case []any:
		t := &model.Tree{List: []*model.Tree{}}
		for _, e := range v {
			t.List = append(t.List, tree(e))
		}
		return t
	}
	return &model.Tree{Scalar: v}
}

// Cluster patches come before node patches, and both after what is generated.
func TestPatches(t *testing.T) {
	c := reference(t, "v1.10.5")
	c.Talos.Patch = tree(map[string]any{
		"machine": map[string]any{"sysctls": map[string]any{"vm.dirty_ratio": "7", "a": "cluster"}, "env": map[string]any{"X": "1"}},
		"cluster": map[string]any{"network": map[string]any{"podSubnets": []any{"10.9.0.0/16"}}},
	})
	c.Nodes[0].Patch = tree(map[string]any{
		"machine": map[string]any{
			"sysctls":  map[string]any{"a": "node"},
			"certSANs": []any{"extra.example.com"},
			"udev":     map[string]any{"$patch": "delete"},
		},
	})
	files := mustGenerate(t, c)
	expect(t, documentsOf(t, files["talos/mini01.yaml"].Content)["v1alpha1"], map[string]any{
		"machine.sysctls":            map[string]any{"a": "node", "net.ipv6.conf.all.forwarding": "1", "vm.dirty_ratio": "7"},
		"machine.certSANs":           []any{"172.29.51.11", "extra.example.com"},
		"machine.udev":               nil,
		"cluster.network.podSubnets": []any{"10.9.0.0/16"},
		"machine.token":              "secret://trustdinfo/token",
	})
	expect(t, documentsOf(t, files["talos/mini02.yaml"].Content)["v1alpha1"], map[string]any{"machine.sysctls.a": "cluster", "machine.certSANs": []any{"172.29.51.12"}})
}

// An empty patch is none; the library would take it for a JSON patch, which it
// refuses where there are several documents.
func TestEmptyPatch(t *testing.T) {
	c := reference(t, "v1.13.9")
	want := mustGenerate(t, c)["talos/mini01.yaml"].Content
	c.Talos.Patch = &model.Tree{IsMap: true}
	if got := mustGenerate(t, c)["talos/mini01.yaml"].Content; string(got) != string(want) {
		t.Error("an empty patch changes the output")
	}
}

func TestBadPatchesAreRefused(t *testing.T) {
	for want, p := range map[string]map[string]any{
		"no field machine.sysctl.a": {"machine": map[string]any{"sysctl": map[string]any{"a": "1"}}},
		"not registered":            {"apiVersion": "v1alpha1", "kind": "NoSuchConfig"},
		"conflicting documents":     {"apiVersion": "v1alpha1", "kind": "DummyLinkConfig", "name": "enp3s0f0"},
		"already set":               {"machine": map[string]any{"network": map[string]any{"hostname": "other"}}},
	} {
		c := reference(t, "v1.13.9")
		c.Nodes[1].Patch = tree(p)
		_, err := Generate(c)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "mini02") {
			t.Errorf("%v: %v, want %q", p, err, want)
		}
	}
}

// What Talos only warns about is written, and is a warning at the field that the
// warning names, once for all nodes that share the patch.
func TestWarningsAreNoRefusals(t *testing.T) {
	c := reference(t, "v1.13.9")
	c.Talos.Patch = placed(7, tree(fields{"machine": fields{"install": fields{"extensions": []any{fields{"image": "example.com/x:v1"}}}}}))
	c.Nodes[1].Patch = placed(20, tree(fields{
		"apiVersion": "v1alpha1", "kind": "BondConfig", "name": "bond1", "links": []any{"eth1", "eth2"}, "bondMode": "802.3ad", "miimon": 100,
	}))
	files, err := Generate(c)
	if err != nil {
		t.Fatal(err)
	}
	found := output.Warnings(files)
	lines := map[string]int{"extensions is deprecated": 10, "updelay was not specified": 20, "downdelay was not specified": 20}
	if len(found) != len(lines) {
		t.Errorf("%v", found)
	}
	for want, line := range lines {
		if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
			return strings.Contains(d.Message, want) && d.Pos.Line == line && d.Severity == diag.Warning
		}) {
			t.Errorf("no warning %q at line %d: %v", want, line, found)
		}
	}
}

// v1alpha1 first, then by kind and name: the order of the spec's sets does not
// show. And no comments, which the library writes by default.
func TestOrderOfDocuments(t *testing.T) {
	for talos := range releases {
		c := reference(t, talos)
		second := *c.Nodes[0].Volumes[0]
		second.Name = at("archive")
		c.Nodes[0].Volumes = append(c.Nodes[0].Volumes, &second)
		content := string(mustGenerate(t, c)["talos/mini01.yaml"].Content)
		var keys []string
		for i, text := range strings.Split(content, "\n---\n") {
			for key := range documentsOf(t, []byte(text)) {
				if (i == 0) != (key == "v1alpha1") {
					t.Errorf("%s: document %d is %s", talos, i, key)
				}
				keys = append(keys, key)
			}
		}
		if !slices.IsSorted(keys[1:]) || !slices.Contains(keys, "UserVolumeConfig/archive") {
			t.Errorf("%s: order %v", talos, keys)
		}
		if regexp.MustCompile(`(?m)^\s*#`).MatchString(content) {
			t.Errorf("%s: comments in the output", talos)
		}
	}
}

// UEFI machines do not read machine.install.extraKernelArgs, and with the
// contract of 1.12 it is an error.
func TestKernelArgumentsStandInTheSchematicAlone(t *testing.T) {
	for talos := range releases {
		c := reference(t, talos)
		c.Nodes[0].KernelArgs = list("mitigations=off")
		content := mustGenerate(t, c)["talos/mini01.yaml"].Content
		expect(t, documentsOf(t, content)["v1alpha1"], map[string]any{"machine.install.extraKernelArgs": nil, "machine.install.extensions": nil})
		if strings.Contains(string(content), "mitigations") || strings.Contains(string(content), "talos.logging") {
			t.Errorf("%s: a kernel argument stands outside the schematic", talos)
		}
	}
}

// The library never finds out that an endpoint is IPv6, and takes IPv4 ranges.
func TestRangesDoNotDependOnTheEndpoint(t *testing.T) {
	c := reference(t, "v1.10.5")
	c.ControlPlane.VIP = address("fd47:25e1:2f96:51::10")
	c.PodNetwork.CIDRs = c.PodNetwork.CIDRs[1:]
	c.ServiceNetwork.CIDRs = c.ServiceNetwork.CIDRs[1:]
	expect(t, documentsOf(t, mustGenerate(t, c)["talos/mini01.yaml"].Content)["v1alpha1"], map[string]any{
		"cluster.controlPlane.endpoint":       "https://[fd47:25e1:2f96:51::10]:6443",
		"cluster.network.podSubnets":          []any{"fd47:25e1:2f96:4000::/56"},
		"cluster.network.serviceSubnets":      []any{"fd47:25e1:2f96:4100::/108"},
		"machine.kubelet.nodeIP.validSubnets": []any{"fd47:25e1:2f96:51::/64", "!fd47:25e1:2f96:51::10/128"},
	})
}

// Overriding a flag that is derived is the user's right; the derived one gives way.
func TestFlagsOfTheSpecWin(t *testing.T) {
	c := reference(t, "v1.10.5")
	c.Talos.ControllerManager.Args["node-cidr-mask-size-ipv4"] = at("25")
	c.Talos.APIServer.CertSANs = list("api.example.com", "172.29.51.10")
	expect(t, documentsOf(t, mustGenerate(t, c)["talos/mini01.yaml"].Content)["v1alpha1"], map[string]any{
		"cluster.controllerManager.extraArgs.node-cidr-mask-size-ipv4": "25",
		"cluster.apiServer.certSANs":                                   []any{"172.29.51.10", "172.29.51.11", "172.29.51.12", "172.29.51.13", "api.example.com"},
	})
}
