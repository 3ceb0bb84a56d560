package main

import (
	"os"
	"path/filepath"
	"testing"
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
			if _, got := vet(t, os.DirFS(dir)); got != "" {
				t.Error(got)
			}
		})
	}
}
