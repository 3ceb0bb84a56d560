package scan

import (
	"path"
	"slices"
	"strings"
)

// byCluster divides roots into clusters: those of one directory belong together,
// and so do directories whose Kustomizations have different names.
func byCluster(roots []*Kustomization) [][]*Kustomization {
	var out [][]*Kustomization
	for _, set := range together(roots) {
		i := slices.IndexFunc(out, func(other []*Kustomization) bool { return !clash(other, set) })
		if i < 0 {
			out = append(out, set)
		} else {
			out[i] = append(out[i], set...)
		}
	}
	return out
}

// together gives the roots of each directory, sorted by directory. One Flux has
// one Kustomization of a name: a directory that defines several has a set for each.
func together(roots []*Kustomization) [][]*Kustomization {
	sorted := slices.Clone(roots)
	slices.SortStableFunc(sorted, func(a, b *Kustomization) int {
		return strings.Compare(path.Dir(a.Object.File), path.Dir(b.Object.File))
	})
	var out [][]*Kustomization
	for _, k := range sorted {
		i := slices.IndexFunc(out, func(set []*Kustomization) bool {
			return path.Dir(set[0].Object.File) == path.Dir(k.Object.File) && !clash(set, []*Kustomization{k})
		})
		if i < 0 {
			out = append(out, []*Kustomization{k})
		} else {
			out[i] = append(out[i], k)
		}
	}
	return out
}

// clash reports whether two sets of roots cannot be of one cluster.
func clash(a, b []*Kustomization) bool {
	return slices.ContainsFunc(a, func(x *Kustomization) bool {
		return slices.ContainsFunc(b, func(y *Kustomization) bool { return x.ID() == y.ID() })
	})
}

// clusters reads roots as one cluster, or as several where their directories bring
// different Kustomizations of one name, which one Flux cannot have.
func (r *Repository) clusters(roots []*Kustomization) []*Cluster {
	c := &Cluster{Name: nameOf(roots[0]), first: roots[0]}
	reader := newReader(r, c)
	reader.read(copied(roots))
	parts := divided(roots, c)
	if len(parts) == 1 {
		for _, k := range c.Kustomizations {
			reader.charts(k)
		}
		return []*Cluster{c}
	}
	var out []*Cluster
	for _, part := range parts {
		out = append(out, r.clusters(part)...)
	}
	return out
}

// copied gives copies, since reading fills in what a root applies.
func copied(roots []*Kustomization) []*Kustomization {
	out := make([]*Kustomization, len(roots))
	for i, k := range roots {
		fresh := *k
		out[i] = &fresh
	}
	return out
}

// divided parts the roots of what was read as one cluster: each set of them goes to
// the first part that brings no other Kustomization of a name that it brings.
func divided(roots []*Kustomization, c *Cluster) [][]*Kustomization {
	brought := map[string]map[string]string{} // by root: definitions by namespace/name
	for _, k := range c.Kustomizations {
		root := k
		for root.Parent != nil {
			root = root.Parent
		}
		if brought[root.definition()] == nil {
			brought[root.definition()] = map[string]string{}
		}
		brought[root.definition()][k.ID()] = k.definition()
	}
	var parts [][]*Kustomization
	for _, set := range together(roots) {
		i := slices.IndexFunc(parts, func(part []*Kustomization) bool { return !fight(part, set, brought) })
		if i < 0 {
			parts = append(parts, set)
		} else {
			parts[i] = append(parts[i], set...)
		}
	}
	return parts
}

// fight reports whether two sets of roots bring different Kustomizations of one
// namespace and name.
func fight(a, b []*Kustomization, brought map[string]map[string]string) bool {
	for _, x := range a {
		for _, y := range b {
			for id, definition := range brought[x.definition()] {
				if other, ok := brought[y.definition()][id]; ok && other != definition {
					return true
				}
			}
		}
	}
	return false
}

// nameOf names a cluster by where its first root lies: what a FluxInstance syncs
// is a directory, and the FluxInstance itself may be anywhere.
func nameOf(root *Kustomization) string {
	if root.Synced {
		return root.Path
	}
	return path.Dir(root.Object.File)
}

// nameApart gives clusters whose first roots lie in one directory the name of the
// file, or the place in it.
func nameApart(all []*Cluster) {
	for _, form := range []func(*Kustomization) string{
		func(k *Kustomization) string { return k.Object.File },
		func(k *Kustomization) string { return k.Pos.String() },
	} {
		count := map[string]int{}
		for _, c := range all {
			count[c.Name]++
		}
		for _, c := range all {
			if count[c.Name] > 1 {
				c.Name = form(c.first)
			}
		}
	}
}
