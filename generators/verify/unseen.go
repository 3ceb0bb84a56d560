package verify

import (
	"regexp"
	"slices"
	"strings"

	"ichor/schema/model"
	"ichor/schema/release"
)

// unseen is what makes objects in a namespace that do not stand in the output.
type unseen struct {
	loosely  bool     // names of others may stand anywhere in what is made
	anything bool     // charts, directories and what was before Flux: their objects may have any name
	beyond   bool     // there is more of that than charts whose values are seen
	charts   []string // how the names of what these charts make begin, but for some
	strange  bool     // nobody knows the Services of one of these charts
	services []string // of these charts, where they are known
	known    []string // of the owners, those whose Secrets are all known by their names
	owners   []string // objects of operators: what these make is named for them
}

// none reports whether all objects of the namespace stand in the output.
func (u unseen) none() bool { return !u.anything && len(u.owners) == 0 }

// makes reports whether an object of a name may be of one of them.
func (u unseen) makes(name string) bool {
	return u.anything || slices.ContainsFunc(u.owners, func(p string) bool {
		return model.NamedFor(name, []string{p}) || u.loosely && within(name, p)
	})
}

// leastWithin is the length from which on the name of an owner that stands inside
// another name is no accident.
const leastWithin = 4

// within reports whether a name has another one as a part between hyphens.
func within(name, part string) bool {
	return len(part) >= leastWithin && strings.Contains("-"+name+"-", "-"+part+"-")
}

// makesSecret is makes of a Secret. That a chart names one for something else
// than its release is possible, and no reason to take one for made.
func (u unseen) makesSecret(name string) bool {
	u.owners = slices.DeleteFunc(slices.Concat(u.owners, u.charts), func(o string) bool { return slices.Contains(u.known, o) })
	u.anything = u.beyond
	return u.makes(name)
}

// makesService is makes of a Service: the Services of some charts are known, and
// operators call what they make for these -operated.
func (u unseen) makesService(name string) bool {
	if slices.Contains(u.services, name) || strings.HasSuffix(name, "-operated") {
		return true
	}
	u.owners = slices.Concat(u.owners, u.charts)
	u.anything = u.beyond || u.strange
	return u.makes(name)
}

// unseenIn gives what makes unseen objects in a namespace; the empty one is not
// known.
func (o *objects) unseenIn(namespace string) unseen {
	if o.neighbours.unseen == nil {
		o.neighbours.unseen = map[string]unseen{}
	}
	u, ok := o.neighbours.unseen[namespace]
	if !ok {
		u = o.findUnseen(namespace, nil)
		o.neighbours.unseen[namespace] = u
	}
	return u
}

// findUnseen looks at all objects but one, for what that one cannot wait for.
func (o *objects) findUnseen(namespace string, but *Object) unseen {
	own := slices.ContainsFunc(o.of("", "Namespace"), func(x *Object) bool { return x.GetName() == namespace })
	u := unseen{loosely: o.ByHand, beyond: namespace == "" || slices.Contains(o.Directories, namespace) || !own && (len(o.Directories) > 0 || o.older(namespace))}
	for _, x := range o.all {
		switch gvk := x.GroupVersionKind(); {
		case x == but:
		case x.obscure(namespace):
			u.beyond = true
		case gvk.Group == groupHelm:
			o.ofChart(&u, x, namespace)
		case gvk.Group == "kustomize.toolkit.fluxcd.io":
			u.beyond = u.beyond || x.Unit != "" // what it applies is not read
		case inert(gvk.Group, gvk.Kind):
		case x.GetNamespace() != namespace:
			u.beyond = u.beyond || (o.ByHand || x.hand != nil) && x.GetNamespace() == "" && x.makesAnywhere()
		case gvk.Kind == "Gateway":
			u.beyond = true // each controller has another name for its Service
		default:
			u.owners = append(u.owners, x.GetName())
			if gvk.GroupKind().String() == "Cluster.postgresql.cnpg.io" {
				u.known = append(u.known, x.GetName())
			}
		}
	}
	u.anything = u.beyond || len(u.charts) > 0
	return u
}

// ofChart adds what a HelmRelease makes in a namespace: anything, but for a chart
// that names all it makes for its release.
func (o *objects) ofChart(u *unseen, x *Object, namespace string) {
	values, _ := x.tree("spec", "values")
	c := chart{x, o.chartOf(x), values}
	if targetNamespace(x) != namespace || x.rendered {
		u.beyond = u.beyond || c.moves(func(to string) bool { return to == namespace })
		return
	}
	names, all := model.ReleaseNames(x.Object)
	switch {
	case o.namesByRelease(x):
		u.owners = append(u.owners, names...)
		if !o.templatesSecret(x) {
			u.known = append(u.known, names...)
		}
	case all:
		u.charts = append(u.charts, names...)
		u.strange = u.strange || o.makesOthers(c)
		for _, s := range o.Charts[c.name].Services {
			u.services = append(u.services, s.In(names[0], c.name))
		}
	default:
		u.beyond = true
	}
}

// makesOthers reports whether a release may make Services that the table does not
// know and that are not named for it: where the table has none, or one of a name of
// its own, as operators do, or where the values have whole objects.
func (o *objects) makesOthers(c chart) bool {
	known := o.Charts[c.name].Services
	own := func(s model.ChartService) bool { return !strings.Contains(s.Name, "{{") }
	return len(known) == 0 || slices.ContainsFunc(known, own) || o.unlike(c) || mentions(c.values, wholeService)
}

// serviceInText is a Service in a text of values.
var serviceInText = regexp.MustCompile(`\bkind: *["']?Service\b`)

// wholeService reports whether a value is a whole Service.
func wholeService(key, text string) bool {
	return key == "kind" && text == "Service" || serviceInText.MatchString(text)
}

// templatesSecret reports whether the values of the chart app-template make a
// Secret: it has none of its own.
func (o *objects) templatesSecret(x *Object) bool {
	values, _ := x.tree("spec", "values")
	return mentions(values, func(key, _ string) bool { return key == "secrets" || key == "staticToken" })
}

// namesByRelease reports whether all that a HelmRelease makes has a name that
// begins with that of the release: what the chart app-template makes, unless its
// values rename something. Source: its common library, names of resources.
func (o *objects) namesByRelease(x *Object) bool {
	if o.chartOf(x) != "app-template" || len(list(x, "spec", "valuesFrom")) > 0 {
		return false
	}
	values, _ := x.tree("spec", "values")
	return !mentions(values, func(key, _ string) bool {
		return slices.Contains([]string{"nameOverride", "fullnameOverride", "forceRename", "rawResources", "suffix", "prefix"}, key)
	})
}

// makesAnywhere reports whether an object in no namespace may make others in any:
// those of operators do, unless it is known that they do not. Of Kyverno's policies
// only those do that generate.
func (o *Object) makesAnywhere() bool {
	group := o.GroupVersionKind().Group
	if strings.HasSuffix(group, "kyverno.io") {
		return strings.HasSuffix(o.GetKind(), "GeneratingPolicy") || mentions(o.Object, func(key, _ string) bool { return key == "generate" })
	}
	return !model.Setting(group)
}

var makers = []string{"Alertmanager", "Gateway", "Prometheus", "PrometheusAgent", "ThanosRuler"}

// inert reports whether the objects of a kind become no others. Of Kubernetes'
// own, only those do whose pods are seen in them.
func inert(group, kind string) bool {
	if model.Inert(group) {
		return !slices.Contains(makers, kind)
	}
	_, builtin := release.BuiltinKind(kind)
	return builtin && (!strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io"))
}
