package scan

import (
	"errors"
	"fmt"
	"path"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"

	"ichor/schema/diag"
	"ichor/schema/secret"
)

// build is one build of a Kustomization's path.
type build struct {
	*tree
	documents *documents
	entries   *entries
	spec      kustomizev1.KustomizationSpec
	specPlace func(field string) diag.Pos
	dir       string // of the path
	file      string // its kustomization file
	generated bool   // Flux makes the kustomization file
}

// built is what kustomize made of a path, before variables are substituted.
type built struct {
	resource *resource.Resource
	source   source
}

var (
	errNoPath     = errors.New("the path does not exist in the repository")
	errHiddenPath = errors.New("the path " + onDiskOnly)
)

// run builds the path as kustomize-controller does: no plugins, no network,
// files from anywhere in the repository.
func (b *build) run() (out []built, err error) {
	if !b.isDir(b.dir) {
		if b.hidden(b.dir) {
			return nil, errHiddenPath
		}
		return nil, errNoPath
	}
	file, err := b.merged()
	if err == nil {
		err = bounded(b.file, file)
	}
	if err != nil {
		return nil, err
	}
	defer func() { // kustomize panics on some objects that are none
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("kustomize cannot read it: %s", secret.Foreign(fmt.Sprint(r)))
		}
	}()
	b.entries.written = map[string][]byte{b.file: file}
	resources, err := b.entries.build(b.dir)
	if err != nil && len(b.entries.remote) > 0 && !errors.As(err, &fileError{}) {
		resources, err = b.looser()
	}
	if err != nil {
		return nil, b.explained(err)
	}
	for _, r := range resources.Resources() {
		out = append(out, built{r, b.sourceOf(r)})
	}
	return out, nil
}

// looser builds again without what may be for an object that is fetched, and at last
// without any change to objects: what fails then fails in Flux too.
func (b *build) looser() (out resmap.ResMap, err error) {
	for _, b.entries.loose = range []looseness{loose, bare} {
		b.entries.filtered, b.entries.plugins = nil, nil
		if out, err = b.entries.build(b.dir); err == nil || errors.As(err, &fileError{}) {
			break
		}
	}
	return out, err
}

// build runs kustomize over a directory: no plugins, nothing fetched, and like Flux
// no order but that of the files.
func (e *entries) build(dir string) (resmap.ResMap, error) {
	if _, err := e.weigh(dir, map[string]*weight{}); err != nil {
		return nil, err
	}
	options := &krusty.Options{LoadRestrictions: types.LoadRestrictionsNone, PluginConfig: types.DisabledPluginConfig()}
	fsys := &fileSystem{entries: e}
	out, err := krusty.MakeKustomizer(options).Run(fsys, path.Join("/", dir))
	if fsys.unusable != nil {
		return nil, fsys.unusable
	}
	return out, err
}

// explained makes a sentence of kustomize's error: paths as in the repository,
// and of a chain of loaders the last reason.
func (b *build) explained(err error) error {
	if errors.As(err, &fileError{}) {
		return err
	}
	text := strings.ReplaceAll(secret.Foreign(err.Error()), "\n", " ")
	for _, dir := range []string{b.dir, path.Dir(b.dir)} {
		text = strings.ReplaceAll(text, "'/"+dir, "'"+dir)
		text = strings.ReplaceAll(text, " /"+dir, " "+dir)
	}
	return errors.New(text)
}
