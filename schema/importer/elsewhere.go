package importer

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// elsewhere names the objects that Flux reads for a Kustomization in the namespace
// of that, and for a unit would look for where units live, where it would not find
// the same.
func (im *importer) elsewhere(k *scan.Kustomization) []string {
	var out []string
	add := func(kind, name string) {
		if why := im.other(k, kind, name); k.Namespace != model.FluxNamespace && name != "" && why != "" {
			out = append(out, fmt.Sprintf("Flux now reads %s %s/%s for the Kustomization, but will read %s/%s for the unit: %s.", kind, k.Namespace, name, model.FluxNamespace, name, why))
		}
	}
	if p := k.Spec.PostBuild; p != nil {
		for _, ref := range p.SubstituteFrom {
			add(ref.Kind, ref.Name)
		}
	}
	if d := k.Spec.Decryption; d != nil && d.SecretRef != nil {
		add("Secret", d.SecretRef.Name)
	}
	return out
}

// other says in a clause why an object where units live is another than the one in
// the namespace of a Kustomization. What is made of one file is the same.
func (im *importer) other(k *scan.Kustomization, kind, name string) string {
	now, then := im.object(kind, k.Namespace, name), im.object(kind, model.FluxNamespace, name)
	switch {
	case then == nil && !im.makes(kind, name):
		return "nothing that ichor sees here creates the second object"
	case now != nil && then != nil && now.File != then.File && !reflect.DeepEqual(now.Content["data"], then.Content["data"]):
		return "the two differ"
	}
	return ""
}

// object gives an object that a Kustomization applies itself; nil for none.
func (im *importer) object(kind, namespace, name string) *scan.Object {
	for _, k := range im.cluster.Kustomizations {
		for _, o := range k.Objects {
			if o.Is("", kind) && o.Namespace == namespace && o.Name == name {
				return o
			}
		}
	}
	return nil
}

// makes reports whether an object comes out of a Kustomization where units live.
func (im *importer) makes(kind, name string) bool {
	facts := map[string]string{"Secret": model.KindSecret, "ConfigMap": model.KindConfigMap}
	c := model.Capability{Kind: facts[kind], Name: model.FluxNamespace + "/" + name}
	return slices.ContainsFunc(im.cluster.Units, func(u *model.Unit) bool {
		return slices.ContainsFunc(u.Provides, func(f model.Fact) bool { return f.Capability == c })
	})
}

// secretsBefore gives the Secrets that Flux reads to apply a directory and that
// nothing seen here makes, as namespace/name: a repository that is in use has them
// from before Flux.
func (im *importer) secretsBefore() []string {
	var out []string
	add := func(k *scan.Kustomization, name string) {
		if k.Namespace == model.FluxNamespace && name != "" && !strings.Contains(name, "${") && !im.makes("Secret", name) {
			out = append(out, model.FluxNamespace+"/"+name)
		}
	}
	for _, k := range im.cluster.Kustomizations {
		if k.External || unimportable(k) != "" {
			continue
		}
		if p := k.Spec.PostBuild; p != nil {
			for _, ref := range p.SubstituteFrom {
				if ref.Kind == "Secret" && !ref.Optional {
					add(k, ref.Name)
				}
			}
		}
		if d := k.Spec.Decryption; d != nil && d.SecretRef != nil {
			add(k, d.SecretRef.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
