package check_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"ichor/schema/check"
	"ichor/schema/diag"
	"ichor/schema/load"
)

// TestAcceptedSpecs holds that the specs that are compiled elsewhere have no
// finding at all.
func TestAcceptedSpecs(t *testing.T) {
	repositories, err := filepath.Glob("../../testdata/build/*")
	if err != nil || len(repositories) == 0 {
		t.Fatalf("no specs: %v", err)
	}
	for _, dir := range append(repositories, "../..") {
		t.Run(dir, func(t *testing.T) {
			repository := os.DirFS(dir)
			c, findings := load.Cluster(repository, "spec")
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
