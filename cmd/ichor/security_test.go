package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every test and every case that SECURITY.md names is there.
func TestSecurityNamesTests(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := testNames(t)
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+|(?:testdata|\\.github)/[^`]+)`").FindAllSubmatch(text, -1)
	if len(named) == 0 {
		t.Error("it names none")
	}
	for _, m := range named {
		name := string(m[1])
		_, err := os.Stat(filepath.Join(repository, filepath.FromSlash(name)))
		if err != nil && !slices.Contains(tests, name) {
			t.Errorf("there is no %s", name)
		}
	}
}

// testNames gives the names of all tests and fuzz targets of the module.
func testNames(t *testing.T) []string {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	var all []string
	err := filepath.WalkDir(repository, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		for _, m := range declared.FindAllSubmatch(bytes.TrimSpace(text), -1) {
			all = append(all, string(m[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
