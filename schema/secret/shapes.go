package secret

import (
	"regexp"
	"slices"
	"strings"
)

// shape is a form that secrets have. A text is searched only where it holds one of
// the marks.
type shape struct {
	what    string
	sure    bool // nothing else has it
	marks   []string
	pattern *regexp.Regexp
	is      func(groups []string) bool // whether a match is a secret; nil for all but fillers
}

// Sources of the prefixes: the documentation of GitHub, GitLab, Slack, AWS, 1Password,
// Stripe, Tailscale, age, Kubernetes, OpenAI, Anthropic, Grafana, HashiCorp Vault, npm,
// Docker, Hugging Face, SendGrid, Google, Telegram, Discord and Cloudflare.
var shapes = []shape{
	{"a private key", true, []string{"PRIVATE KEY"}, privateKey, func(g []string) bool {
		return (len(g[1]) >= minKeyBody || strings.HasSuffix(g[0], "-")) && !isFiller(g[1])
	}},
	{"a private key", false, []string{"PRIVATE KEY"}, privateKey, func(g []string) bool { return !isFiller(g[1]) }},
	{"an age key", true, []string{"SECRET-KEY-", "secret-key-"}, regexp.MustCompile(`(?i)AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{16,}`), nil},
	{"a GitHub token", true, []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"}, regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_[A-Za-z0-9_]{16,}`), nil},
	{"a GitLab token", true, []string{"glpat-", "gldt-", "glrt-", "glagent-"}, regexp.MustCompile(`\bgl(?:pat|dt|rt|agent)-[A-Za-z0-9_-]{16,}`), nil},
	{"a Slack token", true, []string{"xox"}, regexp.MustCompile(`\bxox[abeoprs]-[0-9A-Za-z]+-[A-Za-z0-9-]{8,}`), nil},
	{"a Slack webhook", true, []string{"hooks.slack.com/"}, regexp.MustCompile(`\bhooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,}`), nil},
	{"a Discord webhook", true, []string{"/api/webhooks/"}, regexp.MustCompile(`\bdiscord(?:app)?\.com/api/webhooks/[0-9]{15,}/[A-Za-z0-9_-]{30,}`), nil},
	{"an AWS access key", false, []string{"AKIA", "ASIA"}, regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`), nil},
	{"a 1Password service account token", true, []string{"ops_"}, regexp.MustCompile(`\bops_eyJ[A-Za-z0-9+/=_-]{20,}`), nil},
	{"a Stripe key", true, []string{"k_live_"}, regexp.MustCompile(`\b[sr]k_live_[A-Za-z0-9]{10,}`), nil},
	{"a Tailscale key", true, []string{"tskey-"}, regexp.MustCompile(`\btskey-[a-z]+-[A-Za-z0-9-]{10,}`), nil},
	{"an OpenAI key", true, []string{"sk-"}, regexp.MustCompile(`\bsk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{32,}|[A-Za-z0-9]{48}\b)`), nil},
	{"an Anthropic key", true, []string{"sk-ant-"}, regexp.MustCompile(`\bsk-ant-[a-z0-9]+-[A-Za-z0-9_-]{32,}`), nil},
	{"a Grafana token", true, []string{"glsa_"}, regexp.MustCompile(`\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}\b`), nil},
	{"a Vault token", true, []string{"hvs.", "hvb."}, regexp.MustCompile(`\bhv[sb]\.[A-Za-z0-9_-]{24,}`), nil},
	{"an npm token", true, []string{"npm_"}, regexp.MustCompile(`\bnpm_[A-Za-z0-9]{36}\b`), nil},
	{"a Docker token", true, []string{"dckr_pat_"}, regexp.MustCompile(`\bdckr_pat_[A-Za-z0-9_-]{20,}`), nil},
	{"a Hugging Face token", true, []string{"hf_"}, regexp.MustCompile(`\bhf_[A-Za-z0-9]{34}\b`), nil},
	{"a SendGrid key", true, []string{"SG."}, regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`), nil},
	{"a Google API key", false, []string{"AIza"}, regexp.MustCompile(`\bAIza[A-Za-z0-9_-]{35}`), nil},
	{"a Telegram bot token", false, []string{":AA"}, regexp.MustCompile(`\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}`), nil},
	{"a Cloudflare tunnel token", true, []string{"eyJhIjoi"}, regexp.MustCompile(`\beyJhIjoi[A-Za-z0-9+/=_-]{80,}`), nil},
	{"a JSON Web Token", false, []string{"eyJ"}, regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`), nil},
	{"a bootstrap token", false, []string{"."}, regexp.MustCompile(`^\s*([a-z0-9]{6}\.[a-z0-9]{16})\s*$`), func(g []string) bool { return strings.ContainsAny(g[1][7:], "0123456789") }},
	{"a password hash", false, []string{"$2", "$$2", "argon2", "$6$", "$5$", "$apr1$"}, hash, nil},
	{"a URL with a password", false, []string{"://"}, credentials, isLogin},
}

// minKeyBody is the least length of the body of a key in PEM whose last line is not
// there, in characters of base64: that of an Ed25519 key has 64.
const minKeyBody = 60

// privateKey is the first line of a key in PEM with lines of base64 below it, which
// may be written as escapes in a text of JSON. A line alone is no key: scripts look
// for it.
var privateKey = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----` + lineBreak + `(?:[A-Za-z-]+: [^\n\\]*` + lineBreak + `)*` +
	`([A-Za-z0-9+/=]{4,}(?:` + lineBreak + `[A-Za-z0-9+/=]+)*)(?:` + lineBreak + `-|` + lineBreak + `|\s*$|\s*["'-])`)

const lineBreak = `(?:[ \t]*(?:\r?\n|\\r\\n|\\n))+[ \t]*`

// hash is bcrypt, argon2, or one of crypt(3); a dollar may be doubled, as in files of
// Compose and of Flux.
var hash = regexp.MustCompile(`\${1,2}2[abxy]?\${1,2}[0-9]{2}\${1,2}[./A-Za-z0-9]{20,}|\${1,2}argon2(?:id|i|d)\${1,2}v=[0-9]+\${1,2}m=[^\s"']{20,}|\$(?:5|6|apr1)\$[./A-Za-z0-9=,]{4,}\$[./A-Za-z0-9]{20,}`)

// credentials is a URL with a user, a password and a host.
var credentials = regexp.MustCompile(`\b[A-Za-z][A-Za-z0-9+.-]*://([^/\s:@"'<>\x60]*):([^/\s@"'<>\x60]+)@([A-Za-z0-9._-]*)`)

// unwritten are words of documentation for the password in a URL.
var unwritten = regexp.MustCompile(`(?i)^(my|the|some|db|your|user)?[-_.]?(pass|passwd|password|pwd|pw|pswd|secret|token|key|user|username)$|^%[a-z(]|^[A-Z_]+$|[][(){}$|\\]`)

// documented are the hosts of documentation.
var documented = regexp.MustCompile(`(?i)^(host|hostname|server|url|domain|ip|address|sha256)$|(^|\.)example(\.|$)`)

// isLogin reports whether a URL holds a password, and none of documentation: its host
// is no example, and the password is not the user once more.
func isLogin(g []string) bool {
	user, password, host := g[1], g[2], g[3]
	return user != password && !unwritten.MatchString(password) && !isStandIn(password) && !documented.MatchString(host)
}

// marked reports whether a text can hold the shape.
func (s shape) marked(text string) bool {
	return slices.ContainsFunc(s.marks, func(m string) bool { return strings.Contains(text, m) })
}

// find gives the places in a text that have the shape and are secrets.
func (s shape) find(text string) [][]int {
	if !s.marked(text) {
		return nil
	}
	var out [][]int
	for _, m := range s.pattern.FindAllStringSubmatchIndex(text, -1) {
		groups := make([]string, len(m)/2)
		for i := range groups {
			if m[2*i] >= 0 {
				groups[i] = text[m[2*i]:m[2*i+1]]
			}
		}
		if s.is != nil && !s.is(groups) || s.is == nil && (isFiller(groups[0]) || isWorded(groups[0])) {
			continue
		}
		out = append(out, m[:2])
	}
	return out
}

// parts are the words of a token, between the signs in it.
var parts = regexp.MustCompile(`[A-Za-z0-9]+`)

// pure is a word as people write it: letters of one case with a short number (of capitals
// at most 15: keys have more), a number, or one as k8s.
var pure = regexp.MustCompile(`^(?:[A-Z]?[a-z]+[0-9]{0,3}|[A-Z]{1,15}|[0-9]+|[a-z][0-9]{1,2}[a-z]{1,2})$`)

// minSigns is how many different signs the longest word of a token has at least.
const minSigns = 5

// isWorded reports whether what begins like a token is a name made of words, or says
// only where a token stands: tokens mix letters and digits.
func isWorded(token string) bool {
	all := parts.FindAllString(token, -1)
	longest := slices.MaxFunc(all, func(a, b string) int { return len(a) - len(b) })
	signs := map[rune]bool{}
	for _, r := range longest {
		signs[r] = true
	}
	return len(signs) < minSigns || !slices.ContainsFunc(all, func(word string) bool { return !pure.MatchString(word) })
}

// Shape names the kind of secret that a text looks like, also behind base64; empty
// for none. sure reports whether the text can only be a secret.
func Shape(text string) (what string, sure bool) {
	if all := shaped(text, maxEncoded); len(all) > 0 {
		return all[0].What, all[0].Sure
	}
	return "", false
}
