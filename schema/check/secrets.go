package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
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

// shape is a form that only secrets have.
type shape struct {
	what    string
	pattern *regexp.Regexp
}

var shapes = []shape{
	{"a private key", regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY`)},
	{"a certificate", regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*CERTIFICATE-----`)},
	{"a PEM block in base64", regexp.MustCompile(`LS0tLS1CRUdJTi`)},
	{"an age key", regexp.MustCompile(`(?i)AGE-SECRET-KEY-1`)},
	{"a GitHub token", regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_[A-Za-z0-9_]{16,}`)},
	{"a GitLab token", regexp.MustCompile(`\bgl(pat|dt|rt|agent)-[A-Za-z0-9_-]{16,}`)},
	{"a Slack token", regexp.MustCompile(`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`)},
	{"an AWS access key", regexp.MustCompile(`\b(AKIA|ASIA)[A-Z0-9]{16}\b`)},
	{"a 1Password service account token", regexp.MustCompile(`\bops_[A-Za-z0-9+/=_-]{20,}`)},
	{"a Stripe key", regexp.MustCompile(`\b[sr]k_live_[A-Za-z0-9]{10,}`)},
	{"a Tailscale key", regexp.MustCompile(`\btskey-[a-z]+-[A-Za-z0-9-]{10,}`)},
	{"a JSON Web Token", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.`)},
	{"a bootstrap token", regexp.MustCompile(`^[a-z0-9]{6}\.[a-z0-9]{16}$`)},
	{"a password hash", regexp.MustCompile(`\$2[abxy]?\$[0-9]{2}\$|\$argon2(id|i|d)\$`)},
	{"a URL with a password", regexp.MustCompile(`://[^/\s:@]+:[^/\s:@$({]+@`)},
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
	if text, ok := value.Plain().(string); ok && isSecretLabel(name) && looksRandom(name, text) {
		found(r, value.Pos, name, "a secret")
	}
}

// assignment is a field or variable with a value in a comment.
var assignment = regexp.MustCompile(`([A-Za-z0-9_-]+)"?\s*[:=]\s*"?([^\s",]+)`)

// secretIn says what secret a literal looks like, or nothing.
func secretIn(l model.Literal) string {
	for _, s := range shapes {
		if s.pattern.MatchString(strings.TrimSpace(l.Text)) {
			return s.what
		}
	}
	if !l.Comment {
		if isSecretLabel(l.Label) && looksRandom(l.Label, l.Text) {
			return "a secret"
		}
		return ""
	}
	for _, m := range assignment.FindAllStringSubmatch(l.Text, -1) {
		if isSecretLabel(m[1]) && looksRandom(m[1], m[2]) {
			return "a secret"
		}
	}
	return ""
}

// secretLabels are the ends of labels whose values are secrets, without case
// and separators.
var secretLabels = []string{
	"password", "passwd", "passphrase", "token", "secret", "apikey", "accesskey", "secretkey", "privatekey",
	"encryptionkey", "signingkey", "credential", "credentials", "psk",
}

// isSecretLabel reports whether the value of a field may be a secret. `secret`
// and `token` are often names too: looksRandom decides.
func isSecretLabel(label string) bool {
	plain := plainLabel(label)
	return plain == "key" || slices.ContainsFunc(secretLabels, func(end string) bool { return strings.HasSuffix(plain, end) })
}

func plainLabel(label string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(label))
}
