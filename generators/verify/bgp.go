package verify

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var bgpRules = []rule{
	{diag.Rule{
		Code: "bgp-chain", Severity: diag.Error,
		Summary: "A link of the BGP chain matches nothing: nodes, session, peer configuration, family, advertisement or Service. An address reaches the router only over the whole chain, and nothing else reports the broken link.",
		Wrong:   `cluster: services: bgp: {namespace: "kube-system", manifests: CiliumBGPAdvertisement: public: {metadata: labels: advertise: "public", spec: advertisements: [{advertisementType: "Service", service: addresses: ["LoadBalancerIP"]}]}}`,
		Right:   `cluster: services: bgp: {namespace: "kube-system", manifests: CiliumBGPAdvertisement: public: {metadata: labels: advertise: "public", spec: advertisements: [{advertisementType: "Service", service: addresses: ["LoadBalancerIP"], selector: matchExpressions: [{key: "io.cilium/lb-ipam-pool", operator: "Exists"}]}]}}`,
		Source:  "Cilium pkg/k8s/apis/cilium.io/v2, bgp_*_types.go; pkg/bgp/manager/reconciler/peer_advertisements.go",
	}, bgpChains},
	{diag.Rule{
		Code: "bgp-asn-twice", Severity: diag.Error,
		Summary: "A peering policy has two virtual routers with the same ASN. A node runs one virtual router per ASN, so the policy is not carried out as written.",
		Wrong:   `cluster: services: bgp: {namespace: "kube-system", manifests: CiliumBGPPeeringPolicy: all: {apiVersion: "cilium.io/v2alpha1", spec: virtualRouters: [{localASN: 64512}, {localASN: 64512}]}}`,
		Right:   `cluster: services: bgp: {namespace: "kube-system", manifests: CiliumBGPPeeringPolicy: all: {apiVersion: "cilium.io/v2alpha1", spec: virtualRouters: [{localASN: 64512}]}}`,
		Source:  "Cilium 1.17, pkg/bgpv1/manager/manager.go, BGPRouterManager, and workdiff.go",
	}, asnsTwice},
}

// What is read of Cilium's kinds for BGP.
type (
	clusterConfig struct {
		Spec struct {
			NodeSelector *metav1.LabelSelector `json:"nodeSelector"`
			BGPInstances []struct {
				LocalASN int64 `json:"localASN"`
				Peers    []struct {
					Name          string `json:"name"`
					PeerConfigRef struct {
						Name string `json:"name"`
					} `json:"peerConfigRef"`
				} `json:"peers"`
			} `json:"bgpInstances"`
		} `json:"spec"`
	}
	peerConfig struct {
		Spec struct {
			Families []struct {
				AFI            string                `json:"afi"`
				Advertisements *metav1.LabelSelector `json:"advertisements"`
			} `json:"families"`
		} `json:"spec"`
	}
	advertisement struct {
		Spec struct {
			Advertisements []struct {
				Type     string                `json:"advertisementType"`
				Selector *metav1.LabelSelector `json:"selector"`
				Service  struct {
					Addresses []string `json:"addresses"`
				} `json:"service"`
			} `json:"advertisements"`
		} `json:"spec"`
	}
	peeringPolicy struct {
		Spec struct {
			NodeSelector   *metav1.LabelSelector `json:"nodeSelector"`
			VirtualRouters []struct {
				LocalASN        int64                 `json:"localASN"`
				ServiceSelector *metav1.LabelSelector `json:"serviceSelector"`
			} `json:"virtualRouters"`
		} `json:"spec"`
	}
)

func bgpChains(o *objects, r *diag.Report) {
	for _, c := range read[clusterConfig](o, "cilium.io", "CiliumBGPClusterConfig") {
		o.speakers(r, c.Object, c.v.Spec.NodeSelector)
		o.sessions(r, c)
	}
	for _, c := range read[peerConfig](o, "cilium.io", "CiliumBGPPeerConfig") {
		o.families(r, c)
	}
	for _, a := range read[advertisement](o, "cilium.io", "CiliumBGPAdvertisement") {
		for i, x := range a.v.Spec.Advertisements {
			if x.Type != "Service" {
				continue
			}
			field := fmt.Sprintf("spec.advertisements[%d]", i)
			o.announces(r, a.Object, field, "selector", x.Selector)
			if len(x.Service.Addresses) == 0 {
				at(r, a.Object, field, "%s announces Services, but none of their addresses", a).
					Advise(`add service: addresses: ["LoadBalancerIP"]`)
			}
		}
	}
	for _, p := range read[peeringPolicy](o, "cilium.io", "CiliumBGPPeeringPolicy") {
		o.speakers(r, p.Object, p.v.Spec.NodeSelector)
		for i, v := range p.v.Spec.VirtualRouters {
			o.announces(r, p.Object, fmt.Sprintf("spec.virtualRouters[%d]", i), "serviceSelector", v.ServiceSelector)
		}
	}
}

// nodeLabels are the labels of a node that the spec or Kubernetes gives.
// Source: kubernetes.io, Well-Known Labels, Annotations and Taints.
func nodeLabels(n *model.Node) labels.Set {
	set := labels.Set{"kubernetes.io/hostname": n.Name.V, "kubernetes.io/os": "linux"}
	if n.IsControlPlane() {
		set["node-role.kubernetes.io/control-plane"] = ""
	}
	for key, value := range n.Labels {
		set[key] = value.V
	}
	return set
}

// speakers reports a selector that takes no node; a label that no node has in
// the spec may be given at run time.
func (o *objects) speakers(r *diag.Report, x *Object, of *metav1.LabelSelector) {
	if of == nil || len(o.Nodes) == 0 {
		return
	}
	s := asSelector(of)
	known := map[string]bool{}
	for _, n := range o.Nodes {
		if s.Matches(nodeLabels(n)) {
			return
		}
		for key := range nodeLabels(n) {
			known[key] = true
		}
	}
	f := at(r, x, "spec.nodeSelector", "%s selects the nodes with %s, but no node matches", x, selection(s)).
		Note(o.Nodes[0].Pos, "node %q has %s", o.Nodes[0].Name.V, written(nodeLabels(o.Nodes[0]))).
		Advise("remove nodeSelector, so that all nodes speak BGP, or give nodes the label in `nodes.*.labels`")
	requirements, _ := s.Requirements()
	if slices.ContainsFunc(requirements, func(q labels.Requirement) bool { return !known[q.Key()] }) {
		f.Severity = diag.Warning
	}
}

// sessions reports peers without a configuration: nothing is announced to them.
func (o *objects) sessions(r *diag.Report, c seen[clusterConfig]) {
	var names []string
	for _, x := range o.of("cilium.io", "CiliumBGPPeerConfig") {
		names = append(names, x.GetName())
	}
	for i, instance := range c.v.Spec.BGPInstances {
		for j, p := range instance.Peers {
			field := fmt.Sprintf("spec.bgpInstances[%d].peers[%d]", i, j)
			switch name := p.PeerConfigRef.Name; {
			case name == "":
				at(r, c.Object, field, "peer %q of %s has no peer configuration, so nothing is announced to the peer", p.Name, c).
					Advise("name a CiliumBGPPeerConfig in peerConfigRef")
			case !slices.Contains(names, name) && len(o.Directories) == 0:
				at(r, c.Object, field+".peerConfigRef.name", "peer %q of %s names CiliumBGPPeerConfig %q, which nothing creates", p.Name, c, name).
					Advise("add the CiliumBGPPeerConfig, or name one that exists").
					Propose(name, names)
			}
		}
	}
}

// families reports what a session would announce, and no advertisement has.
func (o *objects) families(r *diag.Report, c seen[peerConfig]) {
	announces := false
	for i, family := range c.v.Spec.Families {
		if family.Advertisements == nil {
			continue
		}
		announces = true
		s := asSelector(family.Advertisements)
		all := o.of("cilium.io", "CiliumBGPAdvertisement")
		if len(o.Directories) > 0 || slices.ContainsFunc(all, func(x *Object) bool { return s.Matches(labels.Set(x.GetLabels())) }) {
			continue
		}
		f := at(r, c.Object, fmt.Sprintf("spec.families[%d].advertisements", i), "%s announces the advertisements with %s over %s, but no advertisement matches", c, selection(s), family.AFI).
			Advise("add a CiliumBGPAdvertisement with that label, or select one that exists")
		for _, x := range all[:min(len(all), 2)] {
			f.Note(x.Place("metadata.labels").Pos, "%s has %s", x, written(x.GetLabels()))
		}
	}
	if !announces {
		at(r, c.Object, "spec.families", "%s announces nothing: none of its families selects advertisements", c).
			Advise("add `advertisements: matchLabels` to a family, with the labels of a CiliumBGPAdvertisement")
	}
}

// announces reports a selector of Services that takes no load balancer, where
// there are some.
func (o *objects) announces(r *diag.Report, x *Object, field, name string, of *metav1.LabelSelector) {
	if of == nil {
		at(r, x, field, "%s announces no Service: without a %s it selects none", x, name).
			Advise("add `%s: matchExpressions: [{key: %q, operator: \"Exists\"}]`", name, model.PoolLabel)
		return
	}
	s := asSelector(of)
	all := o.balanced()
	if len(all) == 0 || len(o.Directories) > 0 || slices.ContainsFunc(all, func(b balanced) bool { return b.takenBy(s) }) {
		return
	}
	f := at(r, x, field+"."+name, "%s announces the Services with %s, but no load balancer matches", x, selection(s)).
		Advise("select by the label of a pool, such as %s", model.PoolLabel)
	for _, b := range all[:min(len(all), 2)] {
		f.Note(b.Place(b.field).Pos, "%s has %s", b.is, written(b.said()))
	}
}

func asnsTwice(o *objects, r *diag.Report) {
	for _, p := range read[peeringPolicy](o, "cilium.io", "CiliumBGPPeeringPolicy") {
		first := map[int64]int{}
		for i, v := range p.v.Spec.VirtualRouters {
			earlier, taken := first[v.LocalASN]
			if !taken {
				first[v.LocalASN] = i
				continue
			}
			at(r, p.Object, fmt.Sprintf("spec.virtualRouters[%d].localASN", i), "%s has two virtual routers with ASN %d, but a node runs one per ASN", p, v.LocalASN).
				Note(p.Place(fmt.Sprintf("spec.virtualRouters[%d].localASN", earlier)).Pos, "the other virtual router").
				Advise("merge them into one virtual router whose serviceSelector selects the Services of both")
		}
	}
}
