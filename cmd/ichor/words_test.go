package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// hardWords are constructions that readers stumble over, and what to write instead.
var hardWords = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?i)\btells? of\b|\btold of\b`), "report, show"},
	{regexp.MustCompile(`(?i)\b(is|are|was|be) said\b|\bsaid to\b`), "the spec says, ichor reports, write"},
	{regexp.MustCompile(`(?i)\bcomes? apart\b`), "is separate"},
	{regexp.MustCompile(`(?i)\bby whose form\b`), "if the format is"},
	{regexp.MustCompile(`(?i)\b(nothing|nobody) makes\b`), "nothing creates"},
	{regexp.MustCompile(`(?i)\bmend(s|ed)?\b`), "correct, fix"},
	{regexp.MustCompile(`(?i)\btak(e|es|en) (it|them|that) (out|away)\b`), "remove"},
	{regexp.MustCompile(`(?i)\bfor ever\b`), "forever"},
	{regexp.MustCompile(`(?i)\bto and fro\b`), "keep overwriting each other"},
	{regexp.MustCompile(`(?i)\bhas not got\b`), "does not have"},
	{regexp.MustCompile(`\bOf (some|an?|each|the) \w+ it is\b`), "start with the subject"},
}

// TestWords holds the sentences that users read to plain words: the texts in our code,
// and the pages of the repository.
func TestWords(t *testing.T) {
	sentences := 0
	err := filepath.WalkDir(repository, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "gen" || len(d.Name()) > 2 && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case strings.HasSuffix(name, ".md"):
			data, err := os.ReadFile(name)
			for i, line := range strings.Split(string(data), "\n") {
				plainWords(t, name, i+1, line)
			}
			return err
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			n, err := literals(t, name)
			sentences += n
			return err
		}
		return nil
	})
	if err != nil || sentences < 1000 {
		t.Errorf("%d sentences: %v", sentences, err)
	}
}

// literals looks at the texts of more than a word in a file of Go, and counts them.
func literals(t *testing.T, name string) (int, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return 0, err
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		lit, ok := node.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING || !strings.Contains(lit.Value, " ") {
			return true
		}
		n++
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Error(err)
		}
		plainWords(t, name, files.Position(lit.Pos()).Line, text)
		return true
	})
	return n, nil
}

func plainWords(t *testing.T, name string, line int, text string) {
	for _, w := range hardWords {
		if found := w.pattern.FindString(text); found != "" {
			t.Errorf("%s:%d: write %s instead of %q", name, line, w.instead, found)
		}
	}
}
