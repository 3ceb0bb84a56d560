package importer

import (
	"cmp"
	"slices"
	"strings"

	"ichor/schema/scan"
)

// dropped reports whether the spec has an object itself: a Kustomization is a
// service, and a Namespace stands in `namespaces`.
func dropped(o *scan.Object) bool { return isKustomization(o) || ownNamespace(o) }

func isKustomization(o *scan.Object) bool { return o.Is(scan.KustomizeGroup, "Kustomization") }

// patches gives those of a Kustomization that still find something, and behind them
// those that delete what is dropped.
func patches(k *scan.Kustomization, drop func(*scan.Object) bool) []any {
	own, _ := specFields(k)["patches"].([]any)
	if slices.ContainsFunc(k.Objects, isKustomization) {
		own = slices.DeleteFunc(slices.Clone(own), ofKustomizations)
	}
	return append(slices.Clip(own), deletions(k.Objects, drop)...)
}

// ofKustomizations reports whether a patch is for Kustomizations of Flux alone.
func ofKustomizations(patch any) bool {
	p, _ := patch.(map[string]any)
	target, _ := p["target"].(map[string]any)
	return target["kind"] == "Kustomization" && (target["group"] == nil || target["group"] == scan.KustomizeGroup)
}

// deletion is a patch that deletes whatever its target names.
const deletion = "{$patch: delete, apiVersion: v1, kind: Any, metadata: {name: any}}"

// kindNames are the names of a kind's objects.
type kindNames struct {
	group, kind string
	gone, stay  []string
}

// deletions gives patches that delete objects: all of a kind, or by their names
// where others of the kind stay.
func deletions(objects []*scan.Object, drop func(*scan.Object) bool) []any {
	var out []any
	var whole *kindNames // the kinds of one group that go as a whole, and where their patch stands
	at := 0
	for _, k := range byKind(objects, drop) {
		switch {
		case len(k.gone) == 0:
		case len(k.stay) > 0:
			out = append(out, deleting(k.group, k.kind, strings.Join(k.gone, "|")))
		case whole != nil && whole.group == k.group:
			whole.kind += "|" + k.kind
			out[at] = deleting(k.group, whole.kind, "")
		default:
			whole, at = k, len(out)
			out = append(out, deleting(k.group, k.kind, ""))
		}
	}
	return out
}

// byKind sorts the names of objects by group and kind.
func byKind(objects []*scan.Object, drop func(*scan.Object) bool) []*kindNames {
	var out []*kindNames
	for _, o := range objects {
		i := slices.IndexFunc(out, func(k *kindNames) bool { return o.Is(k.group, k.kind) })
		if i < 0 {
			i, out = len(out), append(out, &kindNames{group: o.Group, kind: o.Kind})
		}
		names := &out[i].stay
		if drop(o) {
			names = &out[i].gone
		}
		*names = append(*names, o.Name)
	}
	slices.SortFunc(out, func(a, b *kindNames) int {
		return cmp.Or(strings.Compare(a.group, b.group), strings.Compare(a.kind, b.kind))
	})
	for _, k := range out {
		slices.Sort(k.gone)
		k.gone = slices.Compact(k.gone)
	}
	return out
}

func deleting(group, kind, names string) map[string]any {
	target := map[string]any{"kind": kind}
	if group != "" {
		target["group"] = group
	}
	if names != "" {
		target["name"] = names
	}
	return map[string]any{"target": target, "patch": deletion}
}
