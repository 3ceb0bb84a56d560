package secret

import (
	"fmt"
	"strings"

	"ichor/schema/diag"
)

// Literal is the rule on secrets in a spec, and in objects that are no Secrets.
var Literal = diag.Rule{
	Code: "secret-literal", Severity: diag.Error,
	Summary: "No secret stands in a spec or in a manifest, comments of a spec included: git keeps it for ever. The finding names the place and never shows the value. In an audit it is an error where nothing else has the form of the value, and otherwise a warning.",
	Wrong:   `cluster: services: web: helm: values: adminPassword: "..."`,
	Right:   `cluster: services: web: secrets: admin: keys: password: {item: "Web Admin", property: "password"}`,
	Source:  "prefixes of tokens: the documentation of GitHub, GitLab, Slack, AWS, 1Password, Stripe, Tailscale, age and Kubernetes",
}

// Plain is the rule on Secrets that are not encrypted.
var Plain = diag.Rule{
	Code: "secret-plain", Severity: diag.Warning,
	Summary: "A Secret stands in the repository as it is: whoever reads the repository, or any copy of its history, has it. base64 hides nothing. The finding names the place and never shows the value. It is an error in a directory of a spec, and where nothing else has the form of the value.",
	Wrong:   `kind: Secret, stringData: {password: "..."}`,
	Right:   "the same file encrypted with SOPS, or an ExternalSecret that names the item",
	Source:  "Flux documentation, Manage Kubernetes secrets with SOPS",
}

// Report adds a finding of a secret without its value, and keeps printers from showing
// the line. in names the object around it; empty for a spec.
func Report(r *diag.Report, pos diag.Pos, in string, f Finding) *diag.Finding {
	if in != "" {
		in = " in " + in
	}
	out := r.Add(pos, "", fmt.Sprintf("%s%s looks like %s", f.Subject(), in, f.What))
	out.Secret = true
	for _, value := range append(strings.Split(f.Value, "\n"), f.Value) {
		if value = strings.TrimSpace(value); len(value) >= minPassword {
			out.Hide = append(out.Hide, value)
		}
	}
	return out
}
