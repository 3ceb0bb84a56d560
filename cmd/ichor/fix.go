package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"ichor/generators/rewrite"
	"ichor/schema/audit"
	"ichor/schema/diag"
	"ichor/schema/scan"
	"ichor/schema/secret"
)

// fixes is what is to be written into the files of a repository.
type fixes struct {
	files map[string][]rewrite.Edit
	skip  []string // sentences about what cannot be written
	added int
}

// fix writes the computed dependsOn into the files, or with dry prints what would
// change.
func (a *app) fix(r *fluxRepository, dry bool) error {
	f := r.fixes()
	changed := 0
	for _, file := range slices.Sorted(maps.Keys(f.files)) {
		before, err := fs.ReadFile(r.fsys, file)
		if err != nil {
			return err
		}
		after, err := rewrite.DependsOn(before, f.files[file])
		var refused *rewrite.Error
		if errors.As(err, &refused) {
			f.skip = append(f.skip, fmt.Sprintf("%s:%d: %s", file, refused.Line, refused.Reason))
			continue
		}
		if err != nil {
			return err
		}
		if string(before) == string(after) {
			continue
		}
		changed++
		if err := a.fixFile(r, file, before, after, dry); err != nil {
			return err
		}
	}
	return a.tellFixes(f, changed, dry)
}

// fixFile prints the difference of a file, or writes it.
func (a *app) fixFile(r *fluxRepository, file string, before, after []byte, dry bool) error {
	if dry {
		name := diag.Plain(file)
		return a.print(concealed(string(diff.Diff("a/"+name, before, "b/"+name, after))))
	}
	return r.tree.replace(file, after)
}

// concealed gives a unified diff without the lines that hold secrets.
func concealed(unified string) string {
	var out strings.Builder
	for line := range strings.Lines(unified) {
		if len(line) > 1 && secret.InLine(strings.TrimSuffix(line[1:], "\n")) {
			line = line[:1] + secret.Hidden + "\n"
		}
		out.WriteString(line)
	}
	return out.String()
}

// replace puts a file in the place of another in one step, with its mode.
func (c confined) replace(name string, content []byte) (err error) {
	info, err := c.Lstat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return c.failed("replace", name, errSpecialFile)
	}
	name = path.Join(c.base, name)
	temporary := path.Join(path.Dir(name), ".ichor-"+rand.Text())
	f, err := c.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.root.Remove(temporary))
		}
	}()
	_, err = f.Write(content)
	if err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close()); err != nil {
		return err
	}
	return c.root.Rename(temporary, name)
}

func (a *app) tellFixes(f *fixes, changed int, dry bool) error {
	for _, s := range f.skip {
		fmt.Fprint(a.err, diag.Line("ichor: not changed: %s", s))
	}
	verb := "changed"
	if dry {
		verb = "to change"
	}
	fmt.Fprintf(a.err, "ichor: %s %s, %s added\n", count(changed, "file"), verb, count(f.added, "dependency"))
	return nil
}

// fixes gives the edits of each file. A definition that several Kustomizations
// come from, or whose dependsOn a patch brings, is left alone.
func (r *fluxRepository) fixes() *fixes {
	f := &fixes{files: map[string][]rewrite.Edit{}}
	uses := map[string]int{}
	for _, c := range r.clusters {
		for _, k := range c.Kustomizations {
			uses[definitionOf(k)]++
		}
	}
	for _, c := range r.clusters {
		for _, o := range c.Orders() {
			if why := r.unfixable(o, uses[definitionOf(o.Kustomization)]); why != "" {
				f.skip = append(f.skip, fmt.Sprintf("%s: dependsOn of %s %s", o.Pos, o.Kustomization, why))
				continue
			}
			f.files[o.Object.File] = append(f.files[o.Object.File], editOf(o))
			f.added += o.Added
		}
	}
	return f
}

func definitionOf(k *scan.Kustomization) string {
	return fmt.Sprintf("%s %d", k.Object.File, k.Document)
}

func editOf(o audit.Order) rewrite.Edit {
	e := rewrite.Edit{Document: o.Document, Own: o.Namespace}
	for _, to := range o.Want {
		e.Want = append(e.Want, rewrite.Dependency{Namespace: to.Namespace, Name: to.Name})
	}
	for _, d := range o.Spec.DependsOn { // what names nothing stays
		entry := rewrite.Dependency{Namespace: d.Namespace, Name: d.Name}
		if entry.Namespace == "" {
			entry.Namespace = o.Namespace
		}
		if !slices.Contains(e.Want, entry) {
			e.Want = append(e.Want, entry)
		}
	}
	return e
}

// unfixable says in a clause why a definition cannot be changed in its file.
func (r *fluxRepository) unfixable(o audit.Order, uses int) string {
	written := r.read.Dependencies(o.Kustomization)
	built := []string{}
	for _, d := range o.Spec.DependsOn {
		built = append(built, strings.TrimPrefix(d.Namespace+"/"+d.Name, "/"))
	}
	switch {
	case o.Document < 0 || o.Synced:
		return "is not in a file"
	case uses > 1:
		return "is one of several that come from this definition"
	case !slices.Equal(written, built):
		return "differs from what is written here: a patch or a variable changes it"
	}
	return ""
}
