package authentik_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"

	"ichor/schema/model"
)

const blueprintPath = "manifests/login/configmap-authentik-proxy-blueprint.yaml"

// entry is an entry of a blueprint, read back with its tags.
type entry struct {
	Model       string               `yaml:"model"`
	ID          string               `yaml:"id"`
	Identifiers map[string]string    `yaml:"identifiers"`
	Attrs       map[string]yaml.Node `yaml:"attrs"`
}

// text gives an attribute that is a scalar, with authentik's tag if it has one.
func (e entry) text(name string) string {
	n := e.Attrs[name]
	return strings.TrimSpace(custom(&n) + " " + n.Value)
}

func custom(n *yaml.Node) string {
	if strings.HasPrefix(n.Tag, "!!") {
		return ""
	}
	return n.Tag
}

// blueprint reads the blueprint that the cluster's authentik is given.
func blueprint(t *testing.T, c *model.Cluster) []entry {
	t.Helper()
	config := into[corev1.ConfigMap](t, generate(t, c), blueprintPath)
	if config.Namespace != "identity" || len(config.Data) != 1 {
		t.Errorf("config map in %s with %d keys", config.Namespace, len(config.Data))
	}
	var d struct {
		Version  int
		Metadata map[string]string
		Entries  []entry
	}
	if err := yaml.Unmarshal([]byte(config.Data["proxy.yaml"]), &d); err != nil {
		t.Fatal(err)
	}
	if d.Version != 1 || d.Metadata["name"] != "authentik-proxy" {
		t.Errorf("version %d, metadata %v", d.Version, d.Metadata)
	}
	return d.Entries
}

// of gives the entries of a model.
func of(entries []entry, kind string) []entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e entry) bool { return e.Model != kind })
}

func one(t *testing.T, entries []entry, kind string) entry {
	t.Helper()
	found := of(entries, kind)
	if len(found) != 1 {
		t.Fatalf("%d entries of %s, want one", len(found), kind)
	}
	return found[0]
}

func TestEveryReferenceIsToAnEarlierEntry(t *testing.T) {
	c, _ := cluster(exposure("a", "http"), exposure("b", "https"))
	seen := map[string]bool{}
	references := 0
	for _, e := range blueprint(t, c) {
		for _, attr := range e.Attrs {
			for _, n := range append([]*yaml.Node{&attr}, attr.Content...) {
				if n.Tag != "!KeyOf" {
					continue
				}
				references++
				if !seen[n.Value] {
					t.Errorf("%s refers to %q, which no earlier entry is", e.Model, n.Value)
				}
			}
		}
		if e.ID != "" && seen[e.ID] {
			t.Errorf("two entries are %q", e.ID)
		}
		seen[e.ID] = true
	}
	if references != 5 { // two applications, two providers of the outpost, the token's user
		t.Errorf("%d references, want 5", references)
	}
}

func TestEntriesComeInTheOrderInWhichAuthentikNeedsThem(t *testing.T) {
	c, _ := cluster(exposure("a", "http"))
	var got []string
	for _, e := range blueprint(t, c) {
		got = append(got, e.Model)
	}
	want := []string{
		"authentik_blueprints.metaapplyblueprint", "authentik_blueprints.metaapplyblueprint", "authentik_core.user",
		"authentik_providers_proxy.proxyprovider", "authentik_core.application", "authentik_outposts.outpost", "authentik_core.token",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheOutpostListsEachProviderOnce(t *testing.T) {
	c, _ := cluster(exposure("a", "http"), exposure("b", "https"), exposure("c", "http"))
	entries := blueprint(t, c)
	var want, got []string
	for _, p := range of(entries, "authentik_providers_proxy.proxyprovider") {
		want = append(want, p.ID)
	}
	providers := one(t, entries, "authentik_outposts.outpost").Attrs["providers"]
	for _, n := range providers.Content {
		got = append(got, n.Value)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 3 {
		t.Errorf("%d providers (-made +listed)\n%s", len(want), diff)
	}
}

func TestIdentitiesFollowFromTheUUID(t *testing.T) {
	c, o := cluster(exposure("a", "http"))
	entries := blueprint(t, c)
	user := one(t, entries, "authentik_core.user")
	if got := user.Identifiers["username"]; got != "ak-outpost-3f0970c5d6a343b29a36d74665c6b24e" {
		t.Errorf("user %q", got)
	}
	if user.text("type") != "internal_service_account" || user.text("name") != "Outpost the-outpost Service-Account" {
		t.Errorf("user of type %q named %q", user.text("type"), user.text("name"))
	}
	outpost := one(t, entries, "authentik_outposts.outpost")
	if outpost.Identifiers["pk"] != uuid || outpost.text("name") != o.Title.V || outpost.text("service_connection") != "null" {
		t.Errorf("outpost %v named %q", outpost.Identifiers, outpost.text("name"))
	}
	token := one(t, entries, "authentik_core.token")
	identifier := "ak-outpost-" + uuid + "-api"
	if token.Identifiers["identifier"] != identifier || token.text("managed") != "goauthentik.io/outpost/"+identifier {
		t.Errorf("token %v managed %q", token.Identifiers, token.text("managed"))
	}
	if token.text("key") != "!Env "+o.TokenVariable() || token.text("user") != "!KeyOf "+user.ID || token.text("intent") != "api" {
		t.Errorf("token's key %q, user %q, intent %q", token.text("key"), token.text("user"), token.text("intent"))
	}
}

func TestProvidersAndApplications(t *testing.T) {
	inside, secure, public := exposure("web", "http"), exposure("secure", "https"), exposure("web", "http")
	secure.Auth.SkipPaths = []model.At[string]{at("^/health$"), at("^/metrics$")}
	public.Domain, public.Host = at("public"), "web.example.org"
	c, _ := cluster(inside, secure, public)
	entries := blueprint(t, c)
	type view struct{ Name, Mode, Outside, Inside, Validate, Skip, App, Launch string }
	apps := of(entries, "authentik_core.application")
	var got []view
	for i, p := range of(entries, "authentik_providers_proxy.proxyprovider") {
		got = append(got, view{
			p.Identifiers["name"], p.text("mode"), p.text("external_host"), p.text("internal_host"),
			p.text("internal_host_ssl_validation"), p.text("skip_path_regex"),
			apps[i].Identifiers["slug"] + " " + apps[i].text("name") + " " + apps[i].text("provider"), apps[i].text("meta_launch_url"),
		})
	}
	want := []view{
		{"web", "proxy", "https://web.example.com", "http://web-web.apps:8080", "true", "", "web WEB !KeyOf provider-web", "https://web.example.com"},
		{"secure", "proxy", "https://secure.example.com", "https://secure-web.apps:8080", "false", "^/health$\n^/metrics$", "secure SECURE !KeyOf provider-secure", "https://secure.example.com"},
		{"web-public", "proxy", "https://web.example.org", "http://web-web.apps:8080", "true", "", "web-public WEB !KeyOf provider-web-public", "https://web.example.org"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFlowsAreFoundBySlugOnceTheirBlueprintsAreApplied(t *testing.T) {
	c, _ := cluster(exposure("a", "http"))
	entries := blueprint(t, c)
	provider := one(t, entries, "authentik_providers_proxy.proxyprovider")
	for attr, slug := range map[string]string{
		"authorization_flow": "default-provider-authorization-implicit-consent",
		"invalidation_flow":  "default-provider-invalidation-flow",
	} {
		flow := provider.Attrs[attr]
		if flow.Tag != "!Find" || len(flow.Content) != 2 || flow.Content[0].Value != "authentik_flows.flow" {
			t.Fatalf("%s is %s of %d parts", attr, flow.Tag, len(flow.Content))
		}
		if by := flow.Content[1].Content; len(by) != 2 || by[0].Value != "slug" || by[1].Value != slug {
			t.Errorf("%s is not found by slug %s", attr, slug)
		}
	}
	for i, e := range entries[:2] {
		if e.Model != "authentik_blueprints.metaapplyblueprint" || e.text("required") != "false" {
			t.Errorf("entry %d is %s, want another blueprint first", i, e.Model)
		}
	}
}

func TestTheBlueprintSaysBothAddressesOfAuthentik(t *testing.T) {
	c, _ := cluster(exposure("a", "http"))
	var config map[string]any
	outpost := one(t, blueprint(t, c), "authentik_outposts.outpost")
	node := outpost.Attrs["config"]
	if err := node.Decode(&config); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"authentik_host": c.Auth.Authentik.InternalURL, "authentik_host_browser": c.Auth.Authentik.URL,
		"authentik_host_insecure": false, "log_level": "info",
	}
	if diff := cmp.Diff(want, config); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
