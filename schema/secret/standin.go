package secret

import "regexp"

// references stand for a text that is elsewhere: an encrypted one, a variable, a part
// of a template, the name of a file, or a public key.
var references = []*regexp.Regexp{
	regexp.MustCompile(`ENC\[|\$\{|\$\(|\{\{|\}\}|<%|%>|#\{|\[\[|\{\$|%\(|\{env\.|\$__|process\.env|\b(?:op|secret|vault)://|<[^<>]+>`),
	regexp.MustCompile(`^!\w|^\$|^&\w+;$|^@|^%\w+%$|^__\w+__$|^\{[\w.:-]+\}$|^vault:|^ref\+|^(?i:env|file|secret|secretref)[:.]|^os\.|^age1[0-9a-z]{50,}$|^AAAA[BCE][0-9A-Za-z]+NzaC1`),
}

// filler is a word of documentation in the place of a secret.
var filler = regexp.MustCompile(`(?i)change.?(me|it|this)|placeholder|replace|example|dummy|redacted|todo|fixme|your|insert|sample|fake|not.?used|x{6}|\*{2}|^my[-_]?(secret|pass|token|key)|\.\.\.|…`)

func isFiller(text string) bool { return filler.MatchString(text) }

// isStandIn reports whether a text stands in the place of a secret, and is none.
func isStandIn(text string) bool {
	for _, r := range references {
		if r.MatchString(text) {
			return true
		}
	}
	return isFiller(text)
}
