//go:build ignore

package main

// The releases of Flux. The proxy of Go modules has not got the modules of most
// controllers: the nearest one stands for each, with what the release has otherwise.
// Source: config/crd/bases of the controllers at the newest patch of each release
// (2.4: source v1.4.1, kustomize v1.4.0, helm v1.1.0, notification v1.4.0; 2.5: v1.5.0,
// v1.5.1, v1.2.0, v1.5.0; 2.6: v1.6.2, v1.6.1, v1.3.0, v1.6.0; 2.7: v1.7.4, v1.7.3,
// v1.4.5, v1.7.5; 2.8: v1.8.5, v1.8.5, v1.5.5, v1.8.4; 2.9: v1.9.6, v1.9.6, v1.6.3, v1.9.3).
var fluxReleases = []release{
	{"2.4", flux("kustomize v1.6.0", "source v1.7.0", "source v1.3.0", "helm v1.4.0", "notification v1.5.0"),
		servedBy("v1 v1beta1* v1beta2*", "v1beta2", "v2 v2beta1* v2beta2*", "v1beta3 v1beta1* v1beta2*"),
		merged(beforeExternalArtifacts, beforeWorkloadIdentity, map[string][]string{
			"Kustomization": {"-deletionPolicy", "-healthCheckExprs"},
			"HelmRelease":   {"-install.disableTakeOwnership", "-upgrade.disableTakeOwnership"},
			"Receiver":      {"-resourceFilter"},
			"GitRepository": {"-sparseCheckout", "provider-github"},
		})},
	{"2.5", flux("kustomize v1.6.0", "source v1.7.0", "source v1.3.0", "helm v1.4.0", "notification v1.5.0"),
		servedBy("v1 v1beta1* v1beta2*", "v1beta2", "v2 v2beta1* v2beta2*", "v1beta3 v1beta1* v1beta2*"),
		merged(beforeExternalArtifacts, beforeWorkloadIdentity, map[string][]string{
			"Kustomization": {"deletionPolicy-WaitForTermination"},
			"GitRepository": {"-sparseCheckout"},
		})},
	{"2.6", flux("kustomize v1.6.0", "source v1.7.0", "source v1.3.0", "helm v1.4.0", "notification v1.6.0"),
		servedBy("v1 v1beta1* v1beta2*", "v1 v1beta2*", "v2 v2beta1* v2beta2*", "v1beta3 v1beta1* v1beta2*"),
		beforeExternalArtifacts},
	{"2.7", flux("kustomize v1.7.3", "source v1.7.3", "helm v1.4.3", "notification v1.9.2", "notification v1.6.0"),
		with(servedBy("v1 v1beta2*", "v1 v1beta2*", "v2 v2beta2*", "v1beta3 v1beta2*"), "ExternalArtifact", "v1"),
		merged(beforeTokens, map[string][]string{
			"Alert":    {"eventSources[].kind-ArtifactGenerator", "eventSources[].kind-ExternalArtifact"},
			"Receiver": {"resources[].kind-ArtifactGenerator", "resources[].kind-ExternalArtifact"},
			"Provider": {"type-githubpullrequestcomment", "type-gitlabmergerequestcomment", "type-giteapullrequestcomment"},
		})},
	{"2.8", flux("kustomize v1.7.3", "source v1.8.5", "helm v1.6.0", "notification v1.9.2", "notification v1.6.0"),
		with(with(servedBy("v1", "v1", "v2", "v1beta3 v1beta2*"), "Receiver", "v1 v1beta2*"), "ExternalArtifact", "v1"),
		merged(beforeTokens, map[string][]string{
			"HelmRelease":      {"-postRenderStrategy", "-upgrade.chartNameChangeStrategy", "-valuesFrom[].literal", "healthCheckExprs[]+kind"},
			"Alert v1beta2":    {"eventSources[].kind*"},
			"Receiver v1beta2": {"resources[].kind*"},
		})},
	{"2.9", flux("kustomize v1.9.6", "source v1.9.6", "helm v1.6.3", "notification v1.9.3"),
		with(servedBy("v1", "v1", "v2", "v1beta3"), "ExternalArtifact", "v1"), nil},
}

// What came with 2.7.
var beforeExternalArtifacts = map[string][]string{
	"HelmRelease": {
		"chartRef.kind-ExternalArtifact", "-commonMetadata", "-dependsOn[].readyExpr", "-install.strategy", "-upgrade.strategy",
		"-kubeConfig.configMapRef", "kubeConfig+secretRef",
	},
	"Bucket":        {"-serviceAccountName"},
	"GitRepository": {"-serviceAccountName"},
}

// What came with 2.6.
var beforeWorkloadIdentity = map[string][]string{"Kustomization": {"-decryption.serviceAccountName"}}

// What came with 2.9.
var beforeTokens = map[string][]string{
	"Receiver": {"-oidcProviders", "-resources[].filter", "type-generic-oidc", "+secretRef"},
}

// flux gives modules of controllers, each as "helm v1.4.0".
func flux(controllers ...string) []source {
	var out []source
	for _, c := range controllers {
		name, version := cut(c)
		out = append(out, source{"github.com/fluxcd/" + name + "-controller", version, apache, "The Flux authors", "config/crd/bases/*.yaml"})
	}
	return out
}

// servedBy gives the versions of Kustomization and of the sources, of OCIRepository, of
// HelmRelease, and of Alert and Provider; those of Receiver are the first ones.
func servedBy(stable, oci, helm, alerts string) map[string]string {
	return map[string]string{
		"Kustomization": stable, "GitRepository": stable, "HelmRepository": stable, "HelmChart": stable, "Bucket": stable, "Receiver": stable,
		"OCIRepository": oci, "HelmRelease": helm, "Alert": alerts, "Provider": alerts,
	}
}

func with(served map[string]string, kind, versions string) map[string]string {
	served[kind] = versions
	return served
}

// merged gives the edits of several lists.
func merged(lists ...map[string][]string) map[string][]string {
	out := map[string][]string{}
	for _, edits := range lists {
		for kind, list := range edits {
			out[kind] = append(out[kind], list...)
		}
	}
	return out
}
