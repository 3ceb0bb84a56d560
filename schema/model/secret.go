package model

import "ichor/schema/diag"

// SecretRef names a property of an item in a secret store.
type SecretRef struct {
	Pos      diag.Pos
	Store    Ref[SecretStore] `json:"store"`
	Item     At[string]       `json:"item"`
	Property At[string]       `json:"property"`
}

// IsSet reports whether the spec gives the reference.
func (s SecretRef) IsSet() bool { return s.Item.IsSet() }

// Secret is a Kubernetes Secret that External Secrets fills.
type Secret struct {
	Name At[string]
	Keys []*SecretKey `json:"keys"`
	Type At[string]   `json:"type"` // as kubernetes.io/basic-auth; Opaque by default

	Plain map[string]string `json:"-"` // keys that are no secret, which follow from the spec
}

// SecretKey is one key of a Secret and where its value lives.
type SecretKey struct {
	Name At[string]
	SecretRef
}

// SecretStore is a cluster-wide store of secrets.
type SecretStore struct {
	Name    At[string]
	Connect *OnePasswordConnect `json:"onePasswordConnect"`

	Service *Service `json:"-"` // whose unit makes the store; nil where bootstrap does
}

// OnePasswordConnect is a 1Password Connect server of the same service.
type OnePasswordConnect struct {
	Pos    diag.Pos
	Host   At[string]   `json:"service"` // Kubernetes Service in the service's namespace
	Port   At[int]      `json:"port"`
	Vaults []At[string] `json:"vaults"` // in the order in which items are looked up
	Token  TokenSecret  `json:"token"`
}

// TokenSecret is a key of a Secret that exists before Flux.
type TokenSecret struct {
	Name At[string] `json:"name"`
	Key  At[string] `json:"key"`
}

// Vault is what a vault of 1Password is known to hold.
type Vault struct {
	Name  At[string]
	Items []*Item `json:"*"`
}

// Item is an item of a vault and the names of its properties.
type Item struct {
	Name       At[string]
	Properties []At[string] `json:"*"`
}

// SecretRefs gives every reference to a secret in the spec.
func (c *Cluster) SecretRefs() []*SecretRef {
	var out []*SecretRef
	for _, s := range c.Services {
		for _, x := range s.Secrets {
			for _, k := range x.Keys {
				out = append(out, &k.SecretRef)
			}
		}
	}
	for _, o := range c.Outposts() {
		out = append(out, &o.Token)
	}
	for _, o := range c.ObjectStores {
		out = append(out, &o.Credentials.SecretRef)
	}
	if c.BGP != nil {
		for _, p := range c.BGP.Peers {
			out = append(out, &p.Password)
		}
	}
	return out
}
