package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"ichor/schema/diag"
)

// TestExampleSpecs holds the specs that people copy: the README's and the one
// that init writes compile without a finding.
func TestExampleSpecs(t *testing.T) {
	readme, err := os.ReadFile(repository + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```cue\n(.*?)```").FindSubmatch(readme)
	if example == nil {
		t.Fatal("the README has no spec")
	}
	if n := strings.Count(string(example[1]), "\n"); n > 40 {
		t.Errorf("the README's spec has %d lines; it promises about 30", n)
	}
	for name, spec := range map[string][]byte{"README": example[1], "init": starter} {
		repo := fstest.MapFS{"spec/cluster.cue": {Data: spec}}
		p := project{spec: "spec", fsys: repo}
		c, found := p.checked()
		if len(found) > 0 {
			t.Errorf("%s:\n%s", name, text(t, p, found))
		}
		compile(t, c)
	}
}

// TestReadmeCodes holds that a code which the README shows is one.
func TestReadmeCodes(t *testing.T) {
	readme, err := os.ReadFile(repository + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]diag.Rule{}
	for _, r := range rules() {
		known[r.Code] = r
	}
	shown := regexp.MustCompile(`error\[([a-z-]+)\]`).FindAllSubmatch(readme, -1)
	if len(shown) == 0 {
		t.Error("the README shows no finding")
	}
	for _, m := range shown {
		if _, ok := known[string(m[1])]; !ok {
			t.Errorf("there is no code %s", m[1])
		}
	}
}

// TestReadmeFinding holds the finding that the README shows, to the letter.
func TestReadmeFinding(t *testing.T) {
	readme, err := os.ReadFile(repository + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```cue\n(.*?)```").FindSubmatch(readme)
	shown := regexp.MustCompile("(?s)```\n(error\\[.*?)```").FindSubmatch(readme)
	if example == nil || shown == nil {
		t.Fatal("the README lacks its spec, or its finding")
	}
	spec := strings.Replace(string(example[1]), "10.30.0.199", "10.31.0.199", 1)
	p := project{spec: "spec", fsys: fstest.MapFS{"spec/cluster.cue": {Data: []byte(spec)}}}
	_, found := p.checked()
	if diff := cmp.Diff(string(shown[1]), text(t, p, found)); diff != "" {
		t.Error(diff)
	}
}
