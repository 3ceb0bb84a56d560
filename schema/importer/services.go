package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/audit"
	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

// importer makes the services of a cluster's Kustomizations.
type importer struct {
	cluster    *audit.Cluster
	names      []string                 // of the services, in the order of the Kustomizations
	apart      map[string][]depend.Kind // by unit, what goes into a second service
	second     map[string]string        // the name of that, by the unit's
	services   map[string]any
	namespaces map[string]map[string]any // what the spec says of each
	comments   map[string][]string       // by the path of the field
	left       []string                  // comments on what becomes no service
}

func newImporter(c *audit.Cluster, before []model.Fact) *importer {
	im := &importer{
		cluster: c, apart: depend.Apart(c.Units, before), second: map[string]string{}, services: map[string]any{},
		namespaces: map[string]map[string]any{}, comments: map[string][]string{},
	}
	given := map[string]bool{"kustomization": true}
	for i, k := range c.Kustomizations {
		name := serviceName(c.Units[i].Name)
		if taken(k) {
			name += another
		}
		im.names = append(im.names, free(name, given))
	}
	for i, u := range c.Units {
		if len(im.apart[u.Name]) > 0 {
			im.second[u.Name] = free(model.UnitOfConfig(im.names[i]), given)
		}
	}
	return im
}

// given gives the names of the services that each Kustomization has become.
func (im *importer) given() [][]string {
	out := make([][]string, len(im.names))
	for i, u := range im.cluster.Units {
		for _, name := range []string{im.names[i], im.second[u.Name]} {
			if im.services[name] != nil {
				out[i] = append(out[i], name)
			}
		}
	}
	return out
}

// maxLabel is the length of a DNS label.
const maxLabel = 63

// serviceName makes the name of a unit a DNS label, as the name of a service is.
func serviceName(unit string) string {
	label := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return '-'
	}, strings.ToLower(unit))
	if len(label) > maxLabel { // and leave room for what free and model.UnitOfConfig add
		label = label[:maxLabel-len(another)-len(model.UnitOfConfig(""))]
	}
	return strings.Trim(label, "-")
}

// another is what a name ends in that somebody else has.
const another = "-unit"

// free gives a name that is not given yet, and gives it.
func free(name string, given map[string]bool) string {
	for given[name] {
		name += another
	}
	given[name] = true
	return name
}

// taken reports whether the name of a Kustomization stays in use where units live:
// by what applies the output, or since a unit applies it as it is.
func taken(k *scan.Kustomization) bool {
	return k.Installed() || k.External && k.Namespace == model.FluxNamespace
}

// add makes a service of a Kustomization, or two, or says why there is none.
func (im *importer) add(i int) {
	k := im.cluster.Kustomizations[i]
	for _, o := range k.Objects {
		if ownNamespace(o) {
			im.namespace(o)
		}
	}
	switch why := unimportable(k); {
	case why != "":
		im.left = append(im.left, "// "+diag.Plain(fmt.Sprintf("%s is left out: %s.", k.ID(), why)))
	case k.External:
		im.service(im.names[i], im.outside(i), "Its files come from another repository, so its Kustomization is applied as it is.")
	default:
		im.directory(i)
	}
}

func (im *importer) service(name string, fields map[string]any, comments ...string) {
	fields, left := withoutSecrets(fields)
	im.services[name] = fields
	im.comments["cluster.services."+name] = append(slices.Clip(comments), left...)
}

// unimportable says in a clause why a Kustomization becomes no service.
func unimportable(k *scan.Kustomization) string {
	rest := slices.DeleteFunc(slices.Clone(k.Objects), dropped)
	switch {
	case k.External:
		return ""
	case k.Path == ".":
		return "it applies the whole repository, with the spec and its output" + beside(rest)
	case len(k.Objects) > 0 && len(rest)+len(k.Remote) == 0:
		return "it applies only Kustomizations and Namespaces, which the spec has itself"
	}
	return ""
}

// beside names objects that need a service too.
func beside(objects []*scan.Object) string {
	var out []string
	for _, o := range objects {
		out = append(out, o.String())
	}
	switch {
	case len(out) == 0:
		return ""
	case len(out) > maxBeside:
		out = append(out[:maxBeside], fmt.Sprintf("%d more", len(out)-maxBeside))
	}
	return "; besides Kustomizations it applies " + strings.Join(out, ", ") + ", which require a directory and a service of their own"
}

// maxBeside is how many objects a comment names.
const maxBeside = 8

// directory makes the service of a Kustomization's path, and a second one of what
// it applies that waits for what comes out of it.
func (im *importer) directory(i int) {
	k, name, later := im.cluster.Kustomizations[i], im.names[i], im.apart[im.cluster.Units[i].Name]
	isLater := func(o *scan.Object) bool { return slices.Contains(later, depend.Kind{Group: o.Group, Kind: o.Kind}) }
	comments := slices.Concat(unsaid(k), im.elsewhere(k))
	im.service(name, pathService(k, func(o *scan.Object) bool { return dropped(o) || isLater(o) }), comments...)
	if second := im.second[im.cluster.Units[i].Name]; second != "" {
		why := fmt.Sprintf("This is the part of %s that waits for services that wait for the rest of it.", k.ID())
		im.service(second, pathService(k, func(o *scan.Object) bool { return dropped(o) || !isLater(o) }), append([]string{why}, comments...)...)
	}
}

// pathService gives the fields of a service of kind path that leaves out some of
// what the path builds.
func pathService(k *scan.Kustomization, drop func(*scan.Object) bool) map[string]any {
	out := map[string]any{"namespace": cmp.Or(k.Spec.TargetNamespace, k.Namespace), "path": k.Path}
	if said := saidOf(k, drop); len(said) > 0 {
		out["kustomization"] = said
	}
	if k.Spec.Timeout != nil {
		out["timeout"] = k.Spec.Timeout.Duration.String()
	}
	return out
}

// outside gives the fields of a service that applies a Kustomization as it is,
// whose files are not here. Its order is what its own dependsOn says, and what is
// seen of it.
func (im *importer) outside(i int) map[string]any {
	k := im.cluster.Kustomizations[i]
	spec := map[string]any{}
	for field, v := range specFields(k) {
		if field != "dependsOn" {
			spec[field] = v
		}
	}
	out := map[string]any{"namespace": k.Namespace, "manifests": map[string]any{"Kustomization": map[string]any{k.Name: map[string]any{"spec": spec}}}}
	if after := im.after(i); len(after) > 0 {
		out["after"] = after
	}
	return out
}

func specFields(k *scan.Kustomization) map[string]any {
	spec, _ := k.Content["spec"].(map[string]any)
	return spec
}

// after gives the services that a Kustomization waits for, each once.
func (im *importer) after(i int) []any {
	var out []any
	said := map[string]bool{}
	add := func(j int, because string) {
		if name := im.names[j]; unimportable(im.cluster.Kustomizations[j]) == "" && !said[name] {
			said[name] = true
			out = append(out, map[string]any{"service": name, "because": because})
		}
	}
	k := im.cluster.Kustomizations[i]
	for j, other := range im.cluster.Kustomizations {
		for _, d := range k.Spec.DependsOn {
			if d.Name == other.Name && cmp.Or(d.Namespace, k.Namespace) == other.Namespace {
				add(j, "its dependsOn names "+other.ID())
			}
		}
		if s := k.Source(); slices.ContainsFunc(other.Objects, func(o *scan.Object) bool {
			return o.Is(scan.SourceGroup, s.Kind) && o.Name == s.Name && o.Namespace == s.Namespace
		}) {
			add(j, fmt.Sprintf("its files come from %s %s/%s", s.Kind, s.Namespace, s.Name))
		}
	}
	return out
}
