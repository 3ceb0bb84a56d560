package authentik

import (
	"strings"

	"ichor/schema/model"
)

// The attributes of each model, each written even where it equals authentik's
// default: what a blueprint leaves out stays as it was. Source: the requests of
// authentik's API of 2025.6.4, whose fields these are.

type applyAttrs struct {
	Identifiers metadata `yaml:"identifiers"`
	Required    bool     `yaml:"required"`
}

// after has another blueprint applied before this one, since authentik
// applies files in no order. It may be absent: the flow may come otherwise.
func after(name string) entry {
	return entry{
		Model: "authentik_blueprints.metaapplyblueprint",
		Attrs: applyAttrs{Identifiers: metadata{Name: name}},
	}
}

type accountAttrs struct {
	Name string `yaml:"name"`
	Type string `yaml:"type"`
	Path string `yaml:"path"`
}

// account gives the service account by which authentik knows the outpost. Its
// names follow from the outpost's (authentik, authentik/outposts/models.py,
// Outpost.user); authentik would change any other back.
func account(o *model.Outpost) entry {
	return entry{
		Model: "authentik_core.user",
		ID:    accountID,
		Identifiers: struct {
			Username string `yaml:"username"`
		}{"ak-outpost-" + strings.ReplaceAll(o.ID.V, "-", "")},
		Attrs: accountAttrs{
			Name: "Outpost " + o.Title.V + " Service-Account",
			Type: "internal_service_account",
			Path: "goauthentik.io/outposts",
		},
	}
}

type providerAttrs struct {
	Mode                 string `yaml:"mode"`
	ExternalHost         string `yaml:"external_host"`
	InternalHost         string `yaml:"internal_host"`
	InternalHostValidate bool   `yaml:"internal_host_ssl_validation"`
	SkipPathRegex        string `yaml:"skip_path_regex"`
	AuthorizationFlow    find   `yaml:"authorization_flow"`
	InvalidationFlow     find   `yaml:"invalidation_flow"`
}

// provider gives the reverse proxy of one host. Certificates of backends
// inside the cluster are not checked: they are of no authority that authentik
// knows.
func provider(e *model.Exposure) entry {
	return entry{
		Model:       "authentik_providers_proxy.proxyprovider",
		ID:          providerID(e),
		Identifiers: metadata{Name: slug(e)},
		Attrs: providerAttrs{
			Mode:                 "proxy",
			ExternalHost:         externalURL(e),
			InternalHost:         e.BackendURL(),
			InternalHostValidate: e.Scheme.V != "https",
			SkipPathRegex:        skipped(e),
			AuthorizationFlow:    find{"authentik_flows.flow", "slug", authorizationFlow},
			InvalidationFlow:     find{"authentik_flows.flow", "slug", invalidationFlow},
		},
	}
}

type applicationAttrs struct {
	Name      string `yaml:"name"`
	Provider  keyOf  `yaml:"provider"`
	LaunchURL string `yaml:"meta_launch_url"`
}

// application makes the provider known to the outpost: it is told of no
// provider without one.
func application(e *model.Exposure) entry {
	return entry{
		Model: "authentik_core.application",
		Identifiers: struct {
			Slug string `yaml:"slug"`
		}{slug(e)},
		Attrs: applicationAttrs{Name: title(e), Provider: keyOf(providerID(e)), LaunchURL: externalURL(e)},
	}
}

type outpostAttrs struct {
	Name              string        `yaml:"name"`
	Type              string        `yaml:"type"`
	ServiceConnection *string       `yaml:"service_connection"` // null: authentik deploys nothing
	Providers         []keyOf       `yaml:"providers"`
	Config            outpostConfig `yaml:"config"`
}

type outpostConfig struct {
	Host         string `yaml:"authentik_host"`
	HostInsecure bool   `yaml:"authentik_host_insecure"`
	HostBrowser  string `yaml:"authentik_host_browser"`
	LogLevel     string `yaml:"log_level"`
}

// outpost gives the outpost under its fixed UUID, with all its providers: the
// list replaces what authentik had.
func outpost(c *model.Cluster, o *model.Outpost) entry {
	attrs := outpostAttrs{
		Name:   o.Title.V,
		Type:   o.Type.V,
		Config: outpostConfig{Host: c.Auth.Authentik.InternalURL, HostBrowser: c.Auth.Authentik.URL, LogLevel: "info"},
	}
	for _, e := range o.Exposures {
		attrs.Providers = append(attrs.Providers, keyOf(providerID(e)))
	}
	return entry{
		Model: "authentik_outposts.outpost",
		Identifiers: struct {
			PK string `yaml:"pk"`
		}{o.ID.V},
		Attrs: attrs,
	}
}

type tokenAttrs struct {
	Managed  string   `yaml:"managed"`
	User     keyOf    `yaml:"user"`
	Intent   string   `yaml:"intent"`
	Expiring bool     `yaml:"expiring"`
	Key      variable `yaml:"key"`
}

// token gives the account's API token the value that the outpost has too.
// authentik finds it by identifier and `managed`; were one of them another,
// it would make a token of its own (authentik/outposts/models.py, Outpost.token).
func token(o *model.Outpost) entry {
	identifier := "ak-outpost-" + o.ID.V + "-api"
	return entry{
		Model: "authentik_core.token",
		Identifiers: struct {
			Identifier string `yaml:"identifier"`
		}{identifier},
		Attrs: tokenAttrs{
			Managed: "goauthentik.io/outpost/" + identifier,
			User:    keyOf(accountID),
			Intent:  "api",
			Key:     variable(o.TokenVariable()),
		},
	}
}
