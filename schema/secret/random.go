package secret

import (
	"math"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
)

const (
	// minRandom is the shortest text that is judged by how random it looks, and
	// minEntropy the least Shannon entropy, in bits a character, of what does:
	// 20 random hexadecimal digits have about 3.4, a pattern that repeats less.
	minRandom  = 20
	minEntropy = 3.0
	// minPassword is the shortest text that counts as a password where the label
	// says so, and maxSecret the longest text that its label alone makes a secret.
	minPassword = 6
	maxSecret   = 512
)

// known are forms of values that are no secrets: digests, UUIDs, paths, flags, names
// of variables, and addresses with a scheme.
var known = []*regexp.Regexp{
	regexp.MustCompile(`^[a-z0-9]+:[0-9a-f]{32,}$`),
	regexp.MustCompile(`@sha256:[0-9a-f]{64}$`),
	regexp.MustCompile(`(?i)^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$`),
	regexp.MustCompile(`^(~?\.{0,2}/|--\w|[a-z][a-z0-9+.-]*://)`),
	regexp.MustCompile(`^[A-Z][A-Z0-9]*(_+[A-Z0-9]+)+$`),
}

// words is a name made of words, as existing-secret, grafana.admin-2 or k8s-token.
var words = regexp.MustCompile(`^` + word + `([-._/:]` + word + `)*$`)

const word = `([0-9]{0,3}[A-Za-z]+[0-9]{0,3}|[0-9]{1,4}|[A-Za-z][0-9]{1,2}[A-Za-z]{1,2})`

// IsName reports whether a text is made of words, as the name of an image or of an
// object.
func IsName(text string) bool { return words.MatchString(text) }

// Looks reports whether a text under a label is a secret: the label is one of
// secrets, and the text neither a name nor a stand-in. Under a password's label a
// digit, or a sign that names do not have, is enough.
func Looks(label, text string) bool {
	if len(text) < minPassword || len(text) > maxSecret || !isLabel(label) {
		return false
	}
	if strings.ContainsFunc(text, unicode.IsSpace) || isKnown(text) || isStandIn(text) {
		return false
	}
	if isPassword(label) {
		return strings.ContainsFunc(text, func(r rune) bool {
			return !unicode.IsLetter(r) && !strings.ContainsRune("-._/:", r)
		})
	}
	return len(text) >= minRandom && !words.MatchString(text) && classes(text) > 1 && entropy(text) >= minEntropy
}

func isKnown(text string) bool {
	for _, k := range known {
		if k.MatchString(text) {
			return true
		}
	}
	if _, err := netip.ParsePrefix(text); err == nil {
		return true
	}
	_, err := netip.ParseAddr(text)
	return err == nil
}

// classes counts lower case, upper case, digits and signs.
func classes(text string) int {
	var lower, upper, digit, sign int
	for _, r := range text {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			sign = 1
		}
	}
	return lower + upper + digit + sign
}

// entropy gives Shannon's, in bits a byte.
func entropy(text string) float64 {
	var count [256]int
	for i := range len(text) {
		count[text[i]]++
	}
	var bits float64
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(text))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
