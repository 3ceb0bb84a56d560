package output

import (
	"errors"
	"fmt"
	"testing"

	"ichor/schema/diag"
)

func TestRefusals(t *testing.T) {
	refusal := func(message string) error {
		return &Refusal{diag.Diagnostic{Code: "patch-invalid", Message: message, Pos: diag.Pos{File: "spec/a.cue", Line: 1, Column: 2}}}
	}
	// Two nodes share one patch: one finding.
	same := errors.Join(fmt.Errorf("node a: %w", refusal("no")), fmt.Errorf("node b: %w", refusal("no")))
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"nothing", nil, 0},
		{"a bug", errors.New("bug"), 0},
		{"a refusal", refusal("no"), 1},
		{"the same of two nodes", fmt.Errorf("generator: %w", same), 1},
		{"two", errors.Join(same, refusal("never")), 2},
		{"a refusal and a bug", errors.Join(errors.New("bug"), same), 1},
	}
	for _, test := range tests {
		if found := Refusals(test.err); len(found) != test.want {
			t.Errorf("%s: %v", test.name, found)
		}
	}
}
