package importer

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/scan"
)

// kept are the fields of a Kustomization that a service says too. Patches are kept
// with those that delete.
var kept = []string{
	"components", "ignoreMissingComponents", "targetNamespace", "namePrefix", "nameSuffix", "images", "commonMetadata", "force",
	"deletionPolicy", "healthCheckExprs",
}

// saidOf gives the fields that a service says of what Flux is to do with a path.
func saidOf(k *scan.Kustomization, drop func(*scan.Object) bool) map[string]any {
	spec, said := specFields(k), map[string]any{}
	keep := func(field string, v any) {
		if !empty(v) {
			said[field] = v
		}
	}
	for _, field := range kept {
		keep(field, spec[field])
	}
	keep("postBuild", without(spec["postBuild"], "substituteStrategy"))
	keep("decryption", without(spec["decryption"], "serviceAccountName"))
	keep("patches", patches(k, drop))
	if prune, says := spec["prune"]; says && prune == false {
		said["prune"] = false
	}
	return said
}

// without gives a struct without a field.
func without(v any, field string) map[string]any {
	out := map[string]any{}
	all, _ := v.(map[string]any)
	for name, v := range all {
		if name != field && !empty(v) {
			out[name] = v
		}
	}
	return out
}

// empty reports whether a value says nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return v == nil || v == false || v == ""
}

// unsaid names what a Kustomization says that changes what Flux does, and that the
// language has no word for.
func unsaid(k *scan.Kustomization) []string {
	var out []string
	spec := specFields(k)
	for _, path := range silent {
		switch v := at(spec, path).(type) {
		case string:
			out = append(out, path+": "+v)
		case bool:
			out = append(out, fmt.Sprintf("%s: %t", path, v))
		case nil:
		default:
			out = append(out, path)
		}
	}
	out = append(out, healthOf(k)...)
	if len(out) == 0 {
		return nil
	}
	return []string{"Left out, since the language has no field for it: " + strings.Join(out, ", ") + "."}
}

// silent are the fields that have no word, by their paths, where they say anything.
var silent = []string{
	"suspend", "serviceAccountName", "kubeConfig", "buildMetadata", "ignore",
	"postBuild.substituteStrategy", "decryption.serviceAccountName",
}

func at(v any, path string) any {
	for _, field := range strings.Split(path, ".") {
		m, _ := v.(map[string]any)
		v = m[field]
	}
	if empty(v) {
		return nil
	}
	return v
}

// healthOf names what a Kustomization waits for beside its own objects, for which a
// unit waits anyway.
func healthOf(k *scan.Kustomization) []string {
	var out []string
	for _, h := range k.Spec.HealthChecks {
		own := slices.ContainsFunc(k.Objects, func(o *scan.Object) bool { return o.Kind == h.Kind && o.Name == h.Name })
		if !own && !k.Spec.Wait {
			out = append(out, fmt.Sprintf("healthChecks of %s %s", h.Kind, h.Name))
		}
	}
	return out
}
