package verify

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/schema/diag"
)

var ingressRules = []rule{
	{diag.Rule{
		Code: "ingress-snippet", Severity: diag.Error,
		Summary: "An Ingress has a configuration snippet, but its controller does not allow snippets. ingress-nginx rejects such an Ingress, and a chart that creates one is never installed.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: Ingress: web: {metadata: annotations: "nginx.ingress.kubernetes.io/configuration-snippet": "more_set_headers \"X: y\";", spec: ingressClassName: "nginx"}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: Ingress: web: {metadata: annotations: "nginx.ingress.kubernetes.io/custom-headers": "web/headers", spec: ingressClassName: "nginx"}}`,
		Source:  "ingress-nginx, internal/ingress/controller/controller.go, CheckIngress; ConfigMap allow-snippet-annotations, false by default",
	}, ingressSnippets},
	{diag.Rule{
		Code: "auth-url", Severity: diag.Error,
		Summary: "The auth-url of an Ingress names a Service or a port that does not exist, or a URL that the same Ingress answers. ingress-nginx calls auth-url for each request, so an Ingress that answers its own auth-url calls itself without end.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: Ingress: web: {metadata: annotations: "nginx.ingress.kubernetes.io/auth-url": "http://login.auth.svc:80/check", spec: ingressClassName: "nginx"}}`,
		Right:   `cluster: services: web: {namespace: "web", expose: web: {service: "web", port: 80, auth: outpost: "proxy"}}`,
		Source:  "ingress-nginx documentation, annotations, External Authentication",
	}, authURLs},
}

const (
	annotationNginx   = "nginx.ingress.kubernetes.io/"
	annotationAuthURL = annotationNginx + "auth-url"
)

// annotated is a set of annotations of an Ingress: of one that is seen, or in
// the values of a chart that makes it.
type annotated struct {
	*Object
	field string // of the annotations
	set   map[string]string
	class string // empty where it is not said
	seen  *networkingv1.Ingress
}

func (o *objects) annotated() []annotated {
	var out []annotated
	for _, in := range read[networkingv1.Ingress](o, groupNetworking, "Ingress") {
		out = append(out, annotated{in.Object, "metadata.annotations", in.GetAnnotations(), strings.TrimSpace(classOf(in.Object)), &in.v})
	}
	for _, c := range o.opaque() {
		c.structs(func(path string, of map[string]any) {
			set := texts(of["annotations"])
			if len(set) > 0 {
				class := textOf(of, "ingressClassName", "className", "ingressClass")
				out = append(out, annotated{c.Object, path + ".annotations", set, class, nil})
			}
		})
	}
	return out
}

// controllers gives the HelmReleases of ingress-nginx that answer for a class:
// all of them where it is not said.
func (o *objects) controllers(class string) []chart {
	return slices.DeleteFunc(o.charts(), func(c chart) bool {
		if c.name != "ingress-nginx" {
			return true
		}
		name, _ := c.value("controller", "ingressClassResource", "name").(string)
		other, _ := c.value("controller", "ingressClass").(string)
		return class != "" && class != cmp.Or(name, other, "nginx")
	})
}

// allowsSnippets reports whether a controller is told to.
func allowsSnippets(c chart) bool {
	said := c.value("controller", "allowSnippetAnnotations")
	return said == true || fmt.Sprint(c.value("controller", "config", "allow-snippet-annotations")) == "true"
}

func ingressSnippets(o *objects, r *diag.Report) {
	for _, a := range o.annotated() {
		by := o.controllers(a.class)
		if len(by) == 0 || slices.ContainsFunc(by, allowsSnippets) {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(a.set)) {
			if strings.HasPrefix(key, annotationNginx) && strings.HasSuffix(key, "-snippet") {
				at(r, a.Object, a.field+"."+key, "%s has annotation %q, but %s does not allow snippets", a, key, by[0]).
					Note(by[0].Place("spec.values.controller").Pos, "%s rejects the annotation", by[0]).
					Advise("use an annotation for what the snippet does (custom-headers, cors, rewrite-target), or allow all snippets with controller.allowSnippetAnnotations and controller.config.annotations-risk-level")
			}
		}
	}
}

func authURLs(o *objects, r *diag.Report) {
	for _, a := range o.annotated() {
		to, err := url.Parse(strings.NewReplacer("$http_host", ownHost, "$host", ownHost).Replace(a.set[annotationAuthURL]))
		if err != nil || to.Host == "" {
			continue
		}
		field := a.field + "." + annotationAuthURL
		if name, namespace, ok := o.inCluster(to.Hostname()); ok {
			o.authService(r, backend{of: a.Object, field: field, namespace: namespace, name: name, port: portOf(to)})
		} else if host, loops := o.loops(a, to); loops {
			at(r, a.Object, field, "%s names auth-url %s%s, which it answers itself", a, host, to.Path).
				Note(a.Place("spec.rules").Pos, "the hosts that it answers").
				Advise("name the Service of the login by its name in the cluster, or give %s its own Ingress without auth-url", cmp.Or(to.Path, "/"))
		}
	}
}

// authService reports what is asked at a Service that is not there, or at a
// port that it does not have.
func (o *objects) authService(r *diag.Report, b backend) {
	s := o.service(b.namespace, b.name)
	switch {
	case s == nil && !o.unseenIn(b.namespace).makes(b.name):
		f := at(r, b.of, b.field, "the auth-url of %s names Service %q, which nothing creates in namespace %q", b.of, b.name, b.namespace)
		o.elsewhere(f, b.namespace, b.name)
	case s == nil:
		o.chartMakesNot(r, b)
		o.chartHasNot(r, b)
	case !s.has(b.port):
		at(r, b.of, b.field, "the auth-url of %s names port %s of %s, which has %s", b.of, quoted(b.port), s, s.portList()).
			Note(s.Place("spec.ports").Pos, "the ports of %s", s).
			Advise("use a port of the Service, not of the pods")
	}
}

// ownHost stands for the host of the request in a URL.
const ownHost = "own-host.invalid"

// loops reports whether an Ingress asks itself: it has the URL's host, and the
// longest path there that holds the URL's is its own.
func (o *objects) loops(a annotated, to *url.URL) (host string, loops bool) {
	if a.seen == nil {
		return "", false
	}
	for _, rule := range a.seen.Spec.Rules {
		if rule.Host == "" || to.Hostname() != rule.Host && to.Hostname() != ownHost {
			continue
		}
		var by *Object
		longest := ""
		for _, h := range o.ingressHosts() {
			path, _, _ := strings.Cut(h.match, " ")
			if h.host == rule.Host && strings.HasPrefix(cmp.Or(to.Path, "/"), path) && len(path) > len(longest) {
				by, longest = h.Object, path
			}
		}
		if by == a.Object {
			return rule.Host, true
		}
	}
	return "", false
}

// inCluster takes the name of a Service apart: name.namespace, with svc and
// cluster.local behind it or not. A name of two parts is one where the second
// is a namespace of the cluster.
func (o *objects) inCluster(host string) (name, namespace string, ok bool) {
	rest := strings.TrimSuffix(strings.TrimSuffix(host, "."), ".cluster.local")
	rest, full := strings.CutSuffix(rest, ".svc")
	name, namespace, two := strings.Cut(rest, ".")
	known := slices.ContainsFunc(o.of("", "Namespace"), func(x *Object) bool { return x.GetName() == namespace })
	return name, namespace, two && (full && !strings.Contains(namespace, ".") || known)
}

// portOf gives the port of a URL, its scheme's own by default.
func portOf(u *url.URL) intstr.IntOrString {
	number, err := strconv.ParseInt(u.Port(), 10, 32)
	switch {
	case err == nil:
		return intstr.FromInt32(int32(number))
	case u.Scheme == "https":
		return intstr.FromInt32(443)
	}
	return intstr.FromInt32(80)
}
