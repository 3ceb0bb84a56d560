package talos

import (
	"net/netip"
	"strings"
	"testing"

	"ichor/schema/model"
)

func TestWorkerHasNoPartInTheControlPlane(t *testing.T) {
	c := reference(t, "v1.10.5")
	worker(c.Nodes[2])
	content := mustGenerate(t, c)["talos/mini03.yaml"].Content
	expect(t, documentsOf(t, content)["v1alpha1"], map[string]any{
		"machine.type":                     "worker",
		"machine.ca.key":                   "",
		"machine.network.interfaces.0.vip": nil,
		"cluster.ca.key":                   "",
		"cluster.aggregatorCA":             nil,
		"cluster.serviceAccount":           nil,
		"cluster.etcd":                     nil,
		"cluster.apiServer":                nil,
		"cluster.network.cni.name":         "none",
	})
	if strings.Contains(string(content), "/key") {
		t.Error("a worker's configuration holds a key of an authority")
	}
	others := documentsOf(t, mustGenerate(t, c)["talos/mini01.yaml"].Content)["v1alpha1"]
	expect(t, others, map[string]any{"cluster.apiServer.certSANs": []any{"172.29.51.10", "172.29.51.11", "172.29.51.12"}})
}

func TestStaticAddress(t *testing.T) {
	c := reference(t, "v1.10.5")
	static(c.Nodes[0])
	doc := documentsOf(t, mustGenerate(t, c)["talos/mini01.yaml"].Content)
	expect(t, doc["v1alpha1"], map[string]any{"machine.network.interfaces.0": map[string]any{
		"interface": "enp3s0f0", "dhcp": false,
		"addresses": []any{"172.29.51.11/24", "fd47:25e1:2f96:51::11/64"},
		"routes": []any{
			map[string]any{"network": "::/0", "gateway": "fe80::1"},
			map[string]any{"network": "0.0.0.0/0", "gateway": "172.29.51.1"},
		},
		"vip": map[string]any{"ip": "172.29.51.10"},
	}})

	c = reference(t, "v1.13.9")
	static(c.Nodes[0]).MTU = at(9000)
	doc = documentsOf(t, mustGenerate(t, c)["talos/mini01.yaml"].Content)
	expect(t, doc["LinkConfig/enp3s0f0"], map[string]any{
		"mtu":       9000,
		"addresses": []any{map[string]any{"address": "172.29.51.11/24"}, map[string]any{"address": "fd47:25e1:2f96:51::11/64"}},
		"routes":    []any{map[string]any{"gateway": "fe80::1"}, map[string]any{"gateway": "172.29.51.1"}},
	})
	if doc["DHCPv4Config/enp3s0f0"] != nil {
		t.Error("a static node asks for DHCP")
	}
}

// A default route of the spec is the only one of its family, and one to a
// network of its own keeps its destination.
func TestRoutesOfTheSpecComeFirst(t *testing.T) {
	for talos, path := range map[string]string{"v1.10.5": "machine.network.interfaces.0.routes", "v1.13.9": "routes"} {
		c := reference(t, talos)
		static(c.Nodes[0]).Routes = []model.Route{
			{Network: prefix("0.0.0.0/0"), Gateway: address("172.29.51.254")},
			{Network: prefix("10.9.0.0/16"), Gateway: address("172.29.51.253")},
		}
		docs := documentsOf(t, mustGenerate(t, c)["talos/mini01.yaml"].Content)
		doc, key := docs["v1alpha1"], "network"
		if talos == "v1.13.9" {
			doc, key = docs["LinkConfig/enp3s0f0"], "destination"
		}
		routes, _ := lookup(doc, path).([]any)
		if len(routes) != 2 {
			t.Fatalf("%s: routes %v, want the two of the spec", talos, routes)
		}
		if got := lookup(routes[1], key); got != "10.9.0.0/16" {
			t.Errorf("%s: destination %v", talos, got)
		}
	}
}

func TestResolversAndTimeServers(t *testing.T) {
	for _, talos := range []string{"v1.11.6", "v1.12.11"} {
		c := reference(t, talos)
		c.Talos.Nameservers = []model.At[netip.Addr]{address("172.29.51.1"), address("fd47:25e1:2f96:51::1")}
		c.Talos.TimeServers = list("time.example.com")
		docs := documentsOf(t, mustGenerate(t, c)["talos/mini01.yaml"].Content)
		if talos == "v1.11.6" {
			expect(t, docs["v1alpha1"], map[string]any{
				"machine.network.nameservers": []any{"172.29.51.1", "fd47:25e1:2f96:51::1"},
				"machine.time.servers":        []any{"time.example.com"},
			})
			continue
		}
		expect(t, docs["ResolverConfig"], map[string]any{"nameservers.1.address": "fd47:25e1:2f96:51::1"})
		expect(t, docs["TimeSyncConfig"], map[string]any{"ntp.servers": []any{"time.example.com"}})
		expect(t, docs["v1alpha1"], map[string]any{"machine.time": nil})
	}
}

// One address family: the controller manager refuses the flags of two.
func TestSingleFamily(t *testing.T) {
	c := reference(t, "v1.10.5")
	c.PodNetwork.CIDRs = c.PodNetwork.CIDRs[:1]
	c.ServiceNetwork.CIDRs = c.ServiceNetwork.CIDRs[:1]
	expect(t, documentsOf(t, mustGenerate(t, c)["talos/mini01.yaml"].Content)["v1alpha1"], map[string]any{
		"cluster.controllerManager.extraArgs.node-cidr-mask-size":      "24",
		"cluster.controllerManager.extraArgs.node-cidr-mask-size-ipv4": nil,
		"machine.kubelet.nodeIP.validSubnets":                          []any{"172.29.51.0/24", "!172.29.51.10/32"},
	})
}

func TestThingsThatAreOff(t *testing.T) {
	c := reference(t, "v1.10.5")
	c.Talos.KubePrism.Enabled = at(false)
	c.Talos.HostDNS.Enabled = at(false)
	c.Talos.Discovery.Kubernetes = at(false)
	c.Talos.ScheduleOnControlPlanes = at(false)
	c.Nodes[0].Encryption = at(false)
	c.Nodes[0].Labels = mapping("zone", "rack1")
	expect(t, documentsOf(t, mustGenerate(t, c)["talos/mini01.yaml"].Content)["v1alpha1"], map[string]any{
		"machine.features.kubePrism":                       nil,
		"machine.features.hostDNS":                         map[string]any{"enabled": false, "forwardKubeDNSToHost": false},
		"machine.systemDiskEncryption":                     nil,
		"machine.nodeLabels":                               map[string]any{"node.kubernetes.io/exclude-from-external-load-balancers": "", "zone": "rack1"},
		"cluster.allowSchedulingOnControlPlanes":           nil,
		"cluster.discovery.enabled":                        true,
		"cluster.discovery.registries.kubernetes.disabled": true,
		"cluster.discovery.registries.service.disabled":    false,
	})
}

// A volume without a size takes its disk; Talos wants a least size even then.
func TestVolumeWithoutSize(t *testing.T) {
	c := reference(t, "v1.10.5")
	c.Nodes[0].Volumes[0].MaxSize = model.At[string]{}
	expect(t, documentsOf(t, mustGenerate(t, c)["talos/mini01.yaml"].Content)["UserVolumeConfig/longhorn-ssd"], map[string]any{
		"provisioning.minSize": "1GiB", "provisioning.maxSize": nil,
	})
}

// A refusal of the library names the node, and the other nodes are judged too.
func TestEveryRefusalNamesItsNode(t *testing.T) {
	c := reference(t, "v1.10.5")
	c.Nodes[0].Install.Disk = model.Disk{}
	c.Nodes[2].Labels = mapping("a/b/c", "x")
	_, err := Generate(c)
	if err == nil {
		t.Fatal("a node without an install disk passes")
	}
	for _, want := range []string{"node mini01: ", "install disk", "node mini03: ", "label"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "mini02") {
		t.Errorf("mini02 is right and is named: %v", err)
	}
}
