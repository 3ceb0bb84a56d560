package verify

import (
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"ichor/generators/output"
	"ichor/schema/diag"
)

var immutableRules = []rule{
	{diag.Rule{
		Code: "immutable-changed", Severity: diag.Warning,
		Summary: "A field that Kubernetes never changes differs from the committed value. Flux cannot apply the object until the old object is gone.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: StorageClass: fast: {provisioner: "driver.longhorn.io", parameters: numberOfReplicas: "2"}} // was "3"`,
		Right:   `cluster: services: web: {namespace: "web", manifests: StorageClass: "fast-2": {provisioner: "driver.longhorn.io", parameters: numberOfReplicas: "2"}}`,
		Source:  "pkg/apis/*/validation of k8s.io/kubernetes, the Validate*Update functions",
	}, immutableChanged},
}

// immutable are the fields that cannot change while an object lives, by kind.
var immutable = map[string][]string{
	"Deployment.apps":  {"spec.selector"},
	"DaemonSet.apps":   {"spec.selector"},
	"ReplicaSet.apps":  {"spec.selector"},
	"StatefulSet.apps": {"spec.selector", "spec.serviceName", "spec.volumeClaimTemplates", "spec.podManagementPolicy"},
	"Job.batch":        {"spec.template", "spec.selector", "spec.completionMode"},
	"PersistentVolumeClaim": {
		"spec.accessModes", "spec.storageClassName", "spec.volumeMode", "spec.volumeName", "spec.selector", "spec.dataSource", "spec.dataSourceRef",
	},
	"StorageClass.storage.k8s.io":                   {"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"},
	"PriorityClass.scheduling.k8s.io":               {"value", "preemptionPolicy"},
	"IngressClass.networking.k8s.io":                {"spec.controller"},
	"RuntimeClass.node.k8s.io":                      {"handler"},
	"RoleBinding.rbac.authorization.k8s.io":         {"roleRef"},
	"ClusterRoleBinding.rbac.authorization.k8s.io":  {"roleRef"},
	"CustomResourceDefinition.apiextensions.k8s.io": {"spec.group", "spec.scope", "spec.names.kind", "spec.names.plural"},
	"VolumeSnapshotClass.snapshot.storage.k8s.io":   {"driver", "parameters", "deletionPolicy"},
	"Service": {"spec.clusterIP"},
}

// forced is the annotation by which Flux deletes and makes an object anew where
// it cannot change it. Source: Flux documentation, Kustomization, force.
const forced = "kustomize.toolkit.fluxcd.io/force"

func immutableChanged(o *objects, r *diag.Report) {
	if o.Committed == nil {
		return
	}
	for _, x := range o.all {
		fields := immutable[x.GroupVersionKind().GroupKind().String()]
		if x.hand != nil || len(fields) == 0 && !isImmutable(x) || x.GetAnnotations()[forced] == "enabled" {
			continue
		}
		was, ok := o.committed(x)
		if !ok || was.key() != x.key() {
			continue
		}
		if isImmutable(was) {
			fields = append(fields, "data", "binaryData", "stringData")
		}
		for _, field := range fields {
			if changed(was, x, field) {
				at(r, x, field, "%s: %s differs from the committed value, and Kubernetes does not change this field", x, field).
					Advise("%s", remedy(x))
			}
		}
	}
}

// isImmutable reports whether a ConfigMap or Secret says that it stays as it is.
func isImmutable(x *Object) bool {
	immutable, _ := x.Object["immutable"].(bool)
	return immutable
}

// committed gives an object as it was committed: in the directory of its unit,
// or of any other.
func (o *objects) committed(x *Object) (*Object, bool) {
	for _, place := range o.places(path.Base(x.file.Path)) {
		data, err := fs.ReadFile(o.Committed, place)
		if err != nil {
			continue
		}
		was, err := decode([]output.File{{Path: place, Content: data}})
		if err == nil && len(was) == 1 && was[0].key() == x.key() {
			return was[0], true
		}
	}
	return nil, false
}

// places gives the committed files of a name, in the directories of all units.
func (o *objects) places(name string) []string {
	o.listing.Do(func() {
		o.byName = map[string][]string{}
		all, _ := fs.Glob(o.Committed, path.Join(output.Manifests, "*", "*")) // the pattern is sound
		for _, place := range all {
			o.byName[path.Base(place)] = append(o.byName[path.Base(place)], place)
		}
	})
	return o.byName[name]
}

func changed(was, is *Object, field string) bool {
	return !reflect.DeepEqual(was.value(field), is.value(field))
}

// value gives a field by its path; nil for none.
func (o *Object) value(field string) any {
	value, _, _ := unstructured.NestedFieldNoCopy(o.Object, strings.Split(field, ".")...)
	return value
}

// remedy says how the change can be made.
func remedy(x *Object) string {
	switch x.GetKind() {
	case "PersistentVolumeClaim", "StatefulSet":
		return "give the object a new name and move the data; if you delete the old object first, the reclaim policy of its volumes decides whether the data is deleted or kept"
	case "StorageClass", "VolumeSnapshotClass":
		return fmt.Sprintf("give the class a new name, which does not change existing volumes; or delete the old class first: kubectl delete %s %s", strings.ToLower(x.GetKind()), x.GetName())
	}
	return fmt.Sprintf("give the object a new name, or annotate it with %s: enabled, so that Flux deletes the object and creates it again", forced)
}
