package secret

import (
	"fmt"
	"strings"

	"ichor/schema/diag"
)

// Literal is the rule on secrets in a spec, and in objects that are no Secrets.
var Literal = diag.Rule{
	Code: "secret-literal", Severity: diag.Error,
	Summary: "A spec or a manifest holds a secret in plain text: git keeps it forever, even if it is in a comment of a spec. The finding names the place and never shows the value. In an audit, the finding is an error where the value can only be a secret, such as a GitHub token, and a warning otherwise.",
	Wrong:   `cluster: services: web: helm: values: adminPassword: "..."`,
	Right:   `cluster: services: web: secrets: admin: keys: password: {item: "Web Admin", property: "password"}`,
	Source:  "prefixes of tokens: the documentation of GitHub, GitLab, Slack, AWS, 1Password, Stripe, Tailscale, age and Kubernetes",
}

// Plain is the rule on Secrets that are not encrypted.
var Plain = diag.Rule{
	Code: "secret-plain", Severity: diag.Warning,
	Summary: "A Secret is in the repository without encryption: whoever reads the repository, or any copy of its history, has the values. base64 hides nothing. The finding names the place and never shows the value. The finding is an error in a directory of a spec, and where the value can only be a secret, such as a GitHub token.",
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
