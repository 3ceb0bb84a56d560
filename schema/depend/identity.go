package depend

import (
	"regexp"
	"slices"
	"strings"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// identityProvider reports whether a program of that name signs people in, by the
// name of the chart or of the release.
func identityProvider(name string) bool {
	chart, _ := ChartOf(name)
	return chart.SignsIn
}

// identityKinds are objects by which an operator runs one.
var identityKinds = []string{"pocketid.internal/PocketIDInstance", "kaniop.rs/Kanidm", "k8s.keycloak.org/Keycloak"}

// identityHosts are the names at which the routes of an identity provider lead to
// it.
func identityHosts(objects []*model.Object, sources map[string]*model.Object) []model.Fact {
	if !slices.ContainsFunc(objects, func(o *model.Object) bool { return signsIn(o, sources) }) {
		return nil
	}
	f := &facts{}
	for _, o := range objects {
		o.Body.Walk(func(t *model.Tree) {
			if !hostKey.MatchString(t.Key) {
				return
			}
			for _, host := range append(t.Items(), t) {
				f.host(o, host)
			}
		})
	}
	return f.all
}

// hostKey is a field of a route, or of the values of a chart, with host names.
var hostKey = regexp.MustCompile(`^(host|hosts|hostname|hostnames)$`)

func (f *facts) host(o *model.Object, t *model.Tree) {
	if name := t.Text(); hostName.MatchString(name) && strings.Contains(name, ".") {
		f.add(model.KindIdentityHost, name, o)
	}
}

func signsIn(o *model.Object, sources map[string]*model.Object) bool {
	if o.Is(scan.HelmGroup, "HelmRelease") {
		return identityProvider(o.Name) || identityProvider(chartOf(o, sources))
	}
	return slices.Contains(identityKinds, o.Group+"/"+o.Kind)
}

var (
	// hostName is a name, in which a variable may stand whose value is not known.
	hostName = regexp.MustCompile(`^[a-z0-9.${}A-Z_-]+$`)
	// webAddress is an address that a browser follows.
	webAddress = regexp.MustCompile(`\bhttps?://([a-z0-9.${}A-Z_-]+\.[a-z${}A-Z_]+)`)
)

// logins finds where texts send people: if it is the host of an identity provider,
// nobody signs in before it answers. No object waits for that.
func (w *wants) logins(o *model.Object) {
	if watches(o) || isDashboard(o) {
		return
	}
	o.Body.Walk(func(t *model.Tree) {
		s, ok := t.Scalar.(string)
		if !ok || len(s) > longText || !strings.Contains(s, "://") {
			return
		}
		for _, m := range webAddress.FindAllStringSubmatch(s, -1) {
			w.add(model.KindIdentityHost, m[1], o, t.Pos)
		}
	})
}
