package main

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"

	"ichor/generators/output"
	"ichor/schema/diag"
	"ichor/schema/model"
)

const codeIgnored = "output-ignored"

// maxIgnoreSize bounds a file of patterns, in bytes: each is tried on each file.
const maxIgnoreSize = 1 << 16

// ignoredRule says what `ichor explain` tells of the code.
func ignoredRule() diag.Rule {
	return diag.Rule{
		Code: codeIgnored, Severity: diag.Warning,
		Summary: "Git ignores files that Flux must apply: `git add` leaves them out, so they are not committed, and Flux never gets them.",
		Wrong:   "// a line `out` in .gitignore",
		Right:   "// no such line in .gitignore",
		Source:  "gitignore(5)",
	}
}

// ignorePattern is one line that says what git ignores.
type ignorePattern struct {
	gitignore.Pattern
	at diag.Pos // of a file of the work tree
}

// ignores gives a function that finds the line by which git ignores a file of the
// work tree; nil where it does not. What the user's own settings ignore is not seen.
func (c *repoDir) ignores() func(name string) *ignorePattern {
	exclude := c.patterns(c.git.shared, "info/exclude", "")
	for i := range exclude {
		exclude[i].at.File = ".git/info/exclude"
	}
	of := map[string][]ignorePattern{}
	return func(name string) *ignorePattern {
		all := slices.Clone(exclude)
		parts := strings.Split(name, "/")
		for i := range parts {
			dir := path.Join(parts[:i]...)
			if _, read := of[dir]; !read {
				of[dir] = c.patterns(c.work, path.Join(dir, ".gitignore"), dir)
			}
			all = append(all, of[dir]...)
		}
		for _, p := range slices.Backward(all) {
			switch p.Match(parts, false) {
			case gitignore.Exclude:
				return &p
			case gitignore.Include:
				return nil
			}
		}
		return nil
	}
}

// patterns reads a file of patterns for what lies in a directory.
func (c *repoDir) patterns(from confined, name, dir string) []ignorePattern {
	data, err := from.ReadFile(name)
	if err != nil || len(data) > maxIgnoreSize {
		return nil
	}
	var domain []string
	if dir != "" {
		domain = strings.Split(dir, "/")
	}
	var out []ignorePattern
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		out = append(out, ignorePattern{gitignore.ParsePattern(line, domain), diag.Pos{File: name, Line: i + 1, Column: 1}})
	}
	return out
}

// ignored finds that git ignores files that Flux is to apply, and has none of them.
func (c *repoDir) ignored(m *model.Cluster, files []output.File) diag.List {
	if c == nil || c.git == nil {
		return nil
	}
	entries, err := c.index()
	if err != nil {
		return nil // who needs the index says so
	}
	tracked := map[string]bool{}
	for _, e := range entries {
		tracked[e.Path] = true
	}
	find, lost, first, by := c.ignores(), 0, "", (*ignorePattern)(nil)
	for _, f := range files {
		name := path.Join(c.below, m.Flux.Path.V, f.Path)
		if !forFlux(f.Path) || tracked[name] {
			continue
		}
		if p := find(name); p != nil {
			if lost++; by == nil {
				first, by = path.Join(m.Flux.Path.V, f.Path), p
			}
		}
	}
	if lost == 0 {
		return nil
	}
	message := fmt.Sprintf("git ignores %s, so `git add` leaves it out, and Flux never gets it", first)
	if lost > 1 {
		message = fmt.Sprintf("git ignores %s and %s, so `git add` leaves them out, and Flux never gets them", first, count(lost-1, "other file"))
	}
	return diag.List{{
		Code: codeIgnored, Severity: diag.Warning, Pos: m.Flux.Path.Pos, Path: m.Flux.Path.Path, Message: message,
		Notes: []diag.Note{{Message: "this line ignores it", Pos: c.fromHere(by.at)}},
		Help:  fmt.Sprintf("change that line, or add the files with `git add --force %s`", m.Flux.Path.V),
	}}
}

// forFlux reports whether Flux applies a file of the output.
func forFlux(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	return top == output.Flux || top == output.Manifests
}

// fromHere gives a place in the work tree as one relative to the directory.
func (c *repoDir) fromHere(at diag.Pos) diag.Pos {
	if rel, err := filepath.Rel(filepath.FromSlash(c.below), filepath.FromSlash(at.File)); err == nil {
		at.File = filepath.ToSlash(rel)
	}
	return at
}

// fromTop gives findings with places relative to the root of the work tree, as
// those who show them beside the code of a repository need them.
func (c *repoDir) fromTop(l diag.List) diag.List {
	if c == nil || c.inGit() == "" {
		return l
	}
	move := func(at diag.Pos) diag.Pos {
		if at.File != "" && !path.IsAbs(at.File) {
			at.File = path.Join(c.below, at.File)
		}
		return at
	}
	out := slices.Clone(l)
	for i := range out {
		out[i].Pos, out[i].Notes = move(out[i].Pos), slices.Clone(out[i].Notes)
		for j := range out[i].Notes {
			out[i].Notes[j].Pos = move(out[i].Notes[j].Pos)
		}
	}
	return out
}
