package secret

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Finding is a secret in a tree of values.
type Finding struct {
	Match
	Path  []string // of the text that holds it: labels, and indexes in lists
	Field string   // what names that text: its own label, or the name beside it
}

// Subject names the place for a sentence, without the value.
func (f Finding) Subject() string {
	text := "this text"
	if f.Field != "" {
		text = strconv.Quote(f.Field)
	}
	if f.Line > 1 {
		text = fmt.Sprintf("line %d of %s", f.Line, text)
	}
	switch {
	case f.Label != f.Field && f.Label != "":
		return fmt.Sprintf("the value of %q in %s", f.Label, text)
	case f.Field != "" && f.Line <= 1:
		return "the value of " + text
	}
	return text
}

// Tree gives the secrets in a tree of maps, lists and texts, whose fields have the
// names that a user gave them (the values of a chart): of {name: "TOKEN", value:
// "..."} the name is the label, and of ["--password", "..."] the item before.
func Tree(value any) []Finding {
	w := walker{labelled: true}
	w.walk("", value)
	return w.found
}

// Object gives the secrets in an object of Kubernetes. builtin says that its kind is
// one of Kubernetes' own. Of other kinds, but for HelmReleases and the variables of a
// Kustomization, what a field is called says nothing: it may hold the name of a Secret.
// Of a Secret only its values count, and of an object that SOPS encrypted what it left.
func Object(kind string, builtin bool, content map[string]any) []Finding {
	w := walker{labelled: builtin || kind == "HelmRelease"}
	switch kind {
	case "Secret":
		w.labelled = true
		w.fields(map[string]any{"data": decoded(content["data"]), "stringData": content["stringData"]})
	case "SealedSecret", "CustomResourceDefinition":
	default:
		rest := maps.Clone(content)
		delete(rest, "sops")
		w.fields(rest)
	}
	return w.found
}

// decoded gives the values of a Secret as they are meant; what is no text has none.
func decoded(data any) map[string]any {
	out := map[string]any{}
	fields, _ := data.(map[string]any)
	for key, value := range fields {
		text, _ := value.(string)
		plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err == nil && utf8.Valid(plain) {
			out[key] = string(plain)
		}
	}
	return out
}

// walker goes through a tree.
type walker struct {
	labelled bool // names of fields say what they hold
	path     []string
	found    []Finding
}

func (w *walker) at(part, label string, value any) {
	w.path = append(w.path, part)
	w.walk(label, value)
	w.path = w.path[:len(w.path)-1]
}

func (w *walker) walk(label string, value any) {
	switch v := value.(type) {
	case map[string]any:
		w.fields(v)
	case []any:
		w.items(label, v)
	case string:
		w.text(label, v)
	}
}

func (w *walker) fields(m map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		switch name, named := m["name"].(string); {
		case key == "value" && named:
			w.labelledAt(key, name, m[key])
		case key == "substitute":
			w.labelledAt(key, key, m[key])
		default:
			w.at(key, key, m[key])
		}
	}
}

// labelledAt goes to what a user has named.
func (w *walker) labelledAt(part, label string, value any) {
	before := w.labelled
	w.labelled = true
	w.at(part, label, value)
	w.labelled = before
}

func (w *walker) items(label string, list []any) {
	flag := ""
	for i, item := range list {
		text, _ := item.(string)
		if flag != "" {
			w.labelledAt(strconv.Itoa(i), flag, item)
		} else {
			w.at(strconv.Itoa(i), label, item)
		}
		if flag = ""; strings.HasPrefix(text, "-") && isLabel(text) {
			flag = strings.TrimLeft(text, "-")
		}
	}
}

func (w *walker) text(label, text string) {
	known := label
	if !w.labelled {
		known = ""
	}
	for _, m := range In(known, text) {
		w.found = append(w.found, Finding{m, slices.Clone(w.path), label})
	}
}
