package scan

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	sigsyaml "sigs.k8s.io/yaml"
)

// pluginFiles has the plugins that are built into kustomize, and what of their
// configuration names files. It reports whether the plugin can run without what is
// fetched.
var pluginFiles = map[string]func(*filtering, map[string]any) bool{
	"ConfigMapGenerator":             (*filtering).sourcesOf,
	"SecretGenerator":                (*filtering).sourcesOf,
	"PatchTransformer":               pathAt("path"),
	"PatchJson6902Transformer":       pathAt("path"),
	"PatchStrategicMergeTransformer": (*filtering).patchPaths,
	"ReplacementTransformer":         (*filtering).replacementPaths,
	"ValueAddTransformer":            pathAt("targetFilePath"),
	"AnnotationsTransformer":         namesNothing,
	"HashTransformer":                namesNothing,
	"IAMPolicyGenerator":             namesNothing,
	"ImageTagTransformer":            namesNothing,
	"LabelTransformer":               namesNothing,
	"NamespaceTransformer":           namesNothing,
	"PrefixTransformer":              namesNothing,
	"SuffixTransformer":              namesNothing,
	"PrefixSuffixTransformer":        namesNothing,
	"ReplicaCountTransformer":        namesNothing,
	// It fails before it reads or runs anything, as it does in Flux.
	"HelmChartInflationGenerator": namesNothing,
}

func namesNothing(*filtering, map[string]any) bool { return true }

// allPlugins goes over the configurations of plugins.
func (f *filtering) allPlugins(k *types.Kustomization) (err error) {
	if k.Generators, err = f.plugins("generators", k.Generators); err == nil {
		k.Transformers, err = f.plugins("transformers", k.Transformers)
	}
	if err == nil {
		vague := f.vague
		k.Validators, err = f.plugins("validators", k.Validators)
		f.vague = vague // they change nothing
	}
	return err
}

// plugins gives the entries of a list of plugins. An entry is a configuration, a
// file with some, or a directory that builds some. What kustomize gets is what was
// looked at: of a directory the configurations themselves.
func (f *filtering) plugins(field string, list []string) ([]string, error) {
	var out []string
	for _, entry := range list {
		if inline, err := parsed([]byte(entry)); err == nil {
			if text, changed, err := f.configured(inline); err != nil {
				return nil, err
			} else if !changed {
				out = append(out, entry)
			} else if text != "" {
				out = append(out, text)
			}
			continue
		}
		kept := f.list(field, []string{entry}, field != "generators")
		if len(kept) == 1 {
			var err error
			if kept, err = f.pluginsAt(kept[0]); err != nil {
				return nil, err
			}
		}
		out = append(out, kept...)
	}
	return out, nil
}

// parsed reads configurations as kustomize does.
func parsed(data []byte) ([]*resource.Resource, error) {
	all, err := resmap.NewFactory(provider.NewDepProvider().GetResourceFactory()).NewResMapFromBytes(data)
	if err != nil {
		return nil, err
	}
	return all.Resources(), nil
}

// pluginsAt gives what a path of plugins becomes: itself where nothing of its file
// is left out.
func (f *filtering) pluginsAt(entry string) ([]string, error) {
	target := f.target(f.file, entry)
	if f.isDir(target) {
		return f.pluginsBuilt(target)
	}
	data, err := (&fileSystem{entries: f.entries}).ReadFile(target)
	if err != nil {
		return nil, err
	}
	all, err := parsed(data)
	if err != nil {
		return []string{entry}, nil // kustomize says what is wrong with it
	}
	at := &filtering{entries: f.entries, file: target}
	text, changed, err := at.configured(all)
	f.changed, f.vague = f.changed || changed, f.vague || at.vague
	switch {
	case err != nil || changed && text == "":
		return nil, err
	case changed:
		return []string{text}, nil
	}
	return []string{entry}, nil
}

// pluginTexts are configurations that a directory builds.
type pluginTexts struct {
	texts []string
	vague bool // something that may change objects is left out
}

// pluginsBuilt gives the configurations of a directory of plugins. It is built once,
// however often it is named.
func (f *filtering) pluginsBuilt(dir string) ([]string, error) {
	p, ok := f.entries.plugins[dir]
	if !ok {
		var err error
		if p, err = f.buildPlugins(dir); err != nil {
			return nil, err
		}
		if f.entries.plugins == nil {
			f.entries.plugins = map[string]pluginTexts{}
		}
		f.entries.plugins[dir] = p
	}
	f.changed, f.vague = true, f.vague || p.vague
	return p.texts, nil
}

func (f *filtering) buildPlugins(dir string) (pluginTexts, error) {
	file := f.kustomizationIn(dir)
	if slices.Contains(f.nested, file) {
		return pluginTexts{}, fmt.Errorf("%s names itself as a source of its plugins", file)
	}
	f.nested = append(f.nested, file)
	defer func() { f.nested = slices.DeleteFunc(f.nested, func(other string) bool { return other == file }) }()
	built, err := f.build(dir)
	if err != nil {
		return pluginTexts{}, err
	}
	at := &filtering{entries: f.entries, file: file}
	text, _, err := at.configured(built.Resources())
	if err != nil || text == "" {
		return pluginTexts{vague: at.vague}, err
	}
	return pluginTexts{[]string{text}, at.vague}, nil
}

// keepLocal keeps configurations that kustomize leaves out of what is applied, and
// their order.
func keepLocal(k *types.Kustomization) {
	k.SortOptions = nil
	if k.CommonAnnotations == nil {
		k.CommonAnnotations = map[string]string{}
	}
	k.CommonAnnotations[konfig.IgnoredByKustomizeAnnotation] = "false"
}

// configured gives configurations of plugins without what is fetched, and whether
// that is less than all.
func (f *filtering) configured(all []*resource.Resource) (text string, changed bool, err error) {
	var out [][]byte
	before := f.changed
	f.changed = false
	defer func() { changed, f.changed = f.changed, f.changed || before }()
	for _, r := range all {
		data, err := r.AsYAML()
		if err != nil {
			return "", false, err
		}
		config := map[string]any{}
		if err := sigsyaml.Unmarshal(data, &config); err != nil {
			return "", false, err
		}
		keeps, err := f.plugin(r, config)
		if err != nil {
			return "", false, err
		}
		if !keeps {
			f.vague = true
			continue
		}
		if data, err = sigsyaml.Marshal(config); err != nil {
			return "", false, err
		}
		out = append(out, data)
	}
	return string(bytes.Join(out, []byte("---\n"))), f.changed, nil
}

// plugin looks at one configuration. Of a plugin that is not built in, kustomize
// says that it may not run.
func (f *filtering) plugin(r *resource.Resource, config map[string]any) (keeps bool, err error) {
	kind := r.GetGvk()
	if kind.Group != "" || kind.Version != konfig.BuiltinPluginApiVersion {
		return true, nil
	}
	look, ok := pluginFiles[kind.Kind]
	if !ok {
		return false, fmt.Errorf("%s names the plugin %q, which kustomize does not have", f.file, kind.Kind)
	}
	return look(f, config), nil
}

// keysLike gives the keys of a configuration that kustomize reads as one: it takes
// any case of letters.
func keysLike(config map[string]any, name string) []string {
	return slices.DeleteFunc(sortedKeys(config), func(key string) bool { return !strings.EqualFold(key, name) })
}

// pathAt looks at a field that names one file.
func pathAt(name string) func(*filtering, map[string]any) bool {
	return func(f *filtering, config map[string]any) bool {
		all := true
		for _, key := range keysLike(config, name) {
			if entry, isText := config[key].(string); isText {
				kept, ok := f.content(name, entry)
				config[key], all = kept, all && ok
			}
		}
		return all
	}
}

// patchPaths looks at a list of patches, each of which is one or names a file.
func (f *filtering) patchPaths(config map[string]any) bool {
	all := true
	for _, key := range keysLike(config, "paths") {
		list, _ := config[key].([]any)
		for i, item := range list {
			entry, isText := item.(string)
			if _, err := parsed([]byte(entry)); !isText || err == nil {
				continue
			}
			kept, ok := f.content("paths", entry)
			list[i], all = kept, all && ok
		}
	}
	return all
}

func (f *filtering) replacementPaths(config map[string]any) bool {
	all := true
	for _, key := range keysLike(config, "replacements") {
		list, _ := config[key].([]any)
		for _, item := range list {
			if one, isMap := item.(map[string]any); isMap {
				all = pathAt("path")(f, one) && all
			}
		}
	}
	return all
}

// sourcesOf looks at the sources of a generated object.
func (f *filtering) sourcesOf(config map[string]any) bool {
	data, err := sigsyaml.Marshal(config)
	var s types.KvPairSources
	if err != nil || sigsyaml.Unmarshal(data, &s) != nil {
		return true // kustomize cannot read it either, and says so
	}
	before := f.changed
	f.changed = false
	f.sources("files", &s)
	if f.changed {
		for field, list := range map[string][]string{"files": s.FileSources, "envs": s.EnvSources, "env": nil, "literals": s.LiteralSources} {
			for _, key := range keysLike(config, field) {
				delete(config, key)
			}
			if len(list) > 0 {
				config[field] = list
			}
		}
	}
	f.changed = f.changed || before
	return true
}
