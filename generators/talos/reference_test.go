package talos

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the reference cluster says of its machines, as each form of the
// configuration has it.
func TestReferenceInV1Alpha1(t *testing.T) {
	doc := documentsOf(t, mustGenerate(t, reference(t, "v1.10.5"))["talos/mini01.yaml"].Content)
	expect(t, doc["v1alpha1"], map[string]any{
		"machine.type":                                                             "controlplane",
		"machine.certSANs":                                                         []any{"172.29.51.11"},
		"machine.network.hostname":                                                 "mini01",
		"machine.network.interfaces.0":                                             device,
		"machine.install.diskSelector":                                             map[string]any{"model": "APPLE*"},
		"machine.install.wipe":                                                     false,
		"machine.sysctls":                                                          map[string]any{"net.ipv6.conf.all.forwarding": "1", "vm.dirty_ratio": "5"},
		"machine.udev.rules.0":                                                     `ACTION=="add|change", KERNEL=="sd[a-z]", ATTRS{model}=="Portable SSD T5*", ATTR{queue/scheduler}="mq-deadline", ATTR{queue/rotational}="0"`,
		"machine.systemDiskEncryption":                                             map[string]any{"state": luks, "ephemeral": luks},
		"machine.features.kubePrism":                                               map[string]any{"enabled": true, "port": 7445},
		"machine.features.hostDNS":                                                 map[string]any{"enabled": true, "forwardKubeDNSToHost": true},
		"machine.kubelet.extraConfig":                                              map[string]any{"shutdownGracePeriod": "30s", "shutdownGracePeriodCriticalPods": "10s"},
		"machine.kubelet.nodeIP.validSubnets":                                      []any{"172.29.51.0/24", "fd47:25e1:2f96:51::/64", "!172.29.51.10/32"},
		"machine.nodeLabels":                                                       nil, // workloads run here: load balancers must not leave the node out
		"cluster.clusterName":                                                      "home-ops",
		"cluster.controlPlane.endpoint":                                            "https://172.29.51.10:6443",
		"cluster.network.cni.name":                                                 "none",
		"cluster.network.podSubnets":                                               []any{"10.244.0.0/16", "fd47:25e1:2f96:4000::/56"},
		"cluster.network.serviceSubnets":                                           []any{"10.96.0.0/12", "fd47:25e1:2f96:4100::/108"},
		"cluster.network.dnsDomain":                                                "cluster.local",
		"cluster.proxy.disabled":                                                   true,
		"cluster.allowSchedulingOnControlPlanes":                                   true,
		"cluster.apiServer.certSANs":                                               []any{"172.29.51.10", "172.29.51.11", "172.29.51.12", "172.29.51.13"},
		"cluster.apiServer.auditPolicy.rules":                                      []any{map[string]any{"level": "Metadata"}},
		"cluster.etcd.extraArgs":                                                   map[string]any{"election-timeout": "1000", "heartbeat-interval": "100", "listen-metrics-urls": "http://0.0.0.0:2381"},
		"cluster.etcd.advertisedSubnets":                                           []any{"172.29.51.0/24", "!172.29.51.10/32"},
		"cluster.scheduler.extraArgs.leader-elect-renew-deadline":                  "10s",
		"cluster.controllerManager.extraArgs.bind-address":                         "0.0.0.0",
		"cluster.controllerManager.extraArgs.node-cidr-mask-size-ipv4":             "24",
		"cluster.controllerManager.extraArgs.node-cidr-mask-size-ipv6":             "64",
		"cluster.discovery.registries.kubernetes.disabled":                         false,
		"cluster.discovery.registries.service.disabled":                            false,
		"cluster.apiServer.admissionControl.0.configuration.defaults.enforce":      "baseline",
		"cluster.apiServer.admissionControl.0.configuration.defaults.audit":        "restricted",
		"cluster.apiServer.admissionControl.0.configuration.exemptions.namespaces": []any{"kube-system"},
	})
	expectShared(t, doc)
}

var luks = map[string]any{"provider": "luks2", "keys": []any{map[string]any{"nodeID": map[string]any{}, "slot": 0}}}

var device = map[string]any{
	"interface": "enp3s0f0", "dhcp": true,
	"dhcpOptions": map[string]any{"routeMetric": 1024, "ipv4": true, "ipv6": false},
	"routes":      []any{map[string]any{"network": "::/0", "gateway": "fe80::1"}},
	"vip":         map[string]any{"ip": "172.29.51.10"},
}

// The newer form says the same in documents, and nothing of it in v1alpha1.
func TestReferenceInDocuments(t *testing.T) {
	doc := documentsOf(t, mustGenerate(t, reference(t, "v1.13.9"))["talos/mini01.yaml"].Content)
	expect(t, doc["v1alpha1"], map[string]any{
		"machine.network": nil, "machine.time": nil, "machine.systemDiskEncryption": nil,
		"machine.features.stableHostname": nil, "machine.features.rbac": nil,
	})
	expect(t, doc["HostnameConfig"], map[string]any{"hostname": "mini01", "auto": nil})
	expect(t, doc["LinkConfig/enp3s0f0"], map[string]any{"routes": []any{map[string]any{"gateway": "fe80::1"}}, "addresses": nil})
	expect(t, doc["DHCPv4Config/enp3s0f0"], map[string]any{"routeMetric": 1024})
	expect(t, doc["Layer2VIPConfig/172.29.51.10"], map[string]any{"link": "enp3s0f0"})
	expect(t, doc["VolumeConfig/STATE"], map[string]any{"encryption": luks})
	expect(t, doc["VolumeConfig/EPHEMERAL"], map[string]any{"encryption": luks})
	if doc["DHCPv6Config/enp3s0f0"] != nil {
		t.Error("DHCPv6 is off in the spec and on in the output")
	}
	expectShared(t, doc)
}

// expectShared asks for the documents that are the same in every release.
func expectShared(t *testing.T, doc map[string]map[string]any) {
	t.Helper()
	expect(t, doc["ExtensionServiceConfig/lldpd"], map[string]any{"configFiles": []any{map[string]any{
		"mountPath": "/usr/local/etc/lldpd/lldpd.conf",
		"content":   "configure lldp portidsubtype ifname\nconfigure system description \"Talos Node\"\n",
	}}})
	expect(t, doc["UserVolumeConfig/longhorn-ssd"], map[string]any{
		"provisioning.maxSize":            "1TB",
		"provisioning.minSize":            nil,
		"provisioning.diskSelector.match": `disk.symlinks.exists(link, glob("/dev/disk/by-id/usb-Samsung_Portable_SSD_T5*", link)) && !system_disk`,
		"filesystem.type":                 "xfs",
	})
}

func expect(t *testing.T, doc map[string]any, want map[string]any) {
	t.Helper()
	if doc == nil {
		t.Error("a document is missing")
	}
	for path, value := range want {
		if diff := cmp.Diff(value, lookup(doc, path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}
