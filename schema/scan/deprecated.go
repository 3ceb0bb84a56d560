//lint:file-ignore SA1019 people still write the fields that kustomize calls deprecated

package scan

import "sigs.k8s.io/kustomize/api/types"

// modernize writes the fields of a kustomization file that kustomize calls
// deprecated as those that took their place, which mean the same: kustomize
// would print a warning for each build. It reports whether there were any.
// Source: kustomize, types.Kustomization.FixKustomization and
// FixKustomizationPreMarshalling.
func modernize(k *types.Kustomization) bool {
	changed := k.Bases != nil || k.ImageTags != nil || k.PatchesJson6902 != nil || k.PatchesStrategicMerge != nil || k.CommonLabels != nil
	k.Resources, k.Bases = append(k.Resources, k.Bases...), nil
	k.Images, k.ImageTags = append(k.Images, k.ImageTags...), nil
	var merges []types.Patch
	for _, p := range k.PatchesStrategicMerge {
		inline, err := parsed([]byte(p))
		switch {
		case err != nil:
			merges = append(merges, types.Patch{Path: string(p)})
		case len(inline) > 0:
			merges = append(merges, types.Patch{Patch: string(p)})
		}
	}
	k.Patches = append(append(merges, k.Patches...), k.PatchesJson6902...)
	k.PatchesStrategicMerge, k.PatchesJson6902 = nil, nil
	if len(k.CommonLabels) > 0 {
		k.Labels = append(k.Labels, types.Label{Pairs: k.CommonLabels, IncludeSelectors: true})
	}
	k.CommonLabels = nil
	return changed
}
