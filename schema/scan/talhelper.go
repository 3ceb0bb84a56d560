package scan

import (
	"path"
	"regexp"
	"slices"
)

// talconfigs are the names of talhelper's configuration, and talenvs those of the
// variables that lie beside it. Source: talhelper documentation, Configuration.
var (
	talconfigs = []string{"talconfig.yaml", "talconfig.yml"}
	talenvs    = []string{"talenv.yaml", "talenv.yml"}
)

// talhelper gives the versions of Kubernetes that configurations of talhelper
// name, as they are written where nothing says what a variable stands for.
func (r *Repository) talhelper() []string {
	var out []string
	for _, file := range r.tree.Tracked {
		if !slices.Contains(talconfigs, path.Base(file)) {
			continue
		}
		for _, n := range r.docs.of(file) {
			if version := text(n, "kubernetesVersion"); version != "" {
				out = append(out, r.talenv(path.Dir(file), version))
			}
		}
	}
	return out
}

// oneVariable is a value that is a variable and nothing else.
var oneVariable = regexp.MustCompile(`^\$\{(\w+)\}$`)

// talenv replaces a value that is a variable by what the files beside say.
func (r *Repository) talenv(dir, value string) string {
	m := oneVariable.FindStringSubmatch(value)
	if m == nil {
		return value
	}
	for _, base := range talenvs {
		for _, n := range r.docs.of(path.Join(dir, base)) {
			if found := text(n, m[1]); found != "" {
				return found
			}
		}
	}
	return value
}
