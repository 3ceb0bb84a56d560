package authentik

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"ichor/schema/model"
)

// The flows that authentik brings for applications: the slugs by which they
// are found, and the names of the blueprints that make them. Source:
// authentik, blueprints/default.
const (
	authorizationFlow      = "default-provider-authorization-implicit-consent"
	invalidationFlow       = "default-provider-invalidation-flow"
	authorizationBlueprint = "Default - Provider authorization flow (implicit consent)"
	invalidationBlueprint  = "Default - Provider invalidation flow"
)

// Identities of entries, to which later entries refer.
const (
	accountID = "service-account"
)

// document is a blueprint. Source: authentik, website/docs/customize/blueprints.
type document struct {
	Version  int      `yaml:"version"`
	Metadata metadata `yaml:"metadata"`
	Entries  []entry  `yaml:"entries"`
}

type metadata struct {
	Name string `yaml:"name"`
}

type entry struct {
	Model       string `yaml:"model"`
	ID          string `yaml:"id,omitempty"`
	Identifiers any    `yaml:"identifiers,omitempty"`
	Attrs       any    `yaml:"attrs"`
}

// blueprint gives everything that the outpost needs inside authentik, in the
// order in which one refers to the other: its account comes before the
// outpost, since authentik would make it only some time after, and the token
// last. Its form is YAML with authentik's own tags.
func blueprint(c *model.Cluster, o *model.Outpost) (string, error) {
	d := document{Version: 1, Metadata: metadata{Name: o.Unit}}
	d.Entries = append(d.Entries, after(authorizationBlueprint), after(invalidationBlueprint), account(o))
	for _, e := range o.Exposures {
		d.Entries = append(d.Entries, provider(e), application(e))
	}
	d.Entries = append(d.Entries, outpost(c, o), token(o))
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(d); err != nil {
		return "", err
	}
	return b.String(), enc.Close()
}

// providerID is the identity of the entry of an exposure's provider.
func providerID(e *model.Exposure) string { return "provider-" + slug(e) }

// slug gives the name of an exposure's provider and application, of which
// authentik has one each. Both domains may have a host of one label.
func slug(e *model.Exposure) string {
	if e.Domain.V == "public" {
		return e.Name.V + "-public"
	}
	return e.Name.V
}

// title gives how the portal names an application.
func title(e *model.Exposure) string {
	if e.Title.V != "" {
		return e.Title.V
	}
	return e.Name.V
}

func externalURL(e *model.Exposure) string { return "https://" + e.Host }

// skipped gives the paths without a login, one regular expression a line.
func skipped(e *model.Exposure) string {
	var paths []string
	if e.Auth != nil {
		for _, p := range e.Auth.SkipPaths {
			paths = append(paths, p.V)
		}
	}
	return strings.Join(paths, "\n")
}
