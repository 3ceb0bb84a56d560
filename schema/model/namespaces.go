package model

import "slices"

// InitialNamespaces are there in every cluster. Source: Kubernetes documentation,
// Namespaces, Initial namespaces.
var InitialNamespaces = []string{"default", "kube-node-lease", "kube-public", "kube-system"}

// FluxNamespace is where Flux is installed by default. Source: Flux documentation,
// flux install.
const FluxNamespace = "flux-system"

// NamespacesBefore gives those that are there before Flux applies anything: those
// that Kubernetes begins with, and the one that Flux lives in.
func NamespacesBefore(flux string) []string { return append(slices.Clone(InitialNamespaces), flux) }
