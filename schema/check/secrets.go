package check

import (
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
	"ichor/schema/secret"
)

var secretRules = []rule{
	{secret.Literal, secretLiterals},
}

func secretLiterals(c *model.Cluster, r *diag.Report) {
	seen := map[diag.Pos]bool{}
	add := func(pos diag.Pos, f secret.Finding) {
		seen[pos] = true
		secret.Report(r, pos, "", f).
			Advise("keep it in the secret store, and write its item and property here; then change the secret itself, since this file has a copy of it")
	}
	for _, l := range c.Literals {
		for _, f := range secretsIn(l) {
			add(l.Pos, f)
		}
	}
	for _, s := range c.Services {
		for _, p := range openSecrets(s) {
			if !seen[p.pos] {
				add(p.pos, p.Finding)
			}
		}
		for _, p := range directoryLiterals(s) {
			add(p.pos, p.Finding)
		}
	}
}

// secretsIn gives the secrets in a literal of the spec.
func secretsIn(l model.Literal) []secret.Finding {
	text := l.Text
	if l.Comment {
		text = strings.TrimLeft(text, "/ \t")
	}
	var out []secret.Finding
	for _, m := range secret.In(l.Label, text) {
		out = append(out, secret.Finding{Match: m, Field: l.Label})
	}
	return out
}

// placed is a secret with its place.
type placed struct {
	secret.Finding
	pos diag.Pos
}

// openSecrets gives the secrets in the open values of a service that their literals do
// not show by themselves: of {name: "DB_PASSWORD", value: "..."} the name says so.
func openSecrets(s *model.Service) []placed {
	var out []placed
	if s.Helm != nil {
		for _, f := range secret.Tree(s.Helm.Values.Plain()) {
			out = append(out, placed{f, s.Helm.Values.Follow(f.Path).Pos})
		}
	}
	for _, m := range manifests(s) {
		if m.Kind.V == "Secret" {
			continue // raw-secret
		}
		_, builtin := release.BuiltinKind(m.Kind.V)
		for _, f := range secret.Object(m.Kind.V, builtin, m.Body.PlainMap()) {
			out = append(out, placed{f, m.Body.Follow(f.Path).Pos})
		}
	}
	return out
}
