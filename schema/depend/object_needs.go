package depend

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// wants gathers what objects need.
type wants struct {
	sources map[string]*model.Object // objects of Flux's sources by kind/namespace/name
	needs   []model.Need
}

func (w *wants) add(kind, name string, o *model.Object, pos diag.Pos) *model.Need {
	r := ruleOf(kind)
	w.needs = append(w.needs, model.Need{
		Capability: model.Capability{Kind: kind, Name: name}, Soft: r.strength == soft, Weak: r.strength == weak, Guess: !slices.Contains(sure, kind), What: what(o), Pos: pos,
	})
	return &w.needs[len(w.needs)-1]
}

// what names an object for a sentence, and whose chart makes it.
func what(o *model.Object) string {
	name := o.Kind + " " + o.Name
	if o.Release != nil {
		name += " of HelmRelease " + o.Release.Name
	}
	return name
}

// sure are the kinds of capabilities that an object names without a doubt, and
// that somebody has to bring.
var sure = []string{
	model.KindCRD, model.KindSecretStore, model.KindStorageClass, model.KindSnapshotClass, model.KindIngressClass, model.KindIssuer,
}

// Needs gives what objects need to be applied and to become ready, by every row
// of the table of object rules. sources are the objects of Flux's sources.
func Needs(objects []*model.Object, sources map[string]*model.Object) []model.Need {
	w := &wants{sources: sources}
	for _, o := range objects {
		if o.Unsure {
			continue // it may need nothing of that
		}
		before := len(w.needs)
		for _, find := range objectRules {
			find(w, o)
		}
		for i := range w.needs[before:] {
			w.needs[before+i].ByChart = o.Release != nil
		}
	}
	return w.needs
}

// objectRules is what is asked of every object.
var objectRules = []func(*wants, *model.Object){
	(*wants).kind, (*wants).namespace, (*wants).stores, (*wants).issuers, (*wants).instances,
	(*wants).gateways, (*wants).release, (*wants).networks, (*wants).devices, (*wants).fields, (*wants).names, (*wants).seeds, (*wants).logins,
}

// kind needs the CRD of an object, the controller that works on it, and the
// webhook that admits it.
func (w *wants) kind(o *model.Object) {
	group := customGroup(o.Group + "/" + o.Version)
	switch {
	case group == "":
	case watches(o):
		w.add(model.KindCRD, group, o, o.Pos)
		w.add(model.KindMonitoring, group, o, o.Pos)
	default:
		w.add(model.KindCRD, group, o, o.Pos)
		w.add(model.KindOperator, group, o, o.Pos)
		w.add(model.KindWebhook, group, o, o.Pos)
	}
}

// watchers are API groups whose objects only watch others, or tell a name server
// of them: nothing waits for what their controllers do.
var watchers = []string{
	"monitoring.coreos.com", "grafana.integreatly.org", "observability.giantswarm.io", "operator.victoriametrics.com",
	"policyreporter.kyverno.io", "notification.toolkit.fluxcd.io", "externaldns.k8s.io",
}

func watches(o *model.Object) bool {
	return slices.Contains(watchers, o.Group) && !slices.Contains(watching, o.Kind)
}

// watching are kinds of those groups that are programs themselves: without their
// controller they do not run.
var watching = []string{"Grafana", "Prometheus", "Alertmanager", "ThanosRuler", "PrometheusAgent", "VMSingle", "VMCluster", "VMAgent", "VMAlert", "VMAlertmanager"}

func (w *wants) namespace(o *model.Object) {
	if o.Namespace != "" {
		w.add(model.KindNamespace, o.Namespace, o, o.Pos).What = "its objects"
	}
}

// stores finds the secret stores that External Secrets' objects read, and their
// generators.
func (w *wants) stores(o *model.Object) {
	if o.Group != "external-secrets.io" {
		return
	}
	o.Body.Walk(func(t *model.Tree) {
		switch t.Key {
		case "secretStoreRef", "storeRef":
			w.store(o, t)
		case "secretStoreRefs":
			for _, item := range t.List {
				w.store(o, item)
			}
		}
	})
}

func (w *wants) store(o *model.Object, ref *model.Tree) {
	name := ref.Lookup("name").Text()
	switch {
	case name == "":
	case ref.Lookup("kind").Text() == "ClusterSecretStore":
		w.add(model.KindSecretStore, name, o, ref.Pos)
	default:
		w.add(model.KindSecretStore, o.Namespace+"/"+name, o, ref.Pos)
	}
}

// issuers finds who signs: the reference of a Certificate, and the annotations
// of what cert-manager makes certificates for, which works without at first.
func (w *wants) issuers(o *model.Object) {
	if o.Group == "cert-manager.io" {
		w.issuer(o, o.Body.Lookup("spec", "issuerRef"))
	}
	annotations := o.Body.Lookup("metadata", "annotations")
	if name := annotations.Lookup("cert-manager.io/cluster-issuer"); name != nil {
		w.add(model.KindIssuer, name.Text(), o, name.Pos).Soft = o.Kind != "Gateway"
	}
	if name := annotations.Lookup("cert-manager.io/issuer"); name != nil {
		w.add(model.KindIssuer, o.Namespace+"/"+name.Text(), o, name.Pos).Soft = o.Kind != "Gateway"
	}
}

func (w *wants) issuer(o *model.Object, ref *model.Tree) {
	switch name := ref.Lookup("name").Text(); {
	case name == "":
	case ref.Lookup("kind").Text() == "ClusterIssuer":
		w.add(model.KindIssuer, name, o, ref.Pos)
	default:
		w.add(model.KindIssuer, o.Namespace+"/"+name, o, ref.Pos)
	}
}

// instances finds the objects that an object is a part of: by references that
// name a kind, and by kinds that belong to an instance of their operator.
func (w *wants) instances(o *model.Object) {
	o.Body.Walk(func(t *model.Tree) {
		kind, name := t.Lookup("kind").Text(), t.Lookup("name").Text()
		if kind == "" || name == "" || t.Key == "sourceRef" || t.Key == "chartRef" || !strings.HasSuffix(t.Key, "Ref") && !strings.HasSuffix(t.Key, "Refs") {
			return
		}
		w.add(model.KindInstance, kind+"/"+cmp.Or(t.Lookup("namespace").Text(), o.Namespace)+"/"+name, o, t.Pos)
	})
	for _, p := range parts {
		if name := o.Text(strings.Split(p.field, ".")...); p.group == o.Group && slices.Contains(p.kinds, o.Kind) && name != "" {
			w.add(model.KindInstance, p.of+"/"+o.Namespace+"/"+name, o, o.Place(p.field))
		}
	}
	if of, ok := instanceKinds[o.Group]; ok && o.Kind != of {
		w.add(model.KindInstance, of+"/*", o, o.Pos)
	}
}

// part is a kind whose objects name the instance that they belong to, without
// its kind.
type part struct {
	group string
	kinds []string
	field string
	of    string
}

var parts = []part{
	{"postgresql.cnpg.io", []string{"Database", "ScheduledBackup", "Backup", "Pooler", "Subscription", "Publication"}, "spec.cluster.name", "Cluster"},
	{"volsync.backube", []string{"ReplicationDestination"}, "spec.external.provider", "Provider"},
	{"ceph.rook.io", []string{"CephObjectStoreUser"}, "spec.store", "CephObjectStore"},
	{"k8s.mariadb.com", []string{"Database", "User", "Grant", "Backup", "Connection"}, "spec.mariaDbRef.name", "MariaDB"},
}

// instanceKinds are kinds of an API group that the others of the group are given
// to, wherever it runs: identity providers and their clients.
var instanceKinds = map[string]string{
	"pocketid.internal": "PocketIDInstance", "kaniop.rs": "Kanidm",
	"garage.rajsingh.info": "GarageCluster", "keycloak.hostzero.com": "KeycloakInstance",
}

// gateways finds what routes an object's traffic, which nothing waits for, and
// the Services behind a route.
func (w *wants) gateways(o *model.Object) {
	o.Body.Walk(func(t *model.Tree) {
		switch t.Key {
		case "parentRefs":
			for _, ref := range t.List {
				w.add(model.KindGateway, cmp.Or(ref.Lookup("namespace").Text(), o.Namespace)+"/"+ref.Lookup("name").Text(), o, ref.Pos)
			}
		case "backendRefs":
			for _, ref := range t.List {
				w.backend(o, ref)
			}
		case "gatewayClassName":
			w.add(model.KindGatewayClass, t.Text(), o, t.Pos)
		}
	})
}

func (w *wants) backend(o *model.Object, ref *model.Tree) {
	name := ref.Lookup("name").Text()
	if name == "" || cmp.Or(ref.Lookup("kind").Text(), "Service") != "Service" {
		return
	}
	n := w.add(model.KindService, cmp.Or(ref.Lookup("namespace").Text(), o.Namespace)+"/"+name, o, ref.Pos)
	n.Soft = o.Is("gateway.envoyproxy.io", "SecurityPolicy") // a login in front of an application does not stop it
}

// release finds what a HelmRelease needs to be installed: its chart, its values,
// the releases it waits for, and the charts it builds on.
func (w *wants) release(o *model.Object) {
	if !o.Is("helm.toolkit.fluxcd.io", "HelmRelease") {
		return
	}
	in := func(t *model.Tree) string { return cmp.Or(t.Lookup("namespace").Text(), o.Namespace) }
	for _, ref := range []*model.Tree{o.Body.Lookup("spec", "chartRef"), o.Body.Lookup("spec", "chart", "spec", "sourceRef")} {
		if ref != nil {
			w.add(model.KindSource, ref.Lookup("kind").Text()+"/"+in(ref)+"/"+ref.Lookup("name").Text(), o, ref.Pos)
		}
	}
	for _, ref := range o.Body.Lookup("spec", "valuesFrom").Items() {
		n := w.add(model.KindValues, ref.Lookup("kind").Text()+"/"+o.Namespace+"/"+ref.Lookup("name").Text(), o, ref.Pos)
		n.Soft = ref.Lookup("optional").Text() == "true"
	}
	for _, ref := range o.Body.Lookup("spec", "dependsOn").Items() {
		w.add(model.KindRelease, in(ref)+"/"+ref.Lookup("name").Text(), o, ref.Pos)
	}
	if c, ok := ChartOf(chartOf(o, w.sources)); ok {
		w.chart(o, c)
	}
	o.Body.Lookup("spec", "values").Walk(func(t *model.Tree) {
		if monitorKey.MatchString(t.Key) && (t.Text() == "true" || t.Lookup("enabled").Text() == "true") {
			w.add(model.KindMonitoring, "monitoring.coreos.com", o, t.Pos)
		}
	})
}

// monitorKey is a value of a chart that makes an object of the Prometheus
// operator.
var monitorKey = regexp.MustCompile(`^(serviceMonitor|podMonitor|prometheusRule|grafanaDashboard)s?$`)

// chart needs the charts that a chart builds on, and the kinds that it works on
// where it does not bring them.
func (w *wants) chart(o *model.Object, c model.Chart) {
	for _, name := range c.Needs {
		w.add(model.KindChart, name, o, o.Pos)
	}
	for _, group := range c.Operates {
		if withoutCRDs(o) || !slices.Contains(c.CRDs, group) {
			w.add(model.KindCRD, group, o, o.Pos).What = "what HelmRelease " + o.Name + " works on"
		}
	}
}

// seeds makes a Certificate wait for the Secret that it would issue anew: one
// that is restored first keeps the certificate.
func (w *wants) seeds(o *model.Object) {
	if !o.Is("cert-manager.io", "Certificate") {
		return
	}
	if name := o.Text("spec", "secretName"); name != "" {
		w.add(model.KindSeed, o.Namespace+"/"+name, o, o.Place("spec.secretName"))
	}
}
