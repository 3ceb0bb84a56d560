package check

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

var secretUseRules = []rule{
	{diag.Rule{
		Code: "secret-unknown", Severity: diag.Error,
		Summary: "A pod starts only if each Secret that it names exists in its namespace, and Flux applies a directory only if the Secrets that it reads for it exist. Where a chart may create the Secret, or somebody creates it before Flux, the finding is a warning.",
		Wrong:   `cluster: services: web: {secrets: web: keys: token: {item: "Web", property: "token"}, helm: values: env: [{name: "TOKEN", valueFrom: secretKeyRef: {name: "wbe", key: "token"}}]}`,
		Right:   `cluster: services: web: {secrets: web: keys: token: {item: "Web", property: "token"}, helm: values: env: [{name: "TOKEN", valueFrom: secretKeyRef: {name: "web", key: "token"}}]}`,
		Source:  "Kubernetes documentation, Secrets, using Secrets",
	}, secretsUnknown},
}

// secretUse is a place that names a Secret.
type secretUse struct {
	service   *model.Service
	release   string // of the chart in whose values it stands; empty for none
	by        string // as `Deployment "web"`
	namespace string
	name      model.At[string]
	keys      []model.At[string]
	chart     bool // it stands in a chart's values
	before    bool // Flux itself reads it, and people make such Secrets before Flux
	builtin   bool // it stands in an object of Kubernetes' own
	plain     bool // a name alone; what it is for only the chart or the operator knows
}

// secretUses gives what the values of charts and the inline objects name, and what
// Flux reads to apply a directory.
func secretUses(c *model.Cluster) []secretUse {
	var out []secretUse
	for _, s := range c.Services {
		for _, i := range installsOf(s) {
			if !i.Rendered { // of what is rendered, the pods tell
				of := secretUse{service: s, release: i.release(), namespace: i.into(), chart: true, by: fmt.Sprintf("HelmRelease %q", i.Name)}
				out = append(out, usesIn(i.values(), of)...)
			}
		}
		out = append(out, fluxUses(c, s)...)
		for _, m := range manifests(s) {
			if m.Kind.V == "HelmRelease" {
				continue
			}
			_, builtin := release.BuiltinKind(m.Kind.V)
			of := secretUse{service: s, namespace: namespaceOf(s, m), builtin: builtin, by: fmt.Sprintf("%s %q", m.Kind.V, m.Name.V)}
			out = append(out, usesIn(m.Body, of)...)
		}
	}
	return out
}

// fluxUses gives the Secrets that Flux reads to apply the directory of a service:
// for its variables, and to decrypt it.
func fluxUses(c *model.Cluster, s *model.Service) []secretUse {
	if !s.Directory.IsSet() || c.Flux == nil {
		return nil
	}
	var out []secretUse
	add := func(name *model.Tree) {
		out = append(out, secretUse{service: s, namespace: c.Flux.Namespace.V, before: true, name: secretName(name), by: fmt.Sprintf("Flux, for service %q,", s.Name.V)})
	}
	for _, ref := range s.Kustomization.Lookup("postBuild", "substituteFrom").Items() {
		if ref.Lookup("kind").Text() == "Secret" && ref.Lookup("optional").Text() != "true" {
			add(ref.Lookup("name"))
		}
	}
	add(s.Kustomization.Lookup("decryption", "secretRef", "name"))
	return slices.DeleteFunc(out, func(u secretUse) bool { return u.name.V == "" })
}

// usesIn gives what a tree names, each like the use given.
func usesIn(t *model.Tree, like secretUse) []secretUse {
	var out []secretUse
	t.Walk(func(parent *model.Tree) {
		for _, field := range parent.Map {
			if u := useAt(parent, field, like); u.name.V != "" && u.namespace != "" {
				out = append(out, u)
			}
		}
	})
	return out
}

// useAt fills a use from a field that names a Secret; it has no name where the
// field does not, or need not be there.
func useAt(parent, field *model.Tree, u secretUse) secretUse {
	name, around := field.Lookup("name"), field
	switch field.Key {
	case "secretKeyRef", "secretRef":
	case "secretName", "existingSecret", "existingSecretName":
		u.plain = !u.builtin
		if !field.IsMap {
			name, around = field, parent
		}
	default:
		return u
	}
	if optional := around.Lookup("optional"); optional == nil || optional.Scalar != true {
		u.name = secretName(name)
		u.keys = keysRead(around, field)
	}
	if own := wordAt(field, "namespace"); own != "" {
		u.namespace = own
	}
	return u
}

// keysRead gives the keys that a reference names: one, or the items of a volume.
func keysRead(around, field *model.Tree) []model.At[string] {
	if around == field {
		if key := wordOf(field.Lookup("key")); key.V != "" {
			return []model.At[string]{key}
		}
		return nil
	}
	var out []model.At[string]
	if items := around.Lookup("items"); items != nil && around.Key == "secret" {
		for _, i := range items.List {
			if key := wordOf(i.Lookup("key")); key.V != "" {
				out = append(out, key)
			}
		}
	}
	return out
}

// wordOf gives a text with its place; unset for anything else.
func wordOf(t *model.Tree) model.At[string] {
	text, ok := t.Plain().(string)
	if !ok || text == "" {
		return model.At[string]{}
	}
	return model.At[string]{V: text, Pos: t.Pos, Path: t.Path}
}

// secretName gives a name that is one; unset for a template of a chart.
func secretName(t *model.Tree) model.At[string] {
	w := wordOf(t)
	if strings.ContainsAny(w.V, "{}$() ") {
		return model.At[string]{}
	}
	return w
}

func secretsUnknown(c *model.Cluster, r *diag.Report) {
	all := secretsMade(c)
	for _, u := range secretUses(c) {
		if names := namesIn(all, u.namespace); !slices.Contains(names, u.name.V) {
			u.unknown(c, r, all, u.near(names))
		}
	}
}

// unknown reports a use of a Secret that nothing is seen to make.
func (u secretUse) unknown(c *model.Cluster, r *diag.Report, all []madeSecret, near []string) {
	f := at(r, u.name, "%s reads Secret %q, which nothing creates in namespace %q", u.by, u.name.V, u.namespace).Advise("%s", u.remedy())
	if len(near) > 0 {
		f.Advise("did you mean %s?", diag.OneOf(near))
	}
	for _, m := range all {
		if m.name == u.name.V {
			f.Note(m.pos, "a Secret of this name is in namespace %q, where only the pods of that namespace read it", m.namespace)
		}
	}
	if !u.certain(c, len(near) > 0) {
		f.Severity = diag.Warning
		f.Message = fmt.Sprintf("%s reads Secret %q, but nothing in the spec creates it in namespace %q", u.by, u.name.V, u.namespace)
	}
}

// namesIn gives the names of the Secrets of a namespace.
func namesIn(all []madeSecret, namespace string) []string {
	var out []string
	for _, m := range all {
		if m.namespace == namespace || m.namespace == "" {
			out = append(out, m.name)
		}
	}
	return out
}

// certain reports whether nothing unseen makes the Secret: a chart names its
// own for its release, and who lists the Secrets of a namespace lists them all.
func (u secretUse) certain(c *model.Cluster, near bool) bool {
	others := unseenMakers(c, u.namespace)
	switch {
	case u.plain, u.before, others.any:
		return false
	case near:
		return true
	case others.makes(u.name.V):
		return false
	}
	return listsSecrets(c, u.namespace) || !u.chart && others.none()
}

func listsSecrets(c *model.Cluster, namespace string) bool {
	return slices.ContainsFunc(c.Services, func(s *model.Service) bool { return s.Namespace.V == namespace && len(s.Secrets) > 0 })
}

// near gives the names that this one may have meant. What a chart names for its
// release is compared without it, or all of them would be near.
func (u secretUse) near(names []string) []string {
	prefix := u.release + "-"
	rest, ok := strings.CutPrefix(u.name.V, prefix)
	if !ok || !u.chart {
		return diag.Nearest(u.name.V, names)
	}
	var ends []string
	for _, n := range names {
		if end, ok := strings.CutPrefix(n, prefix); ok {
			ends = append(ends, end)
		}
	}
	near := diag.Nearest(rest, ends)
	for i := range near {
		near[i] = prefix + near[i]
	}
	return near
}

// remedy says how the Secret can come about.
func (u secretUse) remedy() string {
	full := u.namespace + "/" + u.name.V
	switch {
	case u.before:
		return fmt.Sprintf("add %q to bootstrap.provides.secrets if it exists before Flux, or create it in a directory", full)
	case u.service.Directory.IsSet():
		return fmt.Sprintf("create it in a directory, or in the `secrets` of a service of that namespace; if something else creates it, write `provides: secrets: [%q]`", full)
	case u.chart:
		return fmt.Sprintf("add it to services.%s.secrets; if the chart creates it, write `provides: secrets: [%q]`", u.service.Name.V, full)
	default:
		return fmt.Sprintf("add it to the `secrets` of a service of that namespace; if something else creates it, add %q to `provides.secrets` of the service that creates it, or of bootstrap", full)
	}
}
