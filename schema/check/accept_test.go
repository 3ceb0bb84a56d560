package check_test

import (
	"bytes"
	"io/fs"
	"os"
	"testing"

	"ichor/schema/check"
	"ichor/schema/diag"
	"ichor/schema/load"
)

// TestAcceptedSpecs holds that the specs that are compiled elsewhere have no
// finding at all.
func TestAcceptedSpecs(t *testing.T) {
	repository := os.DirFS("../..")
	specs, err := fs.Glob(repository, "testdata/build/*/spec")
	if err != nil || len(specs) == 0 {
		t.Fatalf("no specs: %v", err)
	}
	for _, dir := range append(specs, "spec") {
		t.Run(dir, func(t *testing.T) {
			c, findings := load.Cluster(repository, dir)
			if !findings.HasErrors() {
				findings = append(findings, check.Cluster(c)...)
			}
			var out bytes.Buffer
			p := diag.Printer{Source: func(name string) ([]byte, error) { return fs.ReadFile(repository, name) }}
			if err := p.Print(&out, diag.Text, findings.Sort()); err != nil || out.Len() > 0 {
				t.Errorf("%v\n%s", err, out.String())
			}
		})
	}
}
