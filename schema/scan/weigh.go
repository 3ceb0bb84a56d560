package scan

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	sigsyaml "sigs.k8s.io/yaml"
)

const (
	// maxObjects is how many objects one build may have: kustomize compares each with
	// every other, which takes half a minute for this many. The largest public bundle
	// of CRDs has about a thousand.
	maxObjects = 4_000
	// maxBuilds is how many kustomization files one build may go through, each as often
	// as it is named. Large repositories have some hundreds below one path.
	maxBuilds = 5_000
	// maxBuilt is how many bytes a build may write into objects.
	maxBuilt = 256 << 20
)

// weight is what kustomize has to do for a directory.
type weight struct {
	objects, builds, bytes int
	grown                  float64 // the size of an object, by what patches copy in it
}

// weigh refuses to build a directory that kustomize would not end with: it follows
// the entries of kustomization files as kustomize does, and counts.
func (e *entries) weigh(dir string, known map[string]*weight) (*weight, error) {
	file := e.kustomizationIn(dir)
	for name := range e.written {
		if path.Dir(name) == dir {
			file = name // Flux writes it
		}
	}
	if w, ok := known[dir]; ok || file == "" {
		return w, nil // nil inside of itself: kustomize says that it is a cycle
	}
	known[dir] = nil
	data, err := (&fileSystem{entries: e}).ReadFile(file)
	var k types.Kustomization
	if err != nil || k.Unmarshal(data) != nil {
		return nil, err
	}
	w := &weight{builds: 1, grown: copyBase}
	for _, entry := range slices.Concat(k.Resources, k.Components) {
		if err := e.weighEntry(w, e.target(file, entry), known); err != nil {
			return nil, err
		}
	}
	w.objects += len(k.ConfigMapGenerator) + len(k.SecretGenerator)
	w.bytes = min(w.bytes+e.broad(file, &k)*w.objects, maxBuilt+1)
	w.grown = e.copied(file, &k, w.grown)
	known[dir] = w
	return w, w.excess(file)
}

func (e *entries) weighEntry(w *weight, target string, known map[string]*weight) error {
	if e.isFile(target) {
		objects, bytes := e.counted(target)
		w.objects, w.bytes = min(w.objects+objects, maxObjects+1), min(w.bytes+bytes, maxBuilt+1)
		return nil
	}
	inner, err := e.weigh(target, known)
	if inner == nil || err != nil {
		return err
	}
	w.objects, w.builds = min(w.objects+inner.objects, maxObjects+1), min(w.builds+inner.builds, maxBuilds+1)
	w.bytes, w.grown = min(w.bytes+inner.bytes, maxBuilt+1), max(w.grown, inner.grown)
	return nil
}

// tooLarge is a build beyond a limit of ichor's. Flux, which has more time, may build
// it: what it applies is not known.
type tooLarge struct{ fileError }

func (t tooLarge) Unwrap() error { return t.fileError }

// TooLarge reports whether the path is not built for its size alone. Flux may build it.
func (k *Kustomization) TooLarge() bool { return errors.As(k.Failed, &tooLarge{}) }

// excess says which limit a build is beyond.
func (w *weight) excess(file string) error {
	switch {
	case w.objects > maxObjects:
		return tooLarge{fileError{file, 1, fmt.Sprintf("builds more than %d objects, and kustomize compares each with every other", maxObjects)}}
	case w.builds > maxBuilds:
		return tooLarge{fileError{file, 1, fmt.Sprintf("builds more than %d kustomization files, each counted as often as it is named", maxBuilds)}}
	case w.bytes > maxBuilt:
		return tooLarge{fileError{file, 1, fmt.Sprintf("builds objects of more than %d MiB", maxBuilt>>20)}}
	case w.grown > maxText:
		return tooLarge{fileError{file, 1, fmt.Sprintf("copies parts of objects until one has more than %d MiB", maxText>>20)}}
	}
	return nil
}

// counted gives how many objects a file has, and its size.
func (e *entries) counted(file string) (objects, bytes int) {
	for _, n := range e.documents.of(file) {
		objects++
		if items := target(field(n, "items")); items != nil {
			objects += len(items.Content)
		}
	}
	data, _ := e.read(file)
	return objects, len(data)
}

// broad is how many bytes a kustomization file may write into each object.
func (e *entries) broad(file string, k *types.Kustomization) int {
	size := len(k.NamePrefix) + len(k.NameSuffix) + len(k.Namespace)
	for _, pairs := range append([]map[string]string{k.CommonAnnotations}, pairsOf(k.Labels)...) {
		for key, value := range pairs {
			size += len(key) + len(value)
		}
	}
	for _, p := range k.Patches {
		if p.Target != nil && p.Target.Name == "" {
			size += len(e.patchText(file, p))
		}
	}
	return size
}

func pairsOf(labels []types.Label) []map[string]string {
	var out []map[string]string
	for _, l := range labels {
		out = append(out, l.Pairs)
	}
	return out
}

// patchText gives the text of a patch; empty where its file is none.
func (e *entries) patchText(file string, p types.Patch) string {
	if p.Path == "" {
		return p.Patch
	}
	e.used[e.target(file, p.Path)] = true
	data, _ := e.read(e.target(file, p.Path))
	return string(data)
}

// copyBase is what a part of an object counts that is copied and not known.
const copyBase = 4 << 10

// copies counts what patches and replacements copy inside of objects. All are
// counted as if they were one object's: who copies a part into itself again and
// again doubles it each time.
type copies struct {
	base, total float64
	added       map[string]float64 // by the path that it was copied to
}

// copied gives the size of an object after the patches and replacements of a
// kustomization file.
func (e *entries) copied(file string, k *types.Kustomization, base float64) float64 {
	c := &copies{base: base, total: base, added: map[string]float64{}}
	for _, p := range k.Patches {
		var operations []struct{ Op, From, Path string }
		if sigsyaml.Unmarshal([]byte(e.patchText(file, p)), &operations) != nil {
			continue // a strategic merge patch
		}
		for _, o := range operations {
			if strings.EqualFold(o.Op, "copy") {
				c.copy(o.From, []string{o.Path})
			}
		}
	}
	for _, r := range e.replacementsOf(file, k) {
		if r.Source == nil {
			continue
		}
		var to []string
		for _, t := range r.Targets {
			for _, p := range t.FieldPaths {
				to = append(to, slashed(p))
			}
		}
		slices.Sort(to)
		c.copy(slashed(r.Source.FieldPath), slices.Compact(to))
	}
	return c.total
}

// slashed gives a path of a replacement as one of a patch.
func slashed(fieldPath string) string { return "/" + strings.ReplaceAll(fieldPath, ".", "/") }

// replacementsOf gives the replacements of a kustomization file, those in files
// among them.
func (e *entries) replacementsOf(file string, k *types.Kustomization) []types.Replacement {
	var out []types.Replacement
	for _, r := range k.Replacements {
		if r.Path == "" {
			out = append(out, r.Replacement)
			continue
		}
		data, _ := e.read(e.target(file, r.Path))
		var one types.Replacement
		var several []types.Replacement
		if sigsyaml.Unmarshal(data, &several) != nil && sigsyaml.Unmarshal(data, &one) == nil {
			several = append(several, one)
		}
		out = append(out, several...)
	}
	return out
}

// copy copies a part to other paths. It is read once, whatever is written.
func (c *copies) copy(from string, to []string) {
	if c.total > maxText {
		return
	}
	size := c.base
	for at, added := range c.added {
		if at == from || strings.HasPrefix(at, from+"/") || strings.HasPrefix(from, at+"/") {
			size += added
		}
	}
	for _, path := range to {
		c.added[path] += size
		c.total += size
	}
}
