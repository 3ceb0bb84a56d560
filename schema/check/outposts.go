package check

import (
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var outpostRules = []rule{
	{diag.Rule{
		Code: "outpost-id-taken", Severity: diag.Error,
		Summary: "Two outposts have the same UUID: authentik identifies an outpost by its UUID, so the two are one outpost and take each other's providers.",
		Wrong:   `cluster: auth: authentik: outposts: {a: id: "3f0970c5-d6a3-43b2-9a36-d74665c6b24e", b: id: "3f0970c5-d6a3-43b2-9a36-d74665c6b24e"}`,
		Right:   `cluster: auth: authentik: outposts: {a: id: "3f0970c5-d6a3-43b2-9a36-d74665c6b24e", b: id: "26d1a2cc-1b6f-4d0e-9a55-6d5d2a4b7f10"}`,
		Source:  "authentik/outposts/models.py",
	}, outpostIDs},
	{diag.Rule{
		Code: "outpost-name-taken", Severity: diag.Error,
		Summary: "Two outposts have the same name in authentik.",
		Wrong:   `cluster: auth: authentik: outposts: {a: name: "proxy", b: name: "proxy"}`,
		Right:   `cluster: auth: authentik: outposts: {a: name: "proxy-a", b: name: "proxy-b"}`,
	}, outpostTitles},
	{diag.Rule{
		Code: "outpost-embedded", Severity: diag.Error,
		Summary: "An outpost has the reserved name of the outpost inside authentik's server: that outpost is authentik's own, and no provider of the spec belongs to it.",
		Wrong:   `cluster: auth: authentik: outposts: proxy: name: "authentik Embedded Outpost"`,
		Right:   `cluster: auth: authentik: outposts: proxy: name: "external-proxy"`,
		Source:  "authentik/outposts/apps.py",
	}, outpostEmbedded},
	{diag.Rule{
		Code: "outpost-token-taken", Severity: diag.Error,
		Summary: "Two outposts have the same token: a token belongs to one outpost's service account, and an outpost with another outpost's token serves that outpost's hosts.",
		Wrong:   `cluster: auth: authentik: outposts: {a: token: {item: "Outpost", property: "token"}, b: token: {item: "Outpost", property: "token"}}`,
		Right:   `cluster: auth: authentik: outposts: {a: token: {item: "Outpost A", property: "token"}, b: token: {item: "Outpost B", property: "token"}}`,
		Source:  "authentik internal/outpost/ak/api.go: an outpost takes the first that its token may see",
	}, outpostTokens},
	{diag.Rule{
		Code: "outpost-redis", Severity: diag.Warning,
		Summary: "An outpost has a Redis that it does not use: an external proxy outpost keeps its sessions in its own file system, in every release.",
		Wrong:   `cluster: auth: authentik: outposts: proxy: redis: true`,
		Right:   `cluster: auth: authentik: outposts: proxy: replicas: 2`,
		Source:  "authentik internal/outpost/proxyv2/application/session.go",
	}, outpostRedis},
	{diag.Rule{
		Code: "outpost-empty", Severity: diag.Error,
		Summary: "An outpost is in front of no host: authentik rejects an outpost without providers.",
		Wrong:   `cluster: {auth: authentik: outposts: proxy: type: "proxy", services: web: expose: web: {service: "web", port: 80, ingress: "nginx"}}`,
		Right:   `cluster: {auth: authentik: outposts: proxy: type: "proxy", services: web: expose: web: {service: "web", port: 80, auth: outpost: "proxy"}}`,
		Source:  "authentik/outposts/api/outposts.py, validate_providers",
	}, outpostEmpty},
}

// duplicates reports the outposts that share a value with an earlier one.
func duplicates(c *model.Cluster, value func(*model.Outpost) (model.At[string], string), found func(o, first *model.Outpost, at model.At[string])) {
	seen := map[string]*model.Outpost{}
	for _, o := range c.Outposts() {
		place, key := value(o)
		if first, taken := seen[key]; taken {
			found(o, first, place)
			continue
		}
		seen[key] = o
	}
}

func outpostIDs(c *model.Cluster, r *diag.Report) {
	id := func(o *model.Outpost) (model.At[string], string) { return o.ID, strings.ToLower(o.ID.V) }
	duplicates(c, id, func(o, first *model.Outpost, place model.At[string]) {
		at(r, place, "%s has the id %s of %s", outpostName(o), place.V, outpostName(first)).
			Note(first.ID.Pos, "%s has this id", outpostName(first)).
			Advise("give each outpost a UUID of its own")
	})
}

func outpostTitles(c *model.Cluster, r *diag.Report) {
	title := func(o *model.Outpost) (model.At[string], string) { return o.Title, o.Title.V }
	duplicates(c, title, func(o, first *model.Outpost, place model.At[string]) {
		at(r, place, "%s has the name %q of %s", outpostName(o), place.V, outpostName(first)).
			Note(first.Title.Pos, "%s has this name", outpostName(first)).
			Advise("give each outpost a name of its own")
	})
}

func outpostTokens(c *model.Cluster, r *diag.Report) {
	token := func(o *model.Outpost) (model.At[string], string) {
		return o.Token.Item, o.Token.Store.Name.V + "\x00" + o.Token.Item.V + "\x00" + o.Token.Property.V
	}
	duplicates(c, token, func(o, first *model.Outpost, place model.At[string]) {
		at(r, place, "%s has the token of %s, property %q of item %q", outpostName(o), outpostName(first), o.Token.Property.V, place.V).
			Note(first.Token.Item.Pos, "the token of %s", outpostName(first)).
			Advise("give each outpost a token of its own")
	})
}

// embeddedOutpost is the name that authentik gives to its own.
const embeddedOutpost = "authentik Embedded Outpost"

func outpostEmbedded(c *model.Cluster, r *diag.Report) {
	for _, o := range c.Outposts() {
		if strings.EqualFold(o.Title.V, embeddedOutpost) {
			at(r, o.Title, "%q is the name of the outpost inside authentik's server", o.Title.V).
				Advise("give %s a name of its own", outpostName(o))
		}
	}
}

func outpostRedis(c *model.Cluster, r *diag.Report) {
	for _, o := range c.Outposts() {
		if o.Redis.V {
			at(r, o.Redis, "%s has a Redis that it does not use: the outpost keeps sessions in its own file system", outpostName(o)).
				Advise("remove `redis`; with several replicas, sessions stick to one of them")
		}
	}
}

func outpostEmpty(c *model.Cluster, r *diag.Report) {
	for _, o := range c.Outposts() {
		if len(o.Exposures) == 0 {
			at(r, o.Name, "%s is in front of no host", outpostName(o)).
				Advise("name it in the `auth` of an exposure, or remove it")
		}
	}
}
