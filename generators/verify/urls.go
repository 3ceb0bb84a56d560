package verify

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/schema/diag"
)

var urlRules = []rule{
	{diag.Rule{
		Code: "service-url", Severity: diag.Error,
		Summary: "An address in the cluster, name.namespace.svc, names a Service that does not exist, or a port that the Service does not have. Where a chart may create the Service, ichor reports nothing, or a warning if it knows the Services of the chart; for an address inside a longer text the finding is a warning.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: {Service: web: spec: ports: [{port: 80}], Pod: client: spec: containers: [{name: "client", image: "client:1", env: [{name: "URL", value: "http://web.wbe.svc:80"}]}]}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: {Service: web: spec: ports: [{port: 80}], Pod: client: spec: containers: [{name: "client", image: "client:1", env: [{name: "URL", value: "http://web.web.svc:80"}]}]}}`,
		Source:  "Kubernetes documentation, DNS for Services and Pods",
	}, serviceURLs},
}

// inCluster is the address of a Service, with a scheme and a port or without.
var inCluster = regexp.MustCompile(`([a-z0-9.-]+)\.svc(\.cluster\.local)?\.?(:[0-9]+)?`)

func serviceURLs(o *objects, r *diag.Report) {
	for _, x := range o.all {
		if x.GetKind() == "CustomResourceDefinition" || x.GetKind() == "Certificate" {
			continue // examples in descriptions; names that nothing calls
		}
		words(x.Object, "", func(field, text string) {
			if strings.HasSuffix(field, annotationAuthURL) {
				return // auth-url tells of it
			}
			for _, at := range inCluster.FindAllStringSubmatchIndex(text, -1) {
				if b, ok := addressed(text, at); ok {
					b.of, b.field = x, field
					o.addressMissing(r, b, strings.ContainsAny(text, " \n"))
				}
			}
		})
	}
}

// addressed reads an address that stands whole in a text; other domains may
// begin like one, and templates are none.
func addressed(text string, at []int) (b backend, ok bool) {
	before, after := text[:at[0]], text[at[1]:]
	parts := strings.Split(text[at[2]:at[3]], ".")
	if len(parts) < 2 || before != strings.TrimRight(before, ")}*_%>") || after != strings.TrimLeft(after, "abcdefghijklmnopqrstuvwxyz0123456789-_{$") {
		return b, false
	}
	b.name, b.namespace = parts[len(parts)-2], parts[len(parts)-1]
	if at[6] >= 0 {
		n, err := strconv.ParseInt(text[at[6]+1:at[7]], 10, 32)
		b.port = intstr.FromInt32(int32(n))
		return b, err == nil && b.name != ""
	}
	return b, b.name != "" && b.namespace != ""
}

func (o *objects) addressMissing(r *diag.Report, b backend, within bool) {
	s := o.service(b.namespace, b.name)
	var f *diag.Finding
	switch {
	case b.namespace == "default" && b.name == "kubernetes":
		return // the API server itself
	case s == nil && !o.unseenIn(b.namespace).makesService(b.name):
		f = at(r, b.of, b.field, "%s names %s.%s.svc, but nothing creates Service %q in namespace %q", b.of, b.name, b.namespace, b.name, b.namespace)
		o.elsewhere(f, b.namespace, b.name)
		u := o.unseenIn(b.namespace)
		f.Propose(b.name, u.services)
		within = within || u.makes(b.name)
	case s == nil:
		if f = o.chartMakesNot(r, b); f == nil {
			f = o.chartHasNot(r, b)
		}
		within = within || f != nil
	case s != nil && b.port != (intstr.IntOrString{}) && !s.has(b.port) && s.v.Spec.ClusterIP != "None": // a headless one leads to all ports of its pods
		f = at(r, b.of, b.field, "%s names %s.%s.svc:%s, but the Service has port %s", b.of, b.name, b.namespace, &b.port, s.portList()).
			Note(s.Place("spec.ports").Pos, "the ports of %s", s).
			Advise("use a port of the Service, not of the pods")
	default:
		return
	}
	if within && f != nil {
		f.Severity = diag.Warning
	}
}

// words visits every text below a value, with its field.
func words(value any, field string, visit func(field, text string)) {
	switch v := value.(type) {
	case string:
		visit(field, v)
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			words(v[key], strings.TrimPrefix(field+"."+key, "."), visit)
		}
	case []any:
		for i, item := range v {
			words(item, fmt.Sprintf("%s[%d]", field, i), visit)
		}
	}
}
