package check

import (
	"cmp"
	"slices"
	"strings"

	"ichor/schema/model"
)

// externalUses gives what ExternalSecrets that people wrote read.
func externalUses(c *model.Cluster) []itemUse {
	var out []itemUse
	for _, s := range c.Services {
		for _, m := range manifests(s) {
			out = append(out, usesOf(c, m.Kind.V, m.Body)...)
		}
		for _, o := range s.Objects {
			out = append(out, usesOf(c, o.Kind, o.Body)...)
		}
		for _, i := range installsOf(s) {
			if !i.Rendered {
				i.values().Walk(func(t *model.Tree) { out = append(out, usesOf(c, wordAt(t, "kind"), t)...) })
			}
		}
	}
	return out
}

// usesOf gives what one object reads.
func usesOf(c *model.Cluster, kind string, t *model.Tree) []itemUse {
	spec := t.Lookup("spec")
	switch kind {
	case "ExternalSecret":
	case "ClusterExternalSecret":
		spec = spec.Lookup("externalSecretSpec")
	default:
		return nil
	}
	usual := wordAt(spec, "secretStoreRef", "name")
	var out []itemUse
	for _, d := range spec.Lookup("data").Items() {
		out = append(out, remoteUse(c, usual, d, d.Lookup("remoteRef")))
	}
	for _, d := range spec.Lookup("dataFrom").Items() {
		whole := remoteUse(c, usual, d, d.Lookup("extract"))
		whole.property = model.At[string]{} // it picks of what there is
		out = append(out, whole)
	}
	return out
}

// remoteUse gives what an entry reads by a reference. An entry may name a store
// of its own; names with variables of Flux or a chart say nothing.
func remoteUse(c *model.Cluster, usual string, entry, ref *model.Tree) itemUse {
	store := cmp.Or(wordAt(entry, "sourceRef", "storeRef", "name"), usual)
	u := itemUse{vaultsOf(c, storeNamed(c, store)), wordOf(ref.Lookup("key")), wordOf(ref.Lookup("property"))}
	if strings.ContainsAny(u.item.V+u.property.V, "{}$") {
		return itemUse{}
	}
	return u
}

// storeNamed gives a store that the spec describes, or nil.
func storeNamed(c *model.Cluster, name string) *model.SecretStore {
	for _, s := range c.Services {
		i := slices.IndexFunc(s.SecretStores, func(x *model.SecretStore) bool { return x.Name.V == name })
		if i >= 0 {
			return s.SecretStores[i]
		}
	}
	return nil
}
