package verify

import (
	"fmt"
	"strings"

	"ichor/schema/diag"
)

var incompleteRules = []rule{
	{diag.Rule{
		Code: "object-incomplete", Severity: diag.Error,
		Summary: "An object lacks a field that its controller requires. The schema of the kind accepts the object, but the controller can do nothing with it.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: ExternalSecret: web: spec: data: [{secretKey: "token", remoteRef: key: "Web"}]}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: ExternalSecret: web: spec: {secretStoreRef: {kind: "ClusterSecretStore", name: "store"}, data: [{secretKey: "token", remoteRef: key: "Web"}]}}`,
		Source:  "the references of External Secrets, Flux, Cilium and Kubernetes",
	}, incomplete},
}

// wanted are the fields that a kind does nothing without, although its schema
// does not ask for them. With instead, one of those fields is as good.
var wanted = []struct {
	kind, field string
	instead     []string
}{
	{"ExternalSecret.external-secrets.io", "spec.secretStoreRef.name", []string{"spec.data", "spec.dataFrom"}},
	{"HelmRelease.helm.toolkit.fluxcd.io", "spec", nil},
	{"Kustomization.kustomize.toolkit.fluxcd.io", "spec", nil},
	{"HelmRepository.source.toolkit.fluxcd.io", "spec.url", nil},
	{"PodDisruptionBudget.policy", "spec.selector", nil},
	{"CiliumLoadBalancerIPPool.cilium.io", "spec.blocks", nil},
}

func incomplete(o *objects, r *diag.Report) {
	for _, x := range o.all {
		for _, w := range wanted {
			if x.GroupVersionKind().GroupKind().String() != w.kind || x.value(w.field) != nil || x.sourcesOfItsOwn(w.instead) {
				continue
			}
			around := w.field[:max(0, strings.LastIndex(w.field, "."))]
			at(r, x, around, "%s has no %s, and does nothing without this field", x, w.field).Advise("add %s", w.field)
		}
	}
	for _, c := range read[clusterConfig](o, "cilium.io", "CiliumBGPClusterConfig") {
		for i, instance := range c.v.Spec.BGPInstances {
			if instance.LocalASN == 0 {
				field := fmt.Sprintf("spec.bgpInstances[%d]", i)
				at(r, c.Object, field, "%s has no %s.localASN, and opens no session without this field", c, field).Advise("add the ASN of the cluster")
			}
		}
	}
}

// sourcesOfItsOwn reports whether every entry of some list says its store itself.
func (o *Object) sourcesOfItsOwn(fields []string) bool {
	found := false
	for _, f := range fields {
		for _, e := range list(o, strings.Split(f, ".")...) {
			_, own := e["sourceRef"]
			if !own {
				return false
			}
			found = true
		}
	}
	return found
}
