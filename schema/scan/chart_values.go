package scan

import (
	"encoding/json"
	"maps"
	"strings"

	"helm.sh/helm/v3/pkg/chartutil"

	"ichor/schema/model"
)

// chartInput is all that a chart is rendered with.
type chartInput struct {
	Dir, Name, Namespace string
	Defaults             map[string]any // in the place of the chart's own values.yaml; nil for that
	Values               map[string]any
	Open                 bool // there are more values than are seen
	Patched              bool // the HelmRelease changes what comes out
	Blanks               bool // values have variables of Flux that are not known
	WithoutCRDs          bool
	Build                string // what Flux adds to the version
	Tests                bool   // hooks of tests are run
}

// chartInput gathers the values of a HelmRelease as helm-controller does: the
// files of the chart's source in the place of values.yaml, what valuesFrom names,
// and spec.values over all.
func (r *reader) chartInput(k *Kustomization, c *Chart, own bool) chartInput {
	o := c.Release
	in := chartInput{
		Dir: c.Dir, Name: ReleaseName(&o.Object), Namespace: ReleaseNamespace(&o.Object), Values: map[string]any{},
		Patched:     len(o.Body.Lookup("spec", "postRenderers").Items()) > 0,
		WithoutCRDs: o.Text("spec", "install", "crds") == "Skip" || o.Text("spec", "install", "skipCRDs") == "true",
		Tests:       o.Text("spec", "test", "enable") == "true",
		Build:       buildOf(o),
		Open:        o.Unsure,
	}
	r.valuesFiles(c, &in, own)
	for _, ref := range o.Body.Lookup("spec", "valuesFrom").Items() {
		values, ok := r.valuesFrom(k, o, ref)
		in.Values = merged(in.Values, values)
		in.Open = in.Open || !ok
	}
	spec, _ := o.Content["spec"].(map[string]any)
	values, _ := spec["values"].(map[string]any)
	in.Values = merged(in.Values, asRead(values))
	in.Blanks = k.Variables.Open && hasBlank(in.Values)
	return in
}

// buildOf gives what source-controller adds to the version of a chart, so that
// Helm sees a change: some commit, and some generation of the HelmChart where that
// names files of values. Source: source-controller, buildFromTarballArtifact.
func buildOf(o *Object) string {
	var parts []string
	if o.Text("spec", "chart", "spec", "reconcileStrategy") == "Revision" {
		parts = append(parts, "1a2b3c4d5e6f")
	}
	if len(o.Body.Lookup("spec", "chart", "spec", "valuesFiles").Items()) > 0 {
		parts = append(parts, "1")
	}
	return strings.Join(parts, ".")
}

// valuesFiles merges the files that take the place of the chart's values.yaml,
// each by its path in the repository. Source: source-controller, chart builder.
func (r *reader) valuesFiles(c *Chart, in *chartInput, own bool) {
	spec := c.Release.Body.Lookup("spec", "chart", "spec")
	for _, f := range spec.Lookup("valuesFiles").Items() {
		name, known := r.tree.fromSource(f.Text())
		if !known {
			in.Open = true
			continue
		}
		data, err := r.tree.read(name)
		values, bad := chartutil.ReadValues(data)
		switch {
		case err != nil && spec.Lookup("ignoreMissingValuesFiles").Text() == "true":
			continue
		case err != nil && own:
			c.flaw(ChartMissing, f.Pos, "%s takes values from %q, which is not a file of the repository", c.Release, f.Text())
		case err != nil:
			in.Open = true
		case bad != nil:
			c.flaw(ChartYAML, placeOf(name, bad), "%s, a file of values for %s, is not YAML: %s", name, c.Release, plain(bad))
		}
		in.Defaults = merged(in.Defaults, values)
	}
}

// valuesFrom gives the values of a ConfigMap; those of Secrets, and of what is
// made elsewhere, are not known.
func (r *reader) valuesFrom(k *Kustomization, o *Object, ref *model.Tree) (values map[string]any, ok bool) {
	if ref.Lookup("kind").Text() != "ConfigMap" || ref.Lookup("targetPath") != nil {
		return nil, false
	}
	found := r.configMap(k, o.Namespace, ref.Lookup("name").Text())
	if found == nil || found.Encrypted || found.Unsure {
		return nil, false
	}
	key := "values.yaml"
	if other := ref.Lookup("valuesKey").Text(); other != "" {
		key = other
	}
	data, _ := found.Content["data"].(map[string]any)
	text, ok := data[key].(string)
	if !ok || variablePattern.MatchString(text) || bounded(found.File, []byte(text)) != nil {
		return nil, false
	}
	read, err := chartutil.ReadValues([]byte(text))
	return read, err == nil
}

func (r *reader) configMap(k *Kustomization, namespace, name string) *Object {
	for _, o := range k.Objects {
		if o.Is("", "ConfigMap") && o.Namespace == namespace && o.Name == name {
			return o
		}
	}
	return r.find("ConfigMap", namespace, name)
}

// asRead gives values as Helm reads them, with its kinds of numbers. What cannot
// be read so is none.
func asRead(values map[string]any) map[string]any {
	data, err := json.Marshal(values)
	if err != nil {
		return nil
	}
	out, err := chartutil.ReadValues(data)
	if err != nil {
		return nil
	}
	return out
}

// merged lays values over others: maps become one, and of anything else the
// upper counts.
func merged(under, over map[string]any) map[string]any {
	out := map[string]any{}
	maps.Copy(out, under)
	for key, value := range over {
		a, isMap := out[key].(map[string]any)
		b, both := value.(map[string]any)
		if isMap && both {
			out[key] = merged(a, b)
			continue
		}
		out[key] = value
	}
	return out
}

// hasBlank reports whether a value has a variable of Flux in it.
func hasBlank(value any) bool {
	found := false
	changed(value, func(text string) any {
		found = found || variablePattern.MatchString(text)
		return text
	})
	return found
}

// otherwise gives values with something else for each variable that is not known:
// what is the same in both does not depend on them.
func otherwise(values map[string]any) map[string]any {
	out, _ := changed(values, func(text string) any {
		if variablePattern.FindString(text) == text && text != "" {
			return false
		}
		return variablePattern.ReplaceAllString(text, "unknown")
	}).(map[string]any)
	return out
}

// changed copies a value with each text replaced.
func changed(value any, by func(string) any) any {
	switch v := value.(type) {
	case string:
		return by(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = changed(item, by)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = changed(item, by)
		}
		return out
	}
	return value
}
