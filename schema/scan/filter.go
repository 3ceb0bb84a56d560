package scan

import (
	"slices"

	"sigs.k8s.io/kustomize/api/types"
	sigsyaml "sigs.k8s.io/yaml"
)

// filter gives a kustomization file without entries that name nothing, and with
// nothing that kustomize would fetch. It is read by kustomize's own decoder, so that
// no spelling is read otherwise here than there. What kustomize cannot decode stays
// as it is: kustomize reads nothing else then, and says what is wrong.
func (e *entries) filter(name string, data []byte) ([]byte, error) {
	var k types.Kustomization
	refused := k.Unmarshal(data)
	if refused != nil && sigsyaml.Unmarshal(data, &k) != nil {
		return data, nil
	}
	f := &filtering{entries: e, file: name, changed: modernize(&k)}
	if err := f.kustomization(&k); err != nil || refused != nil || !f.changed {
		return data, err
	}
	if k.MetaData == nil {
		k.MetaData = &types.ObjectMeta{} // kustomize refuses a file that says nothing
	}
	return sigsyaml.Marshal(k)
}

// filtering goes over one kustomization file.
type filtering struct {
	*entries
	file    string
	changed bool
	// vague says that what is left out may change each object that the file builds.
	vague bool
}

// kustomization goes over every field that names files. Those that name none are
// listed in the test of this file.
func (f *filtering) kustomization(k *types.Kustomization) error {
	k.Resources = f.list("resources", k.Resources, false)
	k.Components = f.list("components", k.Components, false)
	k.Crds = f.list("crds", k.Crds, true)
	k.Configurations = f.list("configurations", k.Configurations, true)
	f.openAPI(k)
	f.patches(k)
	f.replacements(k)
	for i := range k.ConfigMapGenerator {
		f.sources("configMapGenerator", &k.ConfigMapGenerator[i].KvPairSources)
	}
	for i := range k.SecretGenerator {
		f.sources("secretGenerator", &k.SecretGenerator[i].KvPairSources)
	}
	if err := f.allPlugins(k); err != nil {
		return err
	}
	if slices.Contains(f.nested, f.file) {
		keepLocal(k)
		f.changed = true
	}
	if f.loose != strict {
		f.loosen(k)
	}
	if f.vague {
		k.Patches = append(k.Patches, marking(nil))
		f.changed = true
	}
	return nil
}

// list gives the entries of a list that name something of the repository. Of a
// list that only says how objects change, nothing is sure of any object without
// an entry that is fetched.
func (f *filtering) list(field string, list []string, changes bool) []string {
	var out []string
	for _, entry := range list {
		if what := f.lack(f.file, entry); what != "" {
			f.leaveOut(field, entry, what, changes)
			f.vague = f.vague || changes && what == remote
			continue
		}
		out = append(out, f.asPath(entry))
	}
	return out
}

// leaveOut remembers an entry that kustomize does not get.
func (f *filtering) leaveOut(field, entry, what string, content bool) {
	f.changed = true
	to := f.target(f.file, entry)
	m := missing{
		Pos: f.place(field, entry), File: f.file, Field: field, Entry: entry, What: what,
		Target: to, Hidden: f.hidden(to), Content: content,
	}
	into := &f.missing
	if what == remote {
		into = &f.remote
	}
	if !slices.Contains(*into, m) { // a file may be built more than once
		*into = append(*into, m)
	}
}

// asPath gives an entry as a path of the repository.
func (f *filtering) asPath(entry string) string {
	out := asPath(entry)
	f.changed = f.changed || out != entry
	return out
}

// content gives a path of a file that only says what objects hold, and whether
// it is one: kustomize reads it, or says that there is none.
func (f *filtering) content(field, entry string) (string, bool) {
	if target := f.target(f.file, entry); !isWeb(entry) && (f.isFile(target) || !f.unseen(target)) {
		return f.asPath(entry), true
	}
	f.leaveOut(field, entry, remote, true)
	return "", false
}

func (f *filtering) openAPI(k *types.Kustomization) {
	entry, ok := k.OpenAPI["path"]
	if !ok {
		return
	}
	if k.OpenAPI["path"], ok = f.content("openapi", entry); !ok {
		delete(k.OpenAPI, "path")
		f.vague = true
	}
}

// patches leaves out those that are fetched, and marks what they change.
func (f *filtering) patches(k *types.Kustomization) {
	for i, p := range k.Patches {
		file, ok := f.content("patches", p.Path)
		if k.Patches[i].Path = file; !ok {
			k.Patches[i] = marking(p.Target)
		}
	}
}

func (f *filtering) replacements(k *types.Kustomization) {
	var out []types.ReplacementField
	for _, r := range k.Replacements {
		var ok bool
		if r.Path, ok = f.content("replacements", r.Path); ok {
			out = append(out, r)
		}
		f.vague = f.vague || !ok
	}
	k.Replacements = out
}
