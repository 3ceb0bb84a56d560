package model

// redisHost is the setting of authentik that says where Redis is. Source:
// authentik documentation, Configuration, Redis settings.
const redisHost = "AUTHENTIK_REDIS__HOST"

// SaysRedisHost reports whether the values of authentik's chart say where Redis
// is, by authentik.redis.host or in the environment of the server and the worker.
func (h *Helm) SaysRedisHost() bool {
	if t := h.Values.Lookup("authentik", "redis", "host"); t != nil && t.Scalar != "" {
		return true
	}
	return h.hasVariable("global") || h.hasVariable("server") && h.hasVariable("worker")
}

// hasVariable reports whether a part of the chart has the setting in its env.
func (h *Helm) hasVariable(part string) bool {
	env := h.Values.Lookup(part, "env")
	if env == nil {
		return false
	}
	for _, v := range env.List {
		if name := v.Lookup("name"); name != nil && name.Scalar == redisHost {
			return true
		}
	}
	return false
}
