package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"cuelang.org/go/cue/parser"

	"ichor/generators/verify"
	"ichor/schema/check"
	"ichor/schema/diag"
	"ichor/schema/load"
	"ichor/schema/model"
)

// judging gives the rules over the spec and over what is made of it.
func judging() []diag.Rule { return slices.Concat(check.Rules(), verify.Rules()) }

func TestRulesAreComplete(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, r := range judging() {
		if seen[r.Code] || !kebab.MatchString(r.Code) {
			t.Errorf("code %q is taken, or not in kebab case", r.Code)
		}
		seen[r.Code] = true
		if r.Severity != diag.Error && r.Severity != diag.Warning {
			t.Errorf("%s has severity %q", r.Code, r.Severity)
		}
		if r.Summary == "" || r.Wrong == r.Right {
			t.Errorf("%s has no sentence, or an example that does not change", r.Code)
		}
		for _, example := range []string{r.Wrong, r.Right} {
			if _, err := parser.ParseFile("example.cue", example); err != nil {
				t.Errorf("an example of %s: %v", r.Code, err)
			}
		}
	}
}

// A cluster that lacks everything is reported, and breaks no rule's function.
func TestEmptyCluster(t *testing.T) {
	found := check.Cluster(&model.Cluster{})
	if !found.HasErrors() {
		t.Errorf("an empty cluster passes: %v", found)
	}
}

// What stands before an example in a spec.
const exampleHead = `package spec

import "ichor.internal/schema"

cluster: schema.#Cluster
`

// ofWhole are the codes that a part of a spec has because it is a part.
var ofWhole = []string{
	"missing-field", "unknown-reference", "secret-without-store", "flux-path", "path-inside", "path-missing", "crds-unreadable",
}

// loadExample gives what loading finds in an example.
func loadExample(example string) diag.List {
	if !strings.HasPrefix(example, "package ") {
		example = exampleHead + example
	}
	_, found := load.Cluster(fstest.MapFS{"spec/spec.cue": {Data: []byte(example)}}, "spec")
	return found
}

// exampleFindings gives what is wrong in an example by itself.
func exampleFindings(example string) diag.List {
	return slices.DeleteFunc(loadExample(example), func(d diag.Diagnostic) bool { return slices.Contains(ofWhole, d.Code) })
}

// Whoever copies an example gets what the language takes.
func TestExamplesAreOfTheLanguage(t *testing.T) {
	for _, r := range rulesOfSpecs() {
		if got := exampleFindings(r.Right); len(got) > 0 {
			t.Errorf("the right example of %s: %v", r.Code, got)
		}
	}
	for _, r := range judging() {
		if got := exampleFindings(r.Wrong); len(got) > 0 {
			t.Errorf("the wrong example of %s: %v", r.Code, got)
		}
	}
}

// A rule of loading finds what its wrong example shows; what only a whole spec
// has is left to the rule's fail case.
func TestWrongExamplesOfLoading(t *testing.T) {
	for _, r := range load.Rules {
		if strings.HasPrefix(r.Wrong, "//") || slices.Contains(ofWhole[1:], r.Code) {
			continue
		}
		if found := loadExample(r.Wrong); !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == r.Code }) {
			t.Errorf("the wrong example of %s has other findings: %v", r.Code, found)
		}
	}
}
