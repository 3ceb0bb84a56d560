package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

// chartPort is a port of a Service that a chart makes, as <release><suffix>, and
// the value that changes it.
type chartPort struct {
	chart, suffix string
	value         []string
	port          int
}

var chartPorts = []chartPort{
	{"authentik", "-server", []string{"server", "service", "servicePortHttp"}, release.AuthentikServerPort},
	{"authentik", "-server", []string{"server", "service", "servicePortHttps"}, release.AuthentikServerPortHTTPS},
}

// chartPortMissing tells of a port that the Service of a chart does not have; nil
// where its ports are not known.
func (o *objects) chartPortMissing(r *diag.Report, b backend) *diag.Finding {
	of, ports := o.portsOfChart(b.namespace, b.name)
	if of == nil || b.port == (intstr.IntOrString{}) || slices.Contains(ports, b.port.String()) {
		return nil
	}
	return at(r, b.of, b.field, "%s names %s.%s.svc:%s, and the Service that %s makes has port %s", b.of, b.name, b.namespace, &b.port, of, diag.OneOf(ports)).
		Note(of.Place("").Pos, "%s", of).
		Advise("use a port of the Service, not of the pods")
}

// portsOfChart gives the ports of a Service that a chart makes, and its release;
// nil where they are not known.
func (o *objects) portsOfChart(namespace, service string) (of *Object, ports []string) {
	for _, p := range chartPorts {
		if !strings.HasSuffix(service, p.suffix) {
			continue // most Services: charts are not looked through for them
		}
		for _, c := range o.charts() {
			if c.name != p.chart || targetNamespace(c.Object) != namespace {
				continue
			}
			names, all := model.ReleaseNames(c.Object.Object)
			if all && slices.Contains(names, strings.TrimSuffix(service, p.suffix)) {
				of, ports = c.Object, append(ports, cmp.Or(scalar(c.value(p.value...)), fmt.Sprint(p.port)))
			}
		}
	}
	return of, ports
}

// scalar writes a value; nothing for none.
func scalar(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
