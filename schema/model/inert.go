package model

import "slices"

// inertGroups have kinds that are no pods and make neither pods nor Services, but
// for the servers that an operator runs.
var inertGroups = []string{
	"cert-manager.io", "cilium.io", "external-secrets.io", "gateway.networking.k8s.io", "image.toolkit.fluxcd.io",
	"monitoring.coreos.com", "notification.toolkit.fluxcd.io", "snapshot.storage.k8s.io", "source.toolkit.fluxcd.io",
}

// Inert reports whether objects of an API group become neither pods nor Services,
// but for the servers that an operator runs: a Gateway, a Prometheus.
func Inert(group string) bool { return slices.Contains(inertGroups, group) }

// settings are further groups whose objects in no namespace become no others, or
// none but in the namespace of their operator. Of one that is not among them, one
// such object may make anything anywhere.
var settings = []string{
	"acme.cert-manager.io", "admissionregistration.k8s.io", "apiregistration.k8s.io", "deviceplugin.intel.com", "flowcontrol.apiserver.k8s.io",
	"generators.external-secrets.io", "groupsnapshot.storage.k8s.io", "kopiur.home-operations.com", "metallb.io", "miroir.home-operations.com",
	"resource.k8s.io", "tailscale.com", "nfd.k8s-sigs.io", "trust.cert-manager.io", "tuppr.home-operations.com",
}

// Setting reports whether objects of an API group that live in no namespace make
// nothing in any but that of their operator.
func Setting(group string) bool { return Inert(group) || slices.Contains(settings, group) }
