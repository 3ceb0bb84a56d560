package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/ignore"
)

// loadChart reads a chart of the repository, and those of the repository that it
// builds on by a file:// address: source-controller packs them into it. One that is
// packed may be as large as Helm takes it.
func (t *tree) loadChart(dir string) (*chart.Chart, error) {
	return (&chartLoading{tree: t}).load(dir)
}

// maxCharts is how many charts one may build on, each counted as often as it is
// named. Large ones have some tens.
const maxCharts = 200

// chartLoading reads a chart with those that it builds on.
type chartLoading struct {
	*tree
	open   []string // charts that build on the one that is read
	loaded int
}

func (t *chartLoading) load(dir string) (*chart.Chart, error) {
	if t.isFile(dir) {
		return t.unpacked(dir)
	}
	if slices.Contains(t.open, dir) {
		return nil, fmt.Errorf("%s depends on itself", dir)
	}
	if t.loaded++; t.loaded > maxCharts {
		return nil, fmt.Errorf("it depends on more than %d charts", maxCharts)
	}
	t.open = append(t.open, dir)
	defer func() { t.open = t.open[:len(t.open)-1] }()
	files, err := t.chartFiles(dir)
	if err != nil {
		return nil, err
	}
	c, err := loader.LoadFiles(files)
	if err != nil {
		return nil, err
	}
	for _, d := range c.Metadata.Dependencies {
		other, local := strings.CutPrefix(d.Repository, "file://")
		if local && !vendored(c, d.Name) && t.isFile(path.Join(dir, other, "Chart.yaml")) {
			sub, err := t.load(path.Join(dir, other))
			if err != nil {
				return nil, err
			}
			c.AddDependency(sub)
		}
	}
	return c, nil
}

// A file that Git LFS keeps is a pointer in git. Flux does not follow it. Source:
// Git LFS specification, The Pointer.
var (
	pointer    = []byte("version https://git-lfs.github.com/spec/")
	errPointer = errors.New("git has a Git LFS pointer in place of the file, and Flux does not follow the pointer")
)

// unpacked reads a packed chart.
func (t *tree) unpacked(file string) (*chart.Chart, error) {
	t.used[file] = true
	data, err := t.read(file)
	switch {
	case err != nil:
		return nil, err
	case bytes.HasPrefix(data, pointer):
		return nil, errPointer
	}
	return loader.LoadArchive(bytes.NewReader(data))
}

// chartFiles gives the files of a chart but for those that .helmignore names.
func (t *tree) chartFiles(dir string) ([]*loader.BufferedFile, error) {
	rules := ignore.Empty()
	if data, err := t.read(path.Join(dir, ignore.HelmIgnore)); err == nil {
		if rules, err = ignore.Parse(bytes.NewReader(data)); err != nil {
			return nil, err
		}
	}
	rules.AddDefaults()
	var out []*loader.BufferedFile
	for _, name := range t.below(dir) {
		t.used[name] = true
		inside := strings.TrimPrefix(name, dir+"/")
		if t.ignored(rules, dir, inside) {
			continue
		}
		data, err := t.read(name)
		if err != nil {
			return nil, err
		}
		out = append(out, &loader.BufferedFile{Name: inside, Data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))})
	}
	return out, nil
}

// ignored reports whether rules leave out a file, or a directory that it lies in.
func (t *tree) ignored(rules *ignore.Rules, dir, inside string) bool {
	for name := inside; name != "."; name = path.Dir(name) {
		if info, err := fs.Stat(t.FS, path.Join(dir, name)); err == nil && rules.Ignore(name, info) {
			return true
		}
	}
	return false
}

func vendored(c *chart.Chart, name string) bool {
	for _, sub := range c.Dependencies() {
		if sub.Name() == name {
			return true
		}
	}
	return false
}

// lacks reports whether a chart builds on one that is not in the repository: it
// is fetched when the chart is packed.
func lacks(c *chart.Chart) bool {
	for _, d := range c.Metadata.Dependencies {
		if !vendored(c, d.Name) {
			return true
		}
	}
	for _, sub := range c.Dependencies() {
		if lacks(sub) {
			return true
		}
	}
	return false
}

// schemaWord is a reference in a schema of values, or the dialect that it is in.
var schemaWord = regexp.MustCompile(`"\$(ref|dynamicRef|schema)"\s*:\s*"([^"]*)"`)

var dialect = regexp.MustCompile(`^https?://json-schema\.org/(draft/2020-12|draft/2019-09|draft-0[467])/schema#?$`)

// closed reports whether the schemas of a chart name nothing outside of
// themselves: what they name would be fetched.
func closed(c *chart.Chart) bool {
	for _, m := range schemaWord.FindAllSubmatch(c.Schema, -1) {
		value := string(m[2])
		if string(m[1]) == "schema" && !dialect.MatchString(value) || string(m[1]) != "schema" && !strings.HasPrefix(value, "#") {
			return false
		}
	}
	for _, sub := range c.Dependencies() {
		if !closed(sub) {
			return false
		}
	}
	return true
}
