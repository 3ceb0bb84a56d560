package verify

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// templates says where kinds have the template of the pods they make. A Pod is
// one itself.
var templates = []template{
	{"", "Pod", ""},
	{"", "ReplicationController", "spec.template"},
	{"apps", "DaemonSet", "spec.template"},
	{"apps", "Deployment", "spec.template"},
	{"apps", "ReplicaSet", "spec.template"},
	{"apps", "StatefulSet", "spec.template"},
	{"argoproj.io", "Rollout", "spec.template"},
	{"batch", "CronJob", "spec.jobTemplate.spec.template"},
	{"batch", "Job", "spec.template"},
}

type template struct{ group, kind, path string }

// workload is an object that makes pods.
type workload struct {
	*Object
	path string // of the template in the object
	pods corev1.PodTemplateSpec
}

// container is one of the containers of pods.
type container struct {
	corev1.Container
	path string // in the object
	runs bool   // it runs beside the others; an init container that ends does not
}

// workloads gives what makes pods, by kind. What has another form than a pod
// template is left out: its schema tells of it.
func (o *objects) workloads() []*workload {
	if o.neighbours.workloads != nil {
		return o.neighbours.workloads
	}
	out := []*workload{}
	for _, t := range templates {
		for _, x := range o.of(t.group, t.kind) {
			if w, ok := makes(x, t.path); ok {
				out = append(out, w)
			}
		}
	}
	o.neighbours.workloads = out
	return out
}

func makes(x *Object, path string) (*workload, bool) {
	template, ok := x.Object, true
	if path != "" {
		template, ok = x.tree(strings.Split(path, ".")...)
	}
	w := &workload{Object: x, path: path}
	return w, ok && convert(template, &w.pods) == nil
}

// field gives the path of a field of the pods in the object.
func (w *workload) field(name string) string {
	if w.path == "" {
		return name
	}
	return w.path + "." + name
}

// containers gives the containers of the pods, those that initialise first.
func (w *workload) containers() []container {
	var out []container
	add := func(list []corev1.Container, field string) {
		for i, c := range list {
			always := c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
			out = append(out, container{c, fmt.Sprintf("%s[%d]", w.field(field), i), field == "spec.containers" || always})
		}
	}
	add(w.pods.Spec.InitContainers, "spec.initContainers")
	add(w.pods.Spec.Containers, "spec.containers")
	return out
}

// runtimeLabels are those that controllers give to pods beside their template's.
// Source: kubernetes.io, Well-Known Labels, Annotations and Taints.
var runtimeLabels = map[string]bool{
	"apps.kubernetes.io/pod-index": true, "batch.kubernetes.io/controller-uid": true,
	"batch.kubernetes.io/job-completion-index": true, "batch.kubernetes.io/job-name": true,
	"controller-revision-hash": true, "controller-uid": true, "job-name": true, "pod-template-hash": true,
	"statefulset.kubernetes.io/pod-name": true,
}

// fits reports whether a selector takes what has the labels, whatever it asks of
// labels that are given at run time.
func fits(s labels.Selector, set map[string]string) bool {
	requirements, selectable := s.Requirements()
	for _, q := range requirements {
		if !runtimeLabels[q.Key()] && !q.Matches(labels.Set(set)) {
			return false
		}
	}
	return selectable
}

// selected gives the workloads of a namespace whose pods a selector takes.
func (o *objects) selected(namespace string, s labels.Selector) []*workload {
	var out []*workload
	for _, w := range o.workloads() {
		if w.GetNamespace() == namespace && fits(s, w.pods.Labels) {
			out = append(out, w)
		}
	}
	return out
}
