package scan

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
)

// habits is what the templates of a chart do, by which what comes out is not
// what the values say.
type habits struct {
	random bool // asks for random names, keys or certificates
	// unordered says that what comes out may be another each time: entries of maps
	// in any order, or templates in values that ask for the time.
	unordered bool
	asksLive  bool     // asks for objects of the cluster
	asksAPI   bool     // asks what the cluster serves
	apis      []string // what it asks for
}

var (
	templateAction = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	// templateWord is a text, a name or a field in an action.
	templateWord = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`|[.$A-Za-z0-9_]+")
	quotedAPI    = regexp.MustCompile(`^"([a-z0-9.-]+/v[0-9][a-z0-9]*(?:/[A-Za-z]+)?)"$`)
)

// randomWords are functions whose results are others each time. Source: Sprig
// documentation.
var randomWords = []string{
	"randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randBytes", "randInt", "uuidv4", "shuffle", "bcrypt", "htpasswd", "encryptAES",
	"genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "genPrivateKey",
}

// epoch is what the clock says to templates, so that what comes out is the same
// at any time.
const epoch = `(toDate "2006-01-02" "2001-01-01")`

// templates visits the templates of a chart and of those in it.
func templates(c *chart.Chart, visit func(f *chart.File)) {
	for _, f := range c.Templates {
		visit(f)
	}
	for _, sub := range c.Dependencies() {
		templates(sub, visit)
	}
}

// habitsOf reads the templates of a chart, and sets their clock. Values may hold
// templates too.
func habitsOf(c *chart.Chart, values map[string]any) habits {
	var h habits
	templates(c, func(f *chart.File) {
		f.Data = templateAction.ReplaceAllFunc(f.Data, func(action []byte) []byte {
			h.read(string(action))
			return templateWord.ReplaceAllFunc(action, atEpoch)
		})
	})
	data, err := json.Marshal([]any{c.Values, values})
	for _, action := range templateAction.FindAllString(string(data), -1) {
		h.read(action)
		h.unordered = h.unordered || slices.Contains(templateWord.FindAllString(action, -1), "now")
	}
	h.unordered = h.unordered || err != nil
	return h
}

func atEpoch(word []byte) []byte {
	if string(word) == "now" {
		return []byte(epoch)
	}
	return word
}

func (h *habits) read(action string) {
	words := templateWord.FindAllString(action, -1)
	has := func(word string) bool { return slices.Contains(words, word) }
	h.random = h.random || slices.ContainsFunc(randomWords, has)
	h.unordered = h.unordered || (has("keys") || has("values")) && !has("sortAlpha") || has("ago")
	h.asksLive = h.asksLive || has("lookup")
	for _, w := range words {
		h.asksAPI = h.asksAPI || strings.Contains(w, ".Capabilities")
		if m := quotedAPI.FindStringSubmatch(w); m != nil && !slices.Contains(h.apis, m[1]) {
			h.apis = append(h.apis, m[1])
		}
	}
}
