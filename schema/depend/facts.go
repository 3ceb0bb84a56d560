package depend

import (
	"cmp"
	"strings"

	"ichor/schema/model"
)

// facts gathers what objects bring.
type facts struct{ all []model.Fact }

func (f *facts) add(kind, name string, o *model.Object) {
	if name != "" {
		f.all = append(f.all, model.Fact{Capability: model.Capability{Kind: kind, Name: name}, Pos: o.Pos})
	}
}

// chart adds what a HelmRelease brings once it is installed.
func (f *facts) chart(kind string, names []string, o *model.Object) {
	for _, name := range names {
		f.all = append(f.all, model.Fact{Capability: model.Capability{Kind: kind, Name: name}, Pos: o.Pos, ByChart: true})
	}
}

// clusterKinds are kinds whose objects are named over the whole cluster and
// bring what has their name.
var clusterKinds = map[string]string{
	"StorageClass": model.KindStorageClass, "VolumeSnapshotClass": model.KindSnapshotClass, "IngressClass": model.KindIngressClass,
	"ClusterSecretStore": model.KindSecretStore, "ClusterIssuer": model.KindIssuer, "Namespace": model.KindNamespace,
	"RuntimeClass": model.KindRuntimeClass, "DeviceClass": model.KindDeviceClass, "PriorityClass": model.KindPriorityClass,
	"GatewayClass": model.KindGatewayClass, "CiliumLoadBalancerIPPool": model.KindPool,
}

// namespacedKinds are kinds whose objects bring what has their namespace and
// name.
var namespacedKinds = map[string]string{
	"SecretStore": model.KindSecretStore, "Issuer": model.KindIssuer, "Service": model.KindService, "Secret": model.KindSecret,
	"ConfigMap": model.KindConfigMap, "PersistentVolumeClaim": model.KindClaim, "HelmRelease": model.KindRelease,
	"NetworkAttachmentDefinition": model.KindNetwork, "Gateway": model.KindGateway,
}

// Facts gives what objects bring when they are applied and their controllers
// have done their work.
func Facts(objects []*model.Object) []model.Fact {
	f := &facts{}
	for _, o := range objects {
		before := len(f.all)
		f.object(o)
		for i := range f.all[before:] {
			f.all[before+i].ByChart = f.all[before+i].ByChart || o.Release != nil
		}
	}
	return f.all
}

func (f *facts) object(o *model.Object) {
	own := o.Namespace + "/" + o.Name
	if kind, ok := clusterKinds[o.Kind]; ok {
		f.add(kind, o.Name, o)
	}
	if kind, ok := namespacedKinds[o.Kind]; ok {
		f.add(kind, own, o)
	}
	switch {
	case o.Is("nfd.k8s-sigs.io", "NodeFeatureRule"):
		f.add(model.KindNodeLabel, "feature.node.kubernetes.io", o)
	case o.Kind == "CustomResourceDefinition":
		f.add(model.KindCRD, o.Text("spec", "group"), o)
	case o.Is("helm.toolkit.fluxcd.io", "HelmRelease"):
		f.release(o)
	case o.Group == "source.toolkit.fluxcd.io":
		f.add(model.KindSource, o.Kind+"/"+own, o)
	}
	if strings.Contains(o.Group, ".") {
		f.add(model.KindInstance, o.Kind+"/"+own, o)
	}
	f.made(o)
}

// made adds the Services, Secrets and ConfigMaps that controllers make of an
// object. The names are documented by each project.
func (f *facts) made(o *model.Object) {
	in := func(name string) string {
		if name == "" {
			return ""
		}
		return o.Namespace + "/" + name
	}
	for _, m := range makers {
		if m.group != o.Group || m.kind != o.Kind {
			continue
		}
		for _, suffix := range m.services {
			f.add(model.KindService, in(o.Name+suffix), o)
		}
		for _, suffix := range m.secrets {
			f.add(model.KindSecret, in(o.Name+suffix), o)
		}
		for _, suffix := range m.configMaps {
			f.add(model.KindConfigMap, in(o.Name+suffix), o)
		}
		for _, field := range m.named {
			f.add(model.KindSecret, in(o.Text(strings.Split(field, ".")...)), o)
		}
	}
	if o.Is("external-secrets.io", "ExternalSecret") {
		secret := in(cmp.Or(o.Text("spec", "target", "name"), o.Name))
		f.add(model.KindSecret, secret, o)
		f.add(model.KindSeed, secret, o)
	}
}

// maker is a kind whose controller makes other objects.
type maker struct {
	group, kind string
	services    []string // suffixes to the object's own name
	secrets     []string
	configMaps  []string
	named       []string // fields that hold the name of a Secret
}

// makers is the table of what controllers make, each by its documentation:
// CloudNativePG (Services, Secrets of a cluster), Dragonfly operator, Percona and
// Crunchy PostgreSQL, MariaDB operator, Grafana operator, Prometheus operator,
// VictoriaMetrics operator, Rook, External Secrets, cert-manager, SOPS operator,
// Talos (Talos API access from Kubernetes).
var makers = []maker{
	{"postgresql.cnpg.io", "Cluster", []string{"-rw", "-ro", "-r"}, []string{"-app", "-superuser", "-ca", "-server", "-replication"}, nil, nil},
	{"postgresql.cnpg.io", "Pooler", []string{""}, nil, nil, nil},
	{"dragonflydb.io", "Dragonfly", []string{""}, nil, nil, nil},
	{"postgres-operator.crunchydata.com", "PostgresCluster", []string{"-primary", "-replicas", "-pgbouncer", "-ha"}, nil, nil, nil},
	{"k8s.mariadb.com", "MariaDB", []string{"", "-primary", "-secondary"}, []string{"-root"}, nil, nil},
	{"grafana.integreatly.org", "Grafana", []string{"-service"}, []string{"-admin-credentials"}, nil, nil},
	{"monitoring.coreos.com", "Prometheus", []string{""}, nil, nil, nil},
	{"operator.victoriametrics.com", "VMSingle", nil, nil, nil, nil},
	{"redis.redis.opstreelabs.in", "Redis", []string{""}, nil, nil, nil},
	{"redis.redis.opstreelabs.in", "RedisReplication", []string{""}, nil, nil, nil},
	{"mongodbcommunity.mongodb.com", "MongoDBCommunity", []string{"-svc"}, nil, nil, nil},
	{"objectbucket.io", "ObjectBucketClaim", nil, []string{""}, []string{""}, nil},
	{"cert-manager.io", "Certificate", nil, nil, nil, []string{"spec.secretName"}},
	{"bitnami.com", "SealedSecret", nil, []string{""}, nil, []string{"spec.template.metadata.name"}},
	{"onepassword.com", "OnePasswordItem", nil, []string{""}, nil, nil},
	{"pocketid.internal", "PocketIDInstance", []string{""}, nil, nil, nil},
	{"kaniop.rs", "Kanidm", []string{""}, nil, nil, nil},
	{"garage.rajsingh.info", "GarageCluster", []string{""}, nil, nil, nil},
	{"k8s.keycloak.org", "Keycloak", []string{"-service"}, nil, nil, nil},
	{"talos.dev", "ServiceAccount", nil, []string{""}, nil, nil},
}
