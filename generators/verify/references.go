package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var referenceRules = []rule{
	{diag.Rule{
		Code: "object-reference", Severity: diag.Error,
		Summary: "An object names another object that does not exist: the name refers to an object of the given kind, in the same namespace if the kind has namespaces. The object then waits, or Kubernetes rejects its pods.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {ConfigMap: settings: data: {}, Job: web: spec: template: spec: containers: [{name: "web", image: "web:1", envFrom: [{configMapRef: name: "setings"}]}]}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {ConfigMap: settings: data: {}, Job: web: spec: template: spec: containers: [{name: "web", image: "web:1", envFrom: [{configMapRef: name: "settings"}]}]}}`,
		Source:  "Kubernetes documentation, Configure Pods; the references of cert-manager, External Secrets, CloudNativePG and Flux",
	}, referencesUnknown},
	{diag.Rule{
		Code: "object-key", Severity: diag.Error,
		Summary: "A pod reads a key that its ConfigMap or Secret does not have, so the pod does not start.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {ConfigMap: web: data: level: "info", Job: web: spec: template: spec: containers: [{name: "web", image: "web:1", env: [{name: "LEVEL", valueFrom: configMapKeyRef: {name: "web", key: "log-level"}}]}]}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {ConfigMap: web: data: level: "info", Job: web: spec: template: spec: containers: [{name: "web", image: "web:1", env: [{name: "LEVEL", valueFrom: configMapKeyRef: {name: "web", key: "level"}}]}]}}`,
		Source:  "Kubernetes documentation, Configure a Pod to Use a ConfigMap",
	}, keysUnknown},
}

// reference is a field of an object that names another.
type reference struct {
	from            *Object
	field           string // of the name
	kind, namespace string
	name            string
	key, keyField   string // of a ConfigMap or Secret; empty for none
}

// thing is what a reference may lead to.
type thing struct {
	kind, namespace, name string
	at                    *Object
	keys                  []string // nil where they are not known
}

// things is what the objects make, those that operators make of them among it.
type things struct {
	at    map[[3]string]thing    // the first of a kind, namespace and name
	named map[[2]string][]thing  // all of a kind and name
	names map[[2]string][]string // of all of a kind and namespace
}

// things gives what the objects make.
func (o *objects) things() *things {
	if o.made != nil {
		return o.made
	}
	o.made = &things{map[[3]string]thing{}, map[[2]string][]thing{}, map[[2]string][]string{}}
	for _, x := range o.all {
		t := thing{x.GetKind(), x.GetNamespace(), x.GetName(), x, nil}
		if x.GetKind() == "ConfigMap" || x.GetKind() == "Secret" {
			t.keys = keysIn(x)
		}
		o.made.add(t)
		for _, secret := range secretsOf(x) {
			o.made.add(secret)
		}
	}
	return o.made
}

func (all *things) add(t thing) {
	id, named, in := [3]string{t.kind, t.namespace, t.name}, [2]string{t.kind, t.name}, [2]string{t.kind, t.namespace}
	if _, taken := all.at[id]; !taken {
		all.at[id] = t
	}
	all.named[named] = append(all.named[named], t)
	all.names[in] = append(all.names[in], t.name)
}

// keysIn gives the keys of a ConfigMap or a Secret; nil where they are not known.
func keysIn(x *Object) []string {
	if x.unsure {
		return nil
	}
	keys := []string{}
	for _, field := range []string{"data", "binaryData", "stringData"} {
		data, _ := x.tree(field)
		for key := range data {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// secretsOf gives the Secrets that an operator fills because of an object.
func secretsOf(x *Object) []thing {
	secret := func(name string, keys []string) thing { return thing{"Secret", x.GetNamespace(), name, x, keys} }
	switch x.GroupVersionKind().GroupKind().String() {
	case "ExternalSecret.external-secrets.io":
		name := cmp.Or(x.at("spec.target.name"), x.GetName())
		if x.at("spec.target.creationPolicy") == "None" {
			return nil
		}
		return []thing{secret(name, externalKeys(x))}
	case "Certificate.cert-manager.io":
		return []thing{secret(x.text("spec", "secretName"), []string{"ca.crt", "tls.crt", "tls.key"})}
	case "Ingress.networking.k8s.io":
		var out []thing
		if issued(x) {
			for _, t := range list(x, "spec", "tls") {
				out = append(out, secret(text(t, "secretName"), []string{"ca.crt", "tls.crt", "tls.key"}))
			}
		}
		return out
	case "Cluster.postgresql.cnpg.io":
		var out []thing
		for _, end := range []string{"-app", "-superuser", "-ca", "-server", "-replication"} {
			out = append(out, secret(x.GetName()+end, nil))
		}
		return out
	}
	return nil
}

// issued reports whether cert-manager makes the certificates of an Ingress.
func issued(x *Object) bool {
	a := x.GetAnnotations()
	return a[annotationClusterIssuer] != "" || a[annotationIssuer] != ""
}

// capabilityOf says which capability stands for a kind.
var capabilityOf = map[string]string{
	"StorageClass": model.KindStorageClass, "IngressClass": model.KindIngressClass, "ClusterIssuer": model.KindIssuer,
	"ClusterSecretStore": model.KindSecretStore, "VolumeSnapshotClass": model.KindSnapshotClass, "Secret": model.KindSecret,
}

// resolve finds what a reference leads to; false for none that is seen.
func (o *objects) resolve(r reference) (thing, bool) {
	if t, ok := o.things().at[[3]string{r.kind, r.namespace, r.name}]; ok {
		return t, true
	}
	name := r.name
	if r.namespace != "" {
		name = r.namespace + "/" + name
	}
	return thing{}, o.brings(capabilityOf[r.kind], name)
}

// unseenMaker reports whether something that is not seen may make what a
// reference names. Of what is there once in a cluster, the spec says who brings
// it; a ServiceAccount default is in every namespace.
func (o *objects) unseenMaker(r reference) bool {
	switch {
	case r.kind == "ServiceAccount" && r.name == "default", r.kind == "PriorityClass" && strings.HasPrefix(r.name, "system-"):
		return true
	case r.kind == "HelmRelease" || r.kind == "Kustomization" || r.kind == "HelmRepository":
		return o.ByHand || len(o.Directories) > 0 // charts make none; of hand-written ones, who reads the repository tells
	case strings.HasPrefix(r.field, "spec.valuesFrom"): // a chart is installed with its values, and makes none of them
		return o.findUnseen(r.namespace, r.from).makes(r.name) || o.mirrored(r.name)
	case r.namespace != "" && r.kind == "Secret":
		return o.unseenIn(r.namespace).makesSecret(r.name) || o.mirrored(r.name)
	case r.namespace != "":
		return o.unseenIn(r.namespace).makes(r.name)
	case capabilityOf[r.kind] != "":
		return o.ByHand && o.madeByChart(r)
	}
	return len(o.opaque()) > 0 || len(o.Directories) > 0 || strings.HasPrefix(r.name, "system:") || slices.Contains(builtinRoles, r.name)
}

// builtinRoles are there in every cluster. Source: Kubernetes documentation,
// Using RBAC Authorization, User-facing roles.
var builtinRoles = []string{"admin", "cluster-admin", "edit", "view"}

func referencesUnknown(o *objects, r *diag.Report) {
	all := o.things()
	for _, ref := range o.references() {
		told := !o.ByHand && ref.kind == "Secret" && strings.HasPrefix(ref.field, "spec.values.") // by secret-unknown, over the spec
		if _, ok := o.resolve(ref); ok || told || o.unseenMaker(ref) || o.bound(ref) {
			continue
		}
		where := ""
		if ref.namespace != "" {
			where = fmt.Sprintf(" in namespace %q", ref.namespace)
		}
		f := at(r, ref.from, ref.field, "%s names %s %q, which nothing creates%s", ref.from, ref.kind, ref.name, where)
		f.Advise("%s, or correct the name", o.makeIt(ref)).Propose(ref.name, all.rivals(ref))
		o.twin(f, ref)
		if ref.namespace == "" && capabilityOf[ref.kind] == "" {
			f.Severity = diag.Warning // it may be there before Flux, and the spec has no word for it
		}
		for _, t := range all.named[[2]string{ref.kind, ref.name}] {
			f.Note(t.at.Place("").Pos, "an object of this name is in namespace %q, but the reference does not reach that namespace", t.namespace)
		}
		o.doubt(f, ref, len(f.Notes)+len(diag.Nearest(ref.name, all.rivals(ref))) > 0)
	}
}

// doubt softens a finding of what something unseen may make after all: by hand,
// before Flux, or a chart of the namespace under a name of its own. That one of
// another namespace or of nearly that name is there speaks for a mistake. The
// credentials of sources and stores are made by hand as a rule.
func (o *objects) doubt(f *diag.Finding, ref reference, likely bool) {
	chart := ref.kind == "Secret" && o.unseenIn(ref.namespace).anything
	first := ref.from.GroupVersionKind().Group == "source.toolkit.fluxcd.io" || strings.HasSuffix(ref.from.GetKind(), "SecretStore")
	switch {
	case o.ByHand && first && !likely:
		f.Severity = diag.Info
	case chart || o.ByHand && !likely:
		f.Severity = diag.Warning
	}
}

// makeIt says where an object that lacks is to come from.
func (o *objects) makeIt(ref reference) string {
	switch {
	case o.ByHand:
		return "create it there"
	case ref.from.hand != nil && ref.kind == "Secret":
		return fmt.Sprintf("create it in a directory or in the `secrets` of a service of that namespace; add %q to bootstrap.provides.secrets if it exists before Flux", ref.namespace+"/"+ref.name)
	case ref.from.hand != nil:
		return "create it in the directory"
	}
	return "create it in the manifests of a service of that namespace"
}

// twin notes that the other of two kinds has the name: what is for one namespace
// and what is for all of them are called much the same.
func (o *objects) twin(f *diag.Finding, ref reference) {
	kind, ok := strings.CutPrefix(ref.kind, "Cluster")
	if !ok {
		kind = "Cluster" + ref.kind
	}
	for _, t := range o.things().named[[2]string{kind, ref.name}] {
		if t.namespace == "" || t.namespace == ref.from.GetNamespace() {
			f.Note(t.at.Place("").Pos, "%s %q exists", kind, t.name).Advise("write `kind: %s`", kind)
		}
	}
}

// bound reports whether a claim names a class only to find a volume that is there
// with the same class: no StorageClass needs to be. Source: Kubernetes
// documentation, Persistent Volumes, Class.
func (o *objects) bound(r reference) bool {
	if r.kind != "StorageClass" {
		return false
	}
	return r.from.text("spec", "volumeName") != "" || slices.ContainsFunc(o.of("", "PersistentVolume"), func(v *Object) bool {
		return v.text("spec", "storageClassName") == r.name
	})
}

// madeByChart reports whether the values of a HelmRelease have the name of a
// reference in them: charts make classes, issuers and stores that are said there.
func (o *objects) madeByChart(r reference) bool {
	if o.words == nil {
		o.words = map[string]bool{}
		for _, c := range o.opaque() {
			mentions(c.values, func(key, text string) bool {
				if key != annotationClusterIssuer { // it names one, and makes none
					o.words[key], o.words[text] = true, true
				}
				return false
			})
		}
	}
	return o.words[r.name]
}

// rivals gives the names of what is there of the kind, in the namespace.
func (all *things) rivals(r reference) []string { return all.names[[2]string{r.kind, r.namespace}] }

func keysUnknown(o *objects, r *diag.Report) {
	for _, ref := range o.references() {
		t, ok := o.resolve(ref)
		if !ok || ref.key == "" || t.keys == nil || slices.Contains(t.keys, ref.key) {
			continue
		}
		f := at(r, ref.from, ref.keyField, "%s reads key %q of %s %q, which does not have this key", ref.from, ref.key, ref.kind, ref.name).
			Note(t.at.Place("").Pos, "%s", t.at).
			Advise("use one of its keys: %s", strings.Join(t.keys, ", ")).Propose(ref.key, t.keys)
		if strings.HasPrefix(ref.field, "spec.values.") && !o.namesByRelease(ref.from) {
			f.Severity = diag.Warning // what another chart does with it is not seen
		}
	}
}
