package scan

import (
	"errors"
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
		return object, nil, errLarge
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
	if out, err = content([]byte(text)); err != nil {
		return object, undefined, err
	}
	return out, undefined, nil
}

// errLarge is of an object that may become larger than maxObject.
var errLarge = errors.New("it is too large")

// maxObject is how large an object may become: an API server stores none beyond
// 2 MiB.
const maxObject = 16 << 20

// becomes gives the size that a text has at most once its variables are replaced, be
// they in each other. It stops where that is more than maxObject.
func (v Variables) becomes(text string) int {
	open := []expansion{{}}
	for i := 0; i < len(text); i++ {
		at := &open[len(open)-1]
		name := ""
		if text[i] == '$' {
			name = opening.FindString(text[i:])
		}
		switch {
		case name != "":
			i += len(name) - 1
			all := strings.HasPrefix(text[i+1:], "//")
			open = append(open, expansion{value: max(len(v.Values[name[len("${"):]]), len(name)+1), all: all})
		case text[i] == '}' && len(open) > 1:
			open = open[:len(open)-1]
			open[len(open)-1].argument += at.size()
		default:
			at.argument++
		}
		if open[len(open)-1].argument > maxObject {
			return maxObject + 1
		}
	}
	size := 0
	for _, e := range open {
		size += e.size()
	}
	return size
}

// expansion is a variable: the length of its value, and of what stands behind its name
// once that is replaced. With all, each match in the value becomes such a text.
type expansion struct {
	value, argument int
	all             bool
}

func (e expansion) size() int {
	if e.all {
		return min((e.value+1)*(e.argument+1), maxObject+1)
	}
	return e.value + e.argument
}

// opening is how a variable begins.
var opening = regexp.MustCompile(`^\$\{[A-Za-z_][A-Za-z0-9_]*`)

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
