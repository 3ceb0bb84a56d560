//lint:file-ignore SA1019 people still write vars

package scan

import (
	"regexp"
	"slices"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	sigsyaml "sigs.k8s.io/yaml"
)

// looseness says how much of a kustomization file is built where not all objects are
// there that it changes.
type looseness int

const (
	strict looseness = iota
	loose            // what cannot fail without them
	bare             // nothing that changes objects
)

// loosen takes out of a kustomization file, or marks as not known, what cannot be
// built without objects that are fetched: it may be for one of them. So no patch
// fails that finds nothing here.
func (f *filtering) loosen(k *types.Kustomization) {
	f.changed = true
	f.vague = f.vague || len(k.Replacements)+len(k.Vars)+len(k.Transformers)+len(k.Replicas) > 0
	k.Replacements, k.Vars, k.Transformers, k.Validators, k.Replicas = nil, nil, nil, nil, nil
	k.Generators = f.creating(k.Generators)
	if f.loose == bare {
		f.vague = f.vague || len(k.Patches) > 0
		k.Patches = nil
	}
	var patches []types.Patch
	for _, p := range k.Patches {
		patches = append(patches, f.optional(p)...)
	}
	var maps []types.ConfigMapArgs
	for _, g := range k.ConfigMapGenerator {
		if changes(g.Behavior) {
			patches = append(patches, marking(byName("ConfigMap", g.GeneratorArgs)))
		} else {
			maps = append(maps, g)
		}
	}
	var secrets []types.SecretArgs
	for _, g := range k.SecretGenerator {
		if changes(g.Behavior) {
			patches = append(patches, marking(byName("Secret", g.GeneratorArgs)))
		} else {
			secrets = append(secrets, g)
		}
	}
	k.Patches, k.ConfigMapGenerator, k.SecretGenerator = patches, maps, secrets
}

// creating gives the generators that create objects; those that change one are not
// known to find it here.
func (f *filtering) creating(entries []string) []string {
	return slices.DeleteFunc(entries, func(entry string) bool {
		all, err := parsed([]byte(entry))
		if err != nil {
			data, _ := f.read(f.target(f.file, entry))
			all, _ = parsed(data) // kustomize says what is wrong with it
		}
		merges := slices.ContainsFunc(all, func(r *resource.Resource) bool {
			behavior, _ := r.GetString("behavior") // it has none
			return changes(behavior)
		})
		f.vague = f.vague || merges
		return merges
	})
}

// changes reports whether a generator changes an object that is there.
func changes(behavior string) bool {
	b := types.NewGenerationBehavior(behavior)
	return b == types.BehaviorMerge || b == types.BehaviorReplace
}

func byName(kind string, g types.GeneratorArgs) *types.Selector {
	return exactly(resid.NewResIdWithNamespace(resid.Gvk{Kind: kind}, g.Name, g.Namespace))
}

// exactly selects one object: a selector has patterns.
func exactly(id resid.ResId) *types.Selector {
	return &types.Selector{ResId: resid.ResId{
		Gvk:       resid.Gvk{Group: regexp.QuoteMeta(id.Group), Version: regexp.QuoteMeta(id.Version), Kind: regexp.QuoteMeta(id.Kind)},
		Name:      regexp.QuoteMeta(id.Name),
		Namespace: regexp.QuoteMeta(id.Namespace),
	}}
}

// optional gives a strategic merge patch as one for each object, which may be
// absent. What a list of operations selects is marked as not known.
func (f *filtering) optional(p types.Patch) []types.Patch {
	var operations []any
	if p.Target != nil && sigsyaml.Unmarshal([]byte(f.patchText(f.file, p)), &operations) == nil {
		return []types.Patch{marking(p.Target)} // its paths may be fetched
	}
	if p.Target != nil {
		return []types.Patch{p}
	}
	all, err := parsed([]byte(f.patchText(f.file, p)))
	if err != nil {
		return []types.Patch{p}
	}
	var out []types.Patch
	for _, r := range all {
		text, err := r.AsYAML()
		if err != nil {
			return []types.Patch{p}
		}
		out = append(out, types.Patch{Patch: string(text), Target: exactly(r.OrgId()), Options: p.Options})
	}
	return out
}
