package talos

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	machinery "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"go.yaml.in/yaml/v4"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
)

// Codes of what Talos's library finds in a patch.
const (
	codePatch   = "patch-invalid"
	codeWarning = "talos-warning"
)

// Rules gives what `ichor explain` prints about the findings of Talos's library.
func Rules() []diag.Rule {
	return []diag.Rule{{
		Code: codePatch, Severity: diag.Error,
		Summary: "Talos's own library rejects the patch, or the machine configuration that results from it, as the machine would.",
		Wrong:   `cluster: nodes: a: patch: machine: kubelet: extraArg: "max-pods": "200"`,
		Right:   `cluster: nodes: a: patch: machine: kubelet: extraArgs: "max-pods": "200"`,
		Source:  "Talos documentation, configuration patches; github.com/siderolabs/talos/pkg/machinery",
	}, {
		Code: codeWarning, Severity: diag.Warning,
		Summary: "Talos accepts the machine configuration and warns about it: a field is deprecated or does nothing, or a value that most people set is missing.",
		Wrong:   `cluster: nodes: a: patch: machine: install: extensions: [{image: "ghcr.io/example/driver:v1"}]`,
		Right:   `cluster: nodes: a: extensions: "siderolabs/iscsi-tools": {}`,
		Source:  "github.com/siderolabs/talos/pkg/machinery, the warnings of Validate",
	}}
}

// patched applies the spec's patches in order, as strategic merges: maps merge,
// lists are added to, and `$patch: delete` takes a part away. The configuration
// is validated after each, so that a refusal or a warning is of the patch that
// causes it. An empty patch is none: the library would read it as a JSON patch,
// which it refuses for a configuration of several documents.
func (m *machine) patched(config machinery.Provider) ([]byte, diag.List, error) {
	content, known, err := m.validated(config)
	if err != nil {
		return nil, nil, err
	}
	found := warn(&model.Tree{Pos: m.node.Pos}, known)
	for _, p := range []*model.Tree{m.cluster.Talos.Patch, m.node.Patch} {
		if p == nil || len(p.Map) == 0 {
			continue
		}
		var all []string
		if config, err = merge(config, p); err == nil {
			content, all, err = m.validated(config)
		}
		if err != nil {
			return nil, nil, refuse(p, err)
		}
		found = append(found, warn(p, slices.DeleteFunc(slices.Clone(all), func(w string) bool { return slices.Contains(known, w) }))...)
		known = all
	}
	return content, found, nil
}

// validated gives the configuration as it is written, and the library's warnings.
func (m *machine) validated(config machinery.Provider) ([]byte, []string, error) {
	sorted, err := assemble(config.Documents(), nil)
	if err != nil {
		return nil, nil, err
	}
	content, err := encode(sorted)
	if err != nil {
		return nil, nil, err
	}
	warnings, err := validate(content)
	return content, warnings, err
}

// warn makes findings of what the library warns about after a patch, each at the
// field that the warning names, or else at the patch. They name no node: nodes that
// share a patch share the findings.
func warn(p *model.Tree, warnings []string) diag.List {
	var found diag.List
	for _, w := range warnings {
		at := named(p, w)
		found = append(found, diag.Diagnostic{
			Code: codeWarning, Severity: diag.Warning, Pos: at.Pos, Path: at.Path,
			Message: "Talos accepts the machine configuration and warns: " + w,
			Help:    "change the field that the warning names; if you want it as it is, no change is needed",
		})
	}
	return found
}

// named gives the deepest part of a patch whose path of at least two fields, as
// machine.install.extensions, stands in a text; the patch itself if there is none.
func named(p *model.Tree, text string) *model.Tree {
	found, length := p, 1
	var look func(t *model.Tree, keys []string)
	look = func(t *model.Tree, keys []string) {
		if len(keys) > length && strings.Contains(text, strings.Join(keys, ".")) {
			found, length = t, len(keys)
		}
		for _, child := range t.Map {
			look(child, append(slices.Clone(keys), child.Key))
		}
		for _, child := range t.List {
			look(child, keys)
		}
	}
	look(p, nil)
	return found
}

func merge(config machinery.Provider, p *model.Tree) (machinery.Provider, error) {
	text, err := json.Marshal(p.PlainMap())
	if err != nil {
		return nil, err
	}
	loaded, err := configpatcher.LoadPatch(text)
	if err != nil {
		return nil, err
	}
	strategic, ok := loaded.(configpatcher.StrategicMergePatch)
	if !ok {
		return nil, errors.New("it is not a strategic merge patch")
	}
	return configpatcher.StrategicMerge(config, strategic)
}

// refuse makes a finding of what the library says against a patch. It has no
// node in it: nodes that share a patch share the finding.
func refuse(p *model.Tree, err error) error {
	d := diag.Diagnostic{Code: codePatch, Severity: diag.Error, Pos: p.Pos, Path: p.Path}
	if unknown, keys := unknownKey(p, err); unknown != nil {
		d.Pos, d.Path = unknown.Pos, unknown.Path
		d.Message = fmt.Sprintf("the machine configuration has no field %s", strings.Join(keys, "."))
		d.Help = "compare each name with Talos's reference of the configuration, or remove the field"
		return &output.Refusal{Diagnostic: d}
	}
	d.Message = "Talos rejects the patch: " + oneLine(err)
	d.Help = "correct the patch; Talos's documentation on configuration patches describes what a patch may contain"
	return &output.Refusal{Diagnostic: d}
}

// unknownKey gives the first field that the library does not know: it names
// such fields by a document that holds nothing else.
func unknownKey(p *model.Tree, err error) (*model.Tree, []string) {
	_, text, ok := strings.Cut(err.Error(), "unknown keys found during decoding:\n")
	var unknown any
	if !ok || yaml.Unmarshal([]byte(text), &unknown) != nil {
		return nil, nil
	}
	return deepest(p, unknown, nil)
}

// deepest follows the first key of each map of the document down the tree.
func deepest(t *model.Tree, unknown any, keys []string) (*model.Tree, []string) {
	known, ok := unknown.(map[string]any)
	if !ok {
		return t, keys
	}
	for _, child := range t.Map {
		if below, ok := known[child.Key]; ok {
			return deepest(child, below, append(keys, child.Key))
		}
	}
	return t, keys
}

// oneLine gives an error without line ends, the marks and heads of lists, and
// the numbers of lines, which are not of the user's file.
func oneLine(err error) string {
	var parts []string
	text := strings.NewReplacer(" (line 1)", "", "line 1: ", "").Replace(err.Error())
	for line := range strings.Lines(text) {
		part := strings.TrimPrefix(strings.Join(strings.Fields(line), " "), "* ")
		if part != "" && !strings.HasSuffix(part, " occurred:") {
			parts = append(parts, part)
		}
	}
	return strings.ReplaceAll(strings.Join(parts, "; "), ":; ", ": ")
}
