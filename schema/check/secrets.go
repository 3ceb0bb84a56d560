package check

import (
	"fmt"
	"regexp"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/secret"
)

var secretRules = []rule{
	{diag.Rule{
		Code: "secret-literal", Severity: diag.Error,
		Summary: "No secret stands in a spec, comments included: git keeps it for ever. The finding names the place and never shows the value.",
		Wrong:   `cluster: services: web: helm: values: adminPassword: "..."`,
		Right:   `cluster: services: web: secrets: admin: keys: password: {item: "Web Admin", property: "password"}`,
		Source:  "prefixes of tokens: the documentation of GitHub, GitLab, Slack, AWS, 1Password, Stripe, Tailscale, age and Kubernetes",
	}, secretLiterals},
}

func secretLiterals(c *model.Cluster, r *diag.Report) {
	for _, l := range c.Literals {
		if what := secretIn(l); what != "" {
			found(r, l.Pos, l.Label, what)
		}
	}
	for _, s := range c.Services {
		for _, t := range openTrees(s) {
			t.Walk(func(v *model.Tree) { environment(r, v) })
		}
		directoryLiterals(s, r)
	}
}

// found reports a secret without its value, and keeps printers from showing
// the line.
func found(r *diag.Report, pos diag.Pos, label, what string) {
	subject := "this text"
	if label != "" {
		subject = fmt.Sprintf("the value of %q", label)
	}
	f := r.Add(pos, "", fmt.Sprintf("%s looks like %s", subject, what)).
		Advise("keep it in the secret store and name its item and property; replace it where it is used, since a copy stands in this file")
	f.Secret = true
}

// environment looks at {name: "DB_PASSWORD", value: "..."}: the name is what
// the label is elsewhere.
func environment(r *diag.Report, v *model.Tree) {
	name, _ := v.Lookup("name").Plain().(string)
	value := v.Lookup("value")
	if text, ok := value.Plain().(string); ok && secret.Looks(name, text) {
		found(r, value.Pos, name, "a secret")
	}
}

// assignment is a field or variable with a value in a comment.
var assignment = regexp.MustCompile(`([A-Za-z0-9_-]+)"?\s*[:=]\s*"?([^\s",]+)`)

// secretIn says what secret a literal looks like, or nothing.
func secretIn(l model.Literal) string {
	if what, _ := secret.Shape(l.Text); what != "" {
		return what
	}
	if !l.Comment {
		if secret.Looks(l.Label, l.Text) {
			return "a secret"
		}
		return ""
	}
	for _, m := range assignment.FindAllStringSubmatch(l.Text, -1) {
		if secret.Looks(m[1], m[2]) {
			return "a secret"
		}
	}
	return ""
}
