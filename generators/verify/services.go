package verify

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/schema/diag"
)

var servicePortRules = []rule{
	{diag.Rule{
		Code: "service-port", Severity: diag.Error,
		Summary: "A Service sends to a port that the containers of its pods do not have, by name and protocol. For a number that no container lists, the finding is a warning.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Deployment: web: spec: template: {metadata: labels: app: "web", spec: containers: [{name: "web", ports: [{name: "http", containerPort: 8080}]}]}, Service: web: spec: {selector: app: "web", ports: [{port: 80, targetPort: "htpp"}]}}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Deployment: web: spec: template: {metadata: labels: app: "web", spec: containers: [{name: "web", ports: [{name: "http", containerPort: 8080}]}]}, Service: web: spec: {selector: app: "web", ports: [{port: 80, targetPort: "http"}]}}}`,
		Source:  "Kubernetes documentation, Service, field spec.ports.targetPort; pkg/api/pod/util.go, FindPort",
	}, servicePorts},
}

// service is a Service and how it finds its pods.
type service struct {
	seen[corev1.Service]
	selector labels.Selector // labels.Nothing where it finds none by labels
}

func (o *objects) services() []service {
	if o.neighbours.services != nil {
		return o.neighbours.services
	}
	out := []service{}
	for _, s := range read[corev1.Service](o, "", "Service") {
		of, ok := selectorIn(s.Object, "spec", "selector")
		if !ok || of.Empty() {
			of = labels.Nothing()
		}
		out = append(out, service{s, of})
	}
	o.neighbours.services = out
	return out
}

// ports gives the ports of the containers that run.
func (w *workload) ports() []corev1.ContainerPort {
	var out []corev1.ContainerPort
	for _, c := range w.containers() {
		if c.runs {
			out = append(out, c.Ports...)
		}
	}
	return out
}

// lists reports whether each container that runs lists its ports, so that one
// that is missing is no port that the image just does not tell.
func (w *workload) lists() bool {
	return !slices.ContainsFunc(w.containers(), func(c container) bool { return c.runs && len(c.Ports) == 0 })
}

func protocol(p corev1.Protocol) corev1.Protocol { return cmp.Or(p, corev1.ProtocolTCP) }

// target gives the port of the pods that a Service's port leads to.
func target(p corev1.ServicePort) intstr.IntOrString {
	if p.TargetPort == (intstr.IntOrString{}) {
		return intstr.FromInt32(p.Port)
	}
	return p.TargetPort
}

func servicePorts(o *objects, r *diag.Report) {
	for _, s := range o.services() {
		pods := o.selected(s.GetNamespace(), s.selector)
		if len(pods) == 0 || s.v.Spec.Type == corev1.ServiceTypeExternalName {
			continue
		}
		for i, p := range s.v.Spec.Ports {
			field := fmt.Sprintf("spec.ports[%d]", i)
			if p.TargetPort != (intstr.IntOrString{}) {
				field += ".targetPort"
			}
			if t := target(p); t.Type == intstr.String {
				namedTarget(r, s, p, pods, field)
			} else if !slices.ContainsFunc(pods, func(w *workload) bool { return !w.lists() || w.listens(t.IntVal, p.Protocol) }) {
				f := at(r, s.Object, field, "%s sends to %s port %d, which no container of %s lists", s, protocol(p.Protocol), t.IntVal, pods[0])
				f.Severity = diag.Warning
				notePorts(f, pods).Advise("send to a port of the containers, or add this port to a container")
			}
		}
	}
}

func (w *workload) listens(number int32, by corev1.Protocol) bool {
	return slices.ContainsFunc(w.ports(), func(c corev1.ContainerPort) bool {
		return c.ContainerPort == number && protocol(c.Protocol) == protocol(by)
	})
}

func namedTarget(r *diag.Report, s service, p corev1.ServicePort, pods []*workload, field string) {
	var names []string
	var other corev1.Protocol
	for _, w := range pods {
		for _, c := range w.ports() {
			switch {
			case c.Name == "":
			case c.Name != p.TargetPort.StrVal:
				names = append(names, c.Name)
			case protocol(c.Protocol) == protocol(p.Protocol):
				return
			default:
				other = protocol(c.Protocol)
			}
		}
	}
	f := at(r, s.Object, field, "%s sends to %s port %q, which no container of %s has", s, protocol(p.Protocol), p.TargetPort.StrVal, pods[0])
	notePorts(f, pods).Advise("name a port of the containers, or give this name to one of their ports")
	f.Propose(p.TargetPort.StrVal, names)
	if other != "" {
		f.Advise("the port of this name is %s: write `protocol: %q`", other, other)
	}
}

// notePorts adds the ports that the pods of the first workload have.
func notePorts(f *diag.Finding, pods []*workload) *diag.Finding {
	w := pods[0]
	for _, c := range w.containers() {
		if c.runs && len(c.Ports) > 0 {
			f.Note(w.Place(c.path+".ports").Pos, "container %q has %s", c.Name, portList(c.Ports))
		}
	}
	if len(f.Notes) == 0 {
		f.Note(w.Place(w.field("spec.containers")).Pos, "the containers of %s name no ports", w)
	}
	return f
}

// portList writes ports as `"http" (TCP 8080)`.
func portList(ports []corev1.ContainerPort) string {
	out := ""
	for i, p := range ports {
		if i > 0 {
			out += ", "
		}
		number := fmt.Sprintf("%s %d", protocol(p.Protocol), p.ContainerPort)
		if p.Name != "" {
			number = fmt.Sprintf("%q (%s)", p.Name, number)
		}
		out += number
	}
	return out
}
