package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// specDirectory is the directory of the spec where --spec names none.
const specDirectory = "spec"

// command gives a verb as people type it for the same repository and spec.
func (a *app) command(verb string) string {
	words := []string{"ichor"}
	if a.directory != "" {
		words = append(words, "-C", shellWord(a.directory))
	}
	words = append(words, verb)
	if a.spec != specDirectory {
		words = append(words, "--spec", shellWord(a.spec))
	}
	return strings.Join(words, " ")
}

// plainWord is what no shell reads as more than a word.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./~@%+:,-]+$`)

// shellWord quotes a word for a POSIX shell where it has to be.
func shellWord(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// missingSpec is the error of a repository that has no spec.
type missingSpec struct{ spec, root string }

func noSpec(spec, root string) error { return missingSpec{spec, root} }

// Error names the place.
func (m missingSpec) Error() string { return "there is no spec in " + filepath.Join(m.root, m.spec) }

// begun adds to the error of a repository without a spec how to begin one.
func (a *app) begun(p project, err error) (project, error) {
	var missing missingSpec
	if !errors.As(err, &missing) {
		return p, err
	}
	there := &app{directory: a.directory, spec: a.spec}
	if current, err := os.Getwd(); there.directory == "" && (err != nil || current != missing.root) {
		there.directory = missing.root
	}
	return p, fmt.Errorf("%w: create one with `%s`, or name the repository with -C and the directory of its spec with --spec; `ichor audit` judges a Flux repository that has no spec", err, there.command("init"))
}
