package scan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/yaml"
)

// Variables are what Flux puts in the place of ${NAME} before it applies.
type Variables struct {
	Values map[string]string
	// Open says that there are more whose values are not known: those of Secrets
	// and of ConfigMaps that are made elsewhere.
	Open   bool
	Always bool // substitute even without a variable (substituteStrategy)
}

// substituteKey on an object, as a label or an annotation, keeps Flux from
// substituting. Source: Flux documentation, Kustomization, post build variable
// substitution.
const substituteKey = "kustomize.toolkit.fluxcd.io/substitute"

// variablePattern is a variable as it stands in an object; a dollar before it
// escapes it.
var variablePattern = regexp.MustCompile(`\$*\$\{([A-Za-z_][A-Za-z0-9_]*)([^}]*)\}`)

// referred gives the names of the variables in a text that have no default,
// each once.
func referred(text string) []string {
	var out []string
	for _, m := range variablePattern.FindAllStringSubmatch(text, -1) {
		escaped := strings.HasPrefix(m[0], "$$")
		if !escaped && !hasDefault(m[2]) && !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

func hasDefault(rest string) bool {
	return strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "-")
}

// substitute gives an object with its variables replaced, and the names that
// nobody defines: Flux 2.9 and later refuse them, and earlier ones put nothing
// in their place. A name without a known value stays as it is written.
func (v Variables) substitute(object map[string]any) (out map[string]any, undefined []string, err error) {
	if !v.inUse() || disabled(object, "labels") || disabled(object, "annotations") {
		return object, nil, nil
	}
	if !hasDollar(object) {
		return object, nil, nil
	}
	data, err := yaml.Marshal(object)
	if err != nil {
		return object, nil, err
	}
	if v.becomes(string(data)) > maxObject {
		return object, nil, fmt.Errorf("with its variables filled in, it is larger than %d MiB", maxObject>>20)
	}
	bare := referred(string(data))
	for _, name := range bare {
		if _, known := v.Values[name]; !known && !v.Open {
			undefined = append(undefined, name)
		}
	}
	text, err := envsubst.Eval(string(data), func(name string) (string, bool) {
		if value, known := v.Values[name]; known || !slices.Contains(bare, name) {
			return value, known
		}
		return "${" + name + "}", true
	})
	if err != nil {
		return object, undefined, err
	}
	out, err = content([]byte(text))
	return out, undefined, err
}

// maxObject is how large an object may become: an API server stores none beyond
// 2 MiB.
const maxObject = 16 << 20

// becomes gives the size that a text has at most once its variables are replaced.
func (v Variables) becomes(text string) int {
	longest := 0
	for _, value := range v.Values {
		longest = max(longest, len(value))
	}
	size := len(text)
	for _, m := range opening.FindAllStringSubmatchIndex(text, -1) {
		each := len(v.Values[text[m[2]:m[3]]])
		if strings.HasPrefix(text[m[3]:], "/") { // each match becomes a text
			end := strings.IndexByte(text[m[3]:], '}')
			each *= longest + max(end, 0)
		}
		if size += each; size > maxObject {
			break
		}
	}
	return size
}

var opening = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)`)

// textIn gives how many bytes of text a value has.
func textIn(value any) int {
	size := 0
	changed(value, func(text string) any {
		size += len(text)
		return text
	})
	return size
}

// hasDollar reports whether a dollar stands somewhere in a value.
func hasDollar(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if strings.Contains(key, "$") || hasDollar(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasDollar)
	case string:
		return strings.Contains(v, "$")
	}
	return false
}

// inUse reports whether Flux substitutes at all: without a variable it does not,
// unless it is told to.
func (v Variables) inUse() bool { return len(v.Values) > 0 || v.Open || v.Always }

func disabled(object map[string]any, kind string) bool {
	metadata, _ := object["metadata"].(map[string]any)
	set, _ := metadata[kind].(map[string]any)
	return set[substituteKey] == "disabled"
}
