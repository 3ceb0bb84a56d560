package model

import (
	"strings"

	"ichor/schema/diag"
)

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

// Auth is who signs people in.
type Auth struct {
	Authentik *Authentik `json:"authentik"`
}

// Authentik is the identity provider.
type Authentik struct {
	Pos      diag.Pos
	Service  Ref[Service] `json:"service"` // the service whose chart is authentik's
	Host     At[string]   `json:"host"`    // first label of the host name browsers use
	Ingress  At[string]   `json:"ingress"` // ingress class
	Issuer   Ref[Issuer]  `json:"issuer"`
	Outposts []*Outpost   `json:"outposts"`

	URL         string `json:"-"` // for browsers, https://authentik.example.com
	InternalURL string `json:"-"` // inside the cluster, by the chart's Service and its port
}

// Outpost is an external proxy outpost.
type Outpost struct {
	Name      At[string]
	Pos       diag.Pos
	Type      At[string]  `json:"type"` // proxy
	ID        At[string]  `json:"id"`   // UUID, fixed for the life of the outpost
	Title     At[string]  `json:"name"` // its name in authentik
	Namespace At[string]  `json:"namespace"`
	Ingress   At[string]  `json:"ingress"`
	Issuer    Ref[Issuer] `json:"issuer"`
	Replicas  At[int]     `json:"replicas"`
	Redis     At[bool]    `json:"redis"`
	Token     SecretRef   `json:"token"`

	Exposures []*Exposure `json:"-"` // sorted by host
	Unit      string      `json:"-"` // name of its unit, authentik-<name>
}

// TokenSecret gives the name of the Secret that holds the outpost's token, in
// the outpost's namespace and in authentik's.
func (o *Outpost) TokenSecret() string { return o.Unit + "-token" }

// Blueprint gives the name of the ConfigMap with the outpost's blueprint, in
// authentik's namespace; its one key is <name>.yaml.
func (o *Outpost) Blueprint() string { return o.Unit + "-blueprint" }

// TokenVariable gives the environment variable of authentik's worker from which
// the blueprint reads the outpost's token.
func (o *Outpost) TokenVariable() string {
	return "OUTPOST_TOKEN_" + strings.ToUpper(strings.ReplaceAll(o.Name.V, "-", "_"))
}
