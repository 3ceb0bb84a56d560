package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
)

var graphRules = []rule{
	{diag.Rule{
		Code: "self-blocking", Severity: diag.Error,
		Summary: "A directory installs a kind by a Helm release and has objects of this kind. On a fresh cluster Flux never applies the directory: Flux applies a whole unit at once, before the chart is installed. (Objects in the spec itself get a separate unit <name>-config.)",
		Wrong:   `cluster: services: "cert-manager": {path: "apps/cert-manager"} // a HelmRelease and a ClusterIssuer`,
		Right:   `cluster: services: {"cert-manager": {path: "apps/cert-manager/app"}, issuers: path: "apps/cert-manager/issuers"}`,
		Source:  "Flux kustomize-controller: server-side dry run of the whole set before it is applied",
	}, selfBlocking},
	{diag.Rule{
		Code: "need-unprovided", Severity: diag.Error,
		Summary: "A unit needs something that no unit provides and that does not exist before Flux (bootstrap.provides).",
		Wrong:   `cluster: services: db: databases: main: storageClass: "fast"`,
		Right:   `cluster: services: {storage: provides: storageClasses: ["fast"], db: databases: main: storageClass: "fast"}`,
	}, unprovided},
	{diag.Rule{
		Code: "two-providers", Severity: diag.Error,
		Summary: "Two units provide the same class, store, issuer, database or API group: they overwrite each other, and no order follows.",
		Wrong:   `cluster: services: {a: provides: storageClasses: ["fast"], b: provides: storageClasses: ["fast"]}`,
		Right:   `cluster: services: a: provides: storageClasses: ["fast"]`,
	}, twoProviders},
}

// pathOf gives the CUE path of what a unit follows from, where it is one field.
func pathOf(u *model.Unit) string {
	switch {
	case u.Service != nil:
		return u.Service.Name.Path
	case u.Outpost != nil:
		return u.Outpost.Name.Path
	}
	return ""
}

// selfBlocking leaves webhooks out: where a unit's own webhook admits its
// objects, its CRD is the finding.
func selfBlocking(c *model.Cluster, r *diag.Report) {
	for _, u := range c.Units {
		for _, n := range u.Needs {
			i := slices.IndexFunc(u.Provides, func(f model.Fact) bool { return f.ByChart && f.Capability == n.Capability })
			if i < 0 || n.Kind != model.KindCRD || n.ByChart || exists(c, n.Capability) {
				continue
			}
			r.Add(n.Pos, pathOf(u), fmt.Sprintf("%s is of API group %q, which a chart in the same directory, of service %q, installs", n.What, n.Name, u.Name)).
				Note(u.Provides[i].Pos, "the chart installs the API group").
				Advise("move it to a directory and a service of its own; it then waits for %s", u.Name)
		}
	}
}

// exists reports whether a capability is there before Flux.
func exists(c *model.Cluster, capability model.Capability) bool {
	return slices.ContainsFunc(c.Existing, func(f model.Fact) bool { return f.Capability == capability })
}

func unprovided(c *model.Cluster, r *diag.Report) {
	provided := map[model.Capability]bool{}
	names := map[string][]string{}
	for _, name := range volumeClasses(c) {
		provided[model.Capability{Kind: model.KindStorageClass, Name: name}] = true
	}
	for _, f := range facts(c) {
		if !provided[f.Capability] {
			provided[f.Capability] = true
			names[f.Kind] = append(names[f.Kind], f.Name)
		}
	}
	for _, u := range c.Units {
		for _, n := range u.Needs {
			if provided[n.Capability] || n.Name == "" || n.Guess || ruledElsewhere(n.Capability) || n.ByChart && written(u, n.Capability) {
				continue
			}
			r.Add(n.Pos, pathOf(u), fmt.Sprintf("nothing provides %s %q, which %s needs", title(n.Kind), n.Name, cmp.Or(n.What, "service "+u.Name))).
				Advise("%s", provideBy(n.Capability, names[n.Kind])).
				Propose(n.Name, names[n.Kind])
		}
	}
}

// written reports whether what a unit needs stands outside of its charts too: in
// the values of one.
func written(u *model.Unit, need model.Capability) bool {
	return slices.ContainsFunc(u.Needs, func(n model.Need) bool { return !n.ByChart && n.Capability == need })
}

// volumeClasses gives the classes of volumes that are there: a claim may name one
// only to find its volume, and no StorageClass needs to be. Source: Kubernetes
// documentation, Persistent Volumes, Class.
func volumeClasses(c *model.Cluster) []string {
	var out []string
	for _, u := range c.Units {
		for _, o := range depend.Objects(u) {
			if o.Is("", "PersistentVolume") {
				out = append(out, o.Text("spec", "storageClassName"))
			}
		}
	}
	return out
}

// ruledElsewhere names what nobody has to bring, or what a rule with a better
// sentence asks for: a chart repository is a reference, or Cilium's; a store or
// an issuer of a namespace is an object that another names. What a variable stands
// for in a directory is not known.
func ruledElsewhere(n model.Capability) bool {
	if strings.Contains(n.Name, "${") {
		return true
	}
	switch n.Kind {
	case model.KindWebhook, model.KindChartSource:
		return true
	case model.KindSecretStore, model.KindIssuer:
		return strings.Contains(n.Name, "/")
	}
	return false
}

// facts gives all that is there or comes.
func facts(c *model.Cluster) []model.Fact {
	out := slices.Clone(c.Existing)
	for _, u := range c.Units {
		out = append(out, u.Provides...)
	}
	return out
}

// title is how a sentence calls a kind of capability.
func title(kind string) string {
	switch kind {
	case model.KindCRD:
		return "the API group"
	case model.KindSecret:
		return "the Secret"
	case model.KindService:
		return "the Service"
	}
	return "the " + strings.ReplaceAll(kind, "-", " ")
}

// fields are where a spec says that something is brought.
var fields = map[string]string{
	model.KindCRD: "crds", model.KindStorageClass: "storageClasses", model.KindSnapshotClass: "snapshotClasses",
	model.KindIngressClass: "ingressClasses", model.KindSecretStore: "secretStores", model.KindIssuer: "issuers",
	model.KindDatabase: "databases", model.KindIdentity: "identity", model.KindSecret: "secrets",
	model.KindService: "services", model.KindNetwork: "networks", model.KindGatewayClass: "gatewayClasses",
	model.KindRuntimeClass: "runtimeClasses", model.KindPriorityClass: "priorityClasses", model.KindDeviceClass: "deviceClasses",
	model.KindDevice: "devices", model.KindNodeLabel: "nodeLabels",
}

// byName are kinds of objects whose second maker two-owners tells of, and labels,
// which several may set.
var byName = []string{model.KindSecret, model.KindService, model.KindNetwork, model.KindNodeLabel}

// maxNames is how many names a help line lists.
const maxNames = 5

func provideBy(n model.Capability, names []string) string {
	way := newProvider(n)
	few := len(names) > 0 && len(names) <= maxNames
	if few && n.Kind != model.KindCRD && n.Kind != model.KindSecret {
		return fmt.Sprintf("use %s, or %s", diag.OneOf(names), way)
	}
	return way
}

func newProvider(n model.Capability) string {
	switch field := fields[n.Kind]; {
	case n.Kind == model.KindSecret:
		return fmt.Sprintf("add it to the `secrets` of the service, or add %q to bootstrap.provides.secrets if it exists before Flux", n.Name)
	case field != "":
		return fmt.Sprintf("write `provides: %s: [%q]` in the service that provides it, or in bootstrap if it exists before Flux", field, n.Name)
	}
	return "add what provides it"
}

// twoProviders looks at what a spec can say that it brings. Several units may
// admit the objects of one API group.
func twoProviders(c *model.Cluster, r *diag.Report) {
	type provider struct {
		unit *model.Unit
		pos  diag.Pos
	}
	first := map[model.Capability]provider{}
	for _, u := range c.Units {
		for _, f := range u.Provides {
			if fields[f.Kind] == "" && f.Kind != model.KindPool || slices.Contains(byName, f.Kind) {
				continue
			}
			other, taken := first[f.Capability]
			if !taken {
				first[f.Capability] = provider{u, f.Pos}
				continue
			}
			if (other.unit != u || other.pos != f.Pos) && !installTwice(f, other.unit, u) {
				r.Add(f.Pos, pathOf(u), fmt.Sprintf("%s %q has two providers, %s and %s", title(f.Kind), f.Name, other.unit.Name, u.Name)).
					Note(other.pos, "%s provides it", other.unit.Name).
					Advise("keep it in the unit that really provides it")
			}
		}
	}
}

// installTwice reports whether charts that stand in files install the same kinds:
// the second finds them there, and people release one chart twice.
func installTwice(f model.Fact, a, b *model.Unit) bool {
	return f.Kind == model.KindCRD && f.ByChart && len(a.Objects) > 0 && len(b.Objects) > 0
}
