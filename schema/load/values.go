package load

import (
	"strings"

	"ichor/schema/depend"
	"ichor/schema/model"
)

// values gives a service's Helm values with what follows from the rest of the
// spec: the labels and annotations of its load balancers, and Redis and the
// outposts' blueprints where the service runs authentik, no kinds where they come
// apart. It is nil without a release.
func values(c *model.Cluster, s *model.Service) map[string]any {
	if s.Helm == nil {
		return nil
	}
	v := s.Helm.Values.PlainMap()
	if s.CRDs != nil {
		mergeWithoutKinds(v, s.Helm)
	}
	for _, lb := range s.LoadBalancers {
		if lb.Values.IsSet() {
			mergeLoadBalancer(v, lb)
		}
	}
	if c.Auth != nil && c.Auth.Authentik != nil && c.Auth.Authentik.Service.To == s {
		if row := c.Release.AuthentikRow; row != nil && row.ServerUsesRedis {
			mergeRedis(v, s.Helm)
		}
		for _, o := range c.Auth.Authentik.Outposts {
			mergeOutpost(v, o)
		}
	}
	return v
}

// mergeWithoutKinds keeps a chart from installing the kinds that come apart from
// it, by the value that is known to do so, unless the spec decides itself.
func mergeWithoutKinds(values map[string]any, h *model.Helm) {
	chart, _ := depend.ChartOf(h.Chart.V)
	way := strings.Split(chart.CRDsValue, ".")
	if chart.CRDsValue == "" || h.Values.Lookup(way...) != nil {
		return
	}
	section(values, way[:len(way)-1]...)[way[len(way)-1]] = false
}

// mergeLoadBalancer writes what Cilium looks for: the pool as a label, a fixed
// address as an annotation.
func mergeLoadBalancer(values map[string]any, lb *model.LoadBalancer) {
	service := section(values, strings.Split(lb.Values.V, ".")...)
	service["type"] = "LoadBalancer"
	section(service, "labels")[model.PoolLabel] = lb.Pool.To.Name.V
	if lb.Address.IsSet() {
		section(service, "annotations")[model.AddressAnnotation] = lb.Address.V.String()
	}
}

// mergeRedis has the chart install the Redis that the server looks for, unless
// the spec says where another is, or decides itself. Source: the chart's values
// redis.enabled (false) and authentik.redis.host (the one of its own release).
func mergeRedis(values map[string]any, h *model.Helm) {
	if h.SaysRedisHost() || h.Values.Lookup("redis", "enabled") != nil {
		return
	}
	section(values, "redis")["enabled"] = true
}

// mergeOutpost mounts an outpost's blueprint into authentik's worker, and gives
// the worker the token that the blueprint sets. Source: the chart's values
// blueprints.configMaps and worker.env.
func mergeOutpost(values map[string]any, o *model.Outpost) {
	appendTo(section(values, "blueprints"), "configMaps", o.Blueprint())
	appendTo(section(values, "worker"), "env", map[string]any{
		"name": o.TokenVariable(),
		"valueFrom": map[string]any{
			"secretKeyRef": map[string]any{"name": o.TokenSecret(), "key": "token"},
		},
	})
}

// section gives the map at a path, and makes what is missing of it.
func section(m map[string]any, path ...string) map[string]any {
	for _, label := range path {
		next, ok := m[label].(map[string]any)
		if !ok {
			next = map[string]any{}
			m[label] = next
		}
		m = next
	}
	return m
}

func appendTo(m map[string]any, key string, item any) {
	list, _ := m[key].([]any)
	m[key] = append(list, item)
}
