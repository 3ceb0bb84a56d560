package secret

import (
	"slices"
	"strings"
	"unicode"
)

// labels are the ends of labels whose values are secrets, without case
// and separators.
var labels = []string{
	"password", "passwd", "passphrase", "token", "secret", "apikey", "accesskey", "secretkey", "privatekey", "presharedkey",
	"encryptionkey", "signingkey", "masterkey", "authkey", "secretkeybase", "credential", "credentials", "psk",
}

// passwords are the labels among them under which a short text is a secret too.
var passwords = []string{"password", "passwd", "passphrase"}

// referring are the ends of labels that name an object which holds a secret.
var referring = []string{"existingsecret", "pullsecret", "tlssecret", "passwordsecret", "credentialssecret", "certificatesecret"}

// IsLabel reports whether the value of a field may be a secret by its label.
func IsLabel(label string) bool { return isLabel(label) }

// isLabel reports whether the value of a field may be a secret. `secret` and
// `token` are often names too: the text decides.
func isLabel(label string) bool {
	plain := plainLabel(label)
	return plain == "key" || isShort(label) || hasEnd(plain, labels) && !hasEnd(plain, referring)
}

// isPassword reports whether a label is that of a password.
func isPassword(label string) bool { return isShort(label) || hasEnd(plainLabel(label), passwords) }

// isShort reports whether the last word of a label is short for a password, as in
// SMTP_PASS; that of bypass is not.
func isShort(label string) bool {
	for _, word := range []string{"pass", "pwd"} {
		if len(label) < len(word) || !strings.EqualFold(label[len(label)-len(word):], word) {
			continue
		}
		before, last := label[:len(label)-len(word)], label[len(label)-len(word):]
		end := strings.TrimRight(before, "-_.")
		switch {
		case before == "":
			return true
		case strings.EqualFold(end, "proxy"): // a directive of nginx
			return false
		case end != before, unicode.IsUpper(rune(last[0])) && unicode.IsLower(rune(last[1])):
			return true
		}
	}
	return false
}

func hasEnd(plain string, ends []string) bool {
	return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(plain, end) })
}

// plainLabel gives a label without case and separators.
func plainLabel(label string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == '_' || r == '.':
			return -1
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, label)
}
