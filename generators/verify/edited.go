package verify

import (
	"slices"
	"strings"

	"ichor/schema/diag"
)

// editedRules are those of fields that stay, for objects that people write: they
// are compared with those of the commit before.
var editedRules = []rule{{immutableRules[0].Rule, immutableEdited}}

// defaulted are fields that the API server fills in: where one of two commits has
// none, it may be the same all the same.
var defaulted = []string{
	"spec.clusterIP", "spec.storageClassName", "spec.volumeMode", "spec.volumeName", "spec.podManagementPolicy", "spec.completionMode",
	"reclaimPolicy", "volumeBindingMode", "preemptionPolicy",
}

func immutableEdited(o *objects, r *diag.Report) {
	before := map[key]*Object{}
	for _, x := range byHand(o.Before) {
		before[x.key()] = x
	}
	for _, x := range o.all {
		was := before[x.key()]
		if was == nil || leftAlone(x) || slices.Contains(o.Forced, x.Unit) || vanishes(was) {
			continue
		}
		for _, field := range staying(was, x) {
			at(r, x, field, "%s: %s has a new value, but Kubernetes does not change this field", x, field).
				Note(diag.Pos{}, "the old value was at %s", was.Place(field).Pos).Advise("%s", remedy(x))
		}
	}
}

// staying gives the fields that differ and cannot.
func staying(was, is *Object) []string {
	fields := slices.Clone(immutable[is.GroupVersionKind().GroupKind().String()])
	if isImmutable(was) {
		fields = append(fields, "data", "binaryData", "stringData")
	}
	return slices.DeleteFunc(fields, func(field string) bool {
		same := !changed(was, is, field)
		return same || slices.Contains(defaulted, field) && (was.value(field) == nil || is.value(field) == nil)
	})
}

// leftAlone reports whether an object says that Flux makes it anew, or does not
// touch one that is there. Source: Flux documentation, Kustomization, controlling
// the apply behavior of resources.
func leftAlone(x *Object) bool {
	const ssa = "kustomize.toolkit.fluxcd.io/ssa"
	return said(x, forced, "enabled") || said(x, ssa, "IfNotPresent") || said(x, ssa, "Ignore")
}

func said(x *Object, key, value string) bool {
	return strings.EqualFold(x.GetAnnotations()[key], value) || strings.EqualFold(x.GetLabels()[key], value)
}

// vanishes reports whether an object goes by itself once its work is done, so that
// the next one is made anew.
func vanishes(x *Object) bool {
	return x.value("spec.ttlSecondsAfterFinished") != nil
}
