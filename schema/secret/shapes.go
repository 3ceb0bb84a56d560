package secret

import (
	"regexp"
	"slices"
	"strings"
)

// shape is a form that secrets have.
type shape struct {
	what    string
	sure    bool // nothing else has it
	pattern *regexp.Regexp
}

var shapes = []shape{
	{"a private key", true, regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY`)},
	{"a certificate", false, regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*CERTIFICATE-----`)},
	{"a PEM block in base64", false, regexp.MustCompile(`LS0tLS1CRUdJTi`)},
	{"an age key", true, regexp.MustCompile(`(?i)AGE-SECRET-KEY-1`)},
	{"a GitHub token", true, regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_[A-Za-z0-9_]{16,}`)},
	{"a GitLab token", true, regexp.MustCompile(`\bgl(pat|dt|rt|agent)-[A-Za-z0-9_-]{16,}`)},
	{"a Slack token", true, regexp.MustCompile(`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`)},
	{"an AWS access key", true, regexp.MustCompile(`\b(AKIA|ASIA)[A-Z0-9]{16}\b`)},
	{"a 1Password service account token", true, regexp.MustCompile(`\bops_[A-Za-z0-9+/=_-]{20,}`)},
	{"a Stripe key", true, regexp.MustCompile(`\b[sr]k_live_[A-Za-z0-9]{10,}`)},
	{"a Tailscale key", true, regexp.MustCompile(`\btskey-[a-z]+-[A-Za-z0-9-]{10,}`)},
	{"a JSON Web Token", false, regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.`)},
	{"a bootstrap token", false, regexp.MustCompile(`^[a-z0-9]{6}\.[a-z0-9]{16}$`)},
	{"a password hash", false, regexp.MustCompile(`\$2[abxy]?\$[0-9]{2}\$|\$argon2(id|i|d)\$`)},
	{"a URL with a password", false, regexp.MustCompile(`://[^/\s:@]+:[^/\s:@$({]+@`)},
}

// Shape says what secret a text has the form of, and whether nothing else has it;
// empty for none.
func Shape(text string) (what string, sure bool) {
	for _, s := range shapes {
		if s.pattern.MatchString(strings.TrimSpace(text)) {
			return s.what, s.sure
		}
	}
	return "", false
}

// labels are the ends of labels whose values are secrets, without case
// and separators.
var labels = []string{
	"password", "passwd", "passphrase", "token", "secret", "apikey", "accesskey", "secretkey", "privatekey",
	"encryptionkey", "signingkey", "credential", "credentials", "psk",
}

// isLabel reports whether the value of a field may be a secret. `secret` and
// `token` are often names too: the text decides.
func isLabel(label string) bool {
	plain := plainLabel(label)
	return plain == "key" || slices.ContainsFunc(labels, func(end string) bool { return strings.HasSuffix(plain, end) })
}

func plainLabel(label string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(label))
}
