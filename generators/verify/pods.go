package verify

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/schema/diag"
)

var podRules = []rule{
	{diag.Rule{
		Code: "probe-port", Severity: diag.Error,
		Summary: "A probe or a hook names a port that its own container does not have: the kubelet looks nowhere else, and kills a container that it cannot probe.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: Pod: web: spec: containers: [{name: "web", image: "web:1", ports: [{name: "http", containerPort: 8080}], livenessProbe: httpGet: {path: "/", port: "web"}}]}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: Pod: web: spec: containers: [{name: "web", image: "web:1", ports: [{name: "http", containerPort: 8080}], livenessProbe: httpGet: {path: "/", port: "http"}}]}`,
		Source:  "Kubernetes documentation, Configure Liveness, Readiness and Startup Probes; pkg/probe/util.go, ResolveContainerPort",
	}, probePorts},
	{diag.Rule{
		Code: "port-twice", Severity: diag.Warning,
		Summary: "Two ports of a pod have the same number and protocol. The containers of a pod share its address, so only one of them can open the port.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: Pod: web: spec: containers: [{name: "a", image: "a:1", ports: [{containerPort: 80}]}, {name: "b", image: "b:1", ports: [{containerPort: 80}]}]}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: Pod: web: spec: containers: [{name: "a", image: "a:1", ports: [{containerPort: 80}]}, {name: "b", image: "b:1", ports: [{containerPort: 81}]}]}`,
		Source:  "Kubernetes pkg/api/pod/warnings.go, duplicate container ports",
	}, portsTwice},
	{diag.Rule{
		Code: "host-port-twice", Severity: diag.Error,
		Summary: "Two containers request the same port of a node, which belongs to one container. A pod that requests the port twice is rejected, and if two DaemonSets request it, one of them never starts.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: Pod: web: spec: containers: [{name: "web", image: "web:1", ports: [{name: "a", containerPort: 80, hostPort: 80}, {name: "b", containerPort: 81, hostPort: 80}]}]}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: Pod: web: spec: containers: [{name: "web", image: "web:1", ports: [{name: "a", containerPort: 80, hostPort: 80}, {name: "b", containerPort: 81, hostPort: 81}]}]}`,
		Source:  "Kubernetes pkg/apis/core/validation, AccumulateUniqueHostPorts; scheduler, NodePorts",
	}, hostPortsTwice},
}

// asked is a port that a container is asked at.
type asked struct {
	field, by string
	port      intstr.IntOrString
}

// asks gives the ports of the probes and hooks of a container.
func (c container) asks() []asked {
	var out []asked
	add := func(name string, get *corev1.HTTPGetAction, open *corev1.TCPSocketAction) {
		if get != nil {
			out = append(out, asked{c.path + "." + name + ".httpGet.port", name, get.Port})
		}
		if open != nil {
			out = append(out, asked{c.path + "." + name + ".tcpSocket.port", name, open.Port})
		}
	}
	for _, p := range []struct {
		name  string
		probe *corev1.Probe
	}{{"startupProbe", c.StartupProbe}, {"readinessProbe", c.ReadinessProbe}, {"livenessProbe", c.LivenessProbe}} {
		if p.probe != nil {
			add(p.name, p.probe.HTTPGet, p.probe.TCPSocket)
		}
	}
	if c.Lifecycle != nil {
		for _, h := range []struct {
			name string
			hook *corev1.LifecycleHandler
		}{{"lifecycle.postStart", c.Lifecycle.PostStart}, {"lifecycle.preStop", c.Lifecycle.PreStop}} {
			if h.hook != nil {
				add(h.name, h.hook.HTTPGet, h.hook.TCPSocket)
			}
		}
	}
	return out
}

func probePorts(o *objects, r *diag.Report) {
	for _, w := range o.workloads() {
		for _, c := range w.containers() {
			var names []string
			for _, p := range c.Ports {
				names = append(names, p.Name)
			}
			for _, a := range c.asks() {
				if a.port.Type != intstr.String || slices.Contains(names, a.port.StrVal) || isNumber(a.port) {
					continue
				}
				f := at(r, w.Object, a.field, "%s of container %q of %s names port %q, which the container does not have", a.by, c.Name, w, a.port.StrVal)
				if len(c.Ports) > 0 {
					f.Note(w.Place(c.path+".ports").Pos, "container %q has %s", c.Name, portList(c.Ports))
				}
				f.Advise("name a port of the container, or write its number").Propose(a.port.StrVal, names)
			}
		}
	}
}

// isNumber reports whether a port that is a text is a number: the kubelet reads
// it as one.
func isNumber(port intstr.IntOrString) bool { return intstr.Parse(port.StrVal).Type == intstr.Int }

func portsTwice(o *objects, r *diag.Report) {
	type key struct {
		number   int32
		protocol corev1.Protocol
		hostIP   string
		hostPort int32
	}
	for _, w := range o.workloads() {
		first := map[key]string{}
		for _, c := range w.containers() {
			if !c.runs {
				continue
			}
			for i, p := range c.Ports {
				// One port of the pod may be several of the node.
				k, field := key{p.ContainerPort, protocol(p.Protocol), p.HostIP, p.HostPort}, fmt.Sprintf("%s.ports[%d]", c.path, i)
				earlier, taken := first[k]
				if !taken {
					first[k] = field
					continue
				}
				at(r, w.Object, field, "container %q of %s has %s port %d, which another port of its pod already uses", c.Name, w, k.protocol, p.ContainerPort).
					Note(w.Place(earlier).Pos, "the other port").
					Advise("remove one of the two ports, or give it its own number")
			}
		}
	}
}

// hostPort is a port of the node that a container takes.
type hostPort struct {
	of       *workload
	field    string
	number   int32
	protocol corev1.Protocol
	address  string // of the node; empty for all
}

// clashes reports whether two cannot be on one node.
func (h hostPort) clashes(g hostPort) bool {
	every := func(address string) bool { return address == "" || address == "0.0.0.0" || address == "::" }
	return h.number == g.number && h.protocol == g.protocol && (h.address == g.address || every(h.address) || every(g.address))
}

func (w *workload) hostPorts() []hostPort {
	var out []hostPort
	for _, c := range w.containers() {
		if !c.runs {
			continue
		}
		for i, p := range c.Ports {
			h := hostPort{w, fmt.Sprintf("%s.ports[%d]", c.path, i), p.HostPort, protocol(p.Protocol), p.HostIP}
			if h.number == 0 && w.pods.Spec.HostNetwork {
				h.number = p.ContainerPort
			}
			if h.number != 0 {
				out = append(out, h)
			}
		}
	}
	return out
}

func hostPortsTwice(o *objects, r *diag.Report) {
	var everywhere []hostPort
	for _, w := range o.workloads() {
		own := w.hostPorts()
		for i, h := range own {
			others := own[:i]
			if w.onEveryNode() {
				others = append(slices.Clone(others), everywhere...)
			}
			if j := slices.IndexFunc(others, h.clashes); j >= 0 {
				at(r, w.Object, h.field, "%s uses %s port %d of its node, and so does %s", w, h.protocol, h.number, others[j].owner(w)).
					Note(others[j].of.Place(others[j].field).Pos, "the other port").
					Advise("give one of them another port of the node, or none")
			}
		}
		if w.onEveryNode() {
			everywhere = append(everywhere, own...)
		}
	}
}

// owner names the other side of a clash.
func (h hostPort) owner(w *workload) string {
	if h.of == w {
		return "another port of the same pod"
	}
	return h.of.String()
}

// onEveryNode reports whether the pods run on all nodes alike.
func (w *workload) onEveryNode() bool {
	return w.GetKind() == "DaemonSet" && len(w.pods.Spec.NodeSelector) == 0 && w.pods.Spec.Affinity == nil
}
