package verify

import (
	"cmp"
	"slices"
	"strings"

	"ichor/schema/model"
)

// asks reports whether something may ask for a login before a host answers: what
// stands beside it, what answers, or a class that the internet does not reach.
func (o *objects) asks(p published) bool {
	closed := o.Ingress.Internal.V
	if p.login || p.class != "" && p.class == closed && closed != o.Ingress.Public.V {
		return true
	}
	return o.isLogin(p.GetName()) || slices.ContainsFunc(p.to, o.isLogin)
}

// logins are how programs are called that ask for a login on behalf of others:
// authentik's outposts, and two proxies.
var logins = []string{"ak-outpost", "oauth2-proxy", "traefik-forward-auth"}

// isLogin reports whether something of that name signs people in: it is named for
// such a program, or for the chart of an identity provider.
func (o *objects) isLogin(name string) bool {
	names := slices.Clone(logins)
	for chart, of := range o.Charts {
		if of.SignsIn {
			names = append(names, chart)
		}
	}
	return model.NamedFor(name, names)
}

// loginWords are parts of the names of fields and annotations that ask for a login.
var loginWords = []string{"auth", "jwt", "oidc", "openid", "saml"}

// asksLogin reports whether a field is for a login, by its name.
func asksLogin(key string) bool {
	key = strings.ToLower(key)
	return slices.ContainsFunc(loginWords, func(w string) bool { return strings.Contains(key, w) })
}

// unset are values of annotations that switch off.
var unset = []string{"", "false", "none", "off"}

// guardedIngress reports whether annotations of an Ingress, or the settings of the
// controllers, may ask for a login.
func (o *objects) guardedIngress(annotations map[string]string) bool {
	for key, value := range annotations {
		switch {
		case strings.HasSuffix(key, "-redirect") && strings.HasPrefix(key, annotationNginx):
			return true // nothing answers but a redirect
		case strings.HasSuffix(key, "-snippet"):
			if strings.Contains(value, "auth") {
				return true
			}
		case slices.Contains(unset, value):
		case strings.HasSuffix(key, "router.middlewares"):
			if slices.ContainsFunc(strings.Split(value, ","), func(m string) bool { return o.guards(strings.TrimSpace(m)) }) {
				return true
			}
		case asksLogin(key[strings.LastIndex(key, "/")+1:]), strings.HasSuffix(key, "/plugins"):
			return true
		}
	}
	return o.guardsAll()
}

// guards reports whether a middleware of Traefik may ask for a login, by its name in
// an annotation: namespace-name@kubernetescrd. One that is not seen may.
func (o *objects) guards(id string) bool {
	id = strings.TrimSuffix(id, "@kubernetescrd")
	for _, m := range o.of(groupTraefik, "Middleware") {
		if m.GetNamespace()+"-"+m.GetName() == id {
			return asksMiddleware(m)
		}
	}
	return true
}

// asksMiddleware reports whether a middleware asks for a login, or runs others or a
// plugin, which may.
func asksMiddleware(m *Object) bool {
	spec, _ := m.tree("spec")
	for key := range spec {
		if asksLogin(key) || key == "chain" || key == "plugin" {
			return true
		}
	}
	return false
}

// guardedTraefik looks at the middlewares of a route of Traefik.
func (o *objects) guardedTraefik(x *Object, route map[string]any) bool {
	all, _ := route["middlewares"].([]any)
	return o.guardsAll() || slices.ContainsFunc(all, func(item any) bool {
		m, _ := item.(map[string]any)
		return o.guards(cmp.Or(text(m, "namespace"), x.GetNamespace()) + "-" + text(m, "name"))
	})
}

// plainFilters are the filters of routes that ask for no login.
var plainFilters = []string{"CORS", "RequestHeaderModifier", "RequestMirror", "RequestRedirect", "ResponseHeaderModifier", "URLRewrite"}

// guardedRoute reports whether filters, annotations or policies may ask for a login
// before a route of the Gateway API.
func (o *objects) guardedRoute(t routed) bool {
	for _, rule := range list(t.Object, "spec", "rules") {
		filters, _ := rule["filters"].([]any)
		for _, item := range filters {
			filter, _ := item.(map[string]any)
			if !slices.Contains(plainFilters, text(filter, "type")) {
				return true
			}
		}
	}
	return o.guardedIngress(t.GetAnnotations()) || o.guardedByPolicy(t) || o.guardedByIstio()
}

// guardedByPolicy reports whether a policy that asks for a login is attached to a
// route or to one of its parents. Source: Gateway API, policy attachment (GEP-713);
// Envoy Gateway reference, SecurityPolicy, targetSelectors.
func (o *objects) guardedByPolicy(t routed) bool {
	names := []string{t.GetKind() + "/" + t.GetName()}
	for _, p := range t.v.Spec.ParentRefs {
		names = append(names, cmp.Or(p.Kind, "Gateway")+"/"+p.Name)
	}
	for _, x := range o.all {
		spec, ok := x.tree("spec")
		if !ok || !strings.HasSuffix(x.GetKind(), "Policy") || !asksLogin(x.GetKind()) && !mentions(spec, func(key, _ string) bool { return asksLogin(key) }) {
			continue
		}
		if _, chosen := spec["targetSelectors"]; chosen {
			return true
		}
		single, _ := spec["targetRef"].(map[string]any)
		for _, target := range append(list(x, "spec", "targetRefs"), single) {
			if slices.Contains(names, text(target, "kind")+"/"+text(target, "name")) {
				return true
			}
		}
	}
	return false
}

// guardedByIstio reports whether a policy of Istio may ask for a login: it selects
// the pods of a gateway by labels.
func (o *objects) guardedByIstio() bool {
	return len(o.of("security.istio.io", "AuthorizationPolicy"))+len(o.of("security.istio.io", "RequestAuthentication")) > 0
}

// guardsAll reports whether a controller asks for a login before all that it serves.
// Source: ingress-nginx documentation, ConfigMap, global-auth-url; Traefik
// documentation, EntryPoints, middlewares.
func (o *objects) guardsAll() bool {
	if o.neighbours.guarded == nil {
		all := slices.ContainsFunc(o.charts(), func(c chart) bool {
			return c.name == "ingress-nginx" && mentions(c.values, globalLogin) || c.name == "traefik" && mentions(c.values, entryLogin)
		}) || slices.ContainsFunc(o.of("", "ConfigMap"), func(x *Object) bool { return mentions(x.Object["data"], globalLogin) })
		o.neighbours.guarded = &all
	}
	return *o.neighbours.guarded
}

func globalLogin(key, text string) bool { return key == "global-auth-url" && text != "" }

func entryLogin(key, text string) bool {
	return key == "middlewares" || strings.Contains(text, "http.middlewares")
}

// guardedValues reports whether a struct of values that configures an Ingress or a
// route may ask for a login.
func (o *objects) guardedValues(of map[string]any) bool {
	return o.guardedIngress(texts(of["annotations"])) || mentions(of["filters"], func(key, text string) bool { return key == "type" && !slices.Contains(plainFilters, text) }) ||
		mentions(of["middlewares"], func(string, string) bool { return true })
}

// chartAsks reports whether a chart signs people in, or is told how to by its values.
func (o *objects) chartAsks(c chart) bool {
	return o.Charts[c.name].SignsIn || mentions(c.values, func(key, _ string) bool {
		key = strings.ToLower(key)
		return strings.Contains(key, "oidc") || strings.Contains(key, "oauth") || strings.Contains(key, "openid") || strings.Contains(key, "saml")
	})
}
