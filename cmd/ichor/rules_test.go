package main

import (
	"slices"
	"testing"
)

// Every rule can be explained, whichever stage it is of, by a code of its own.
func TestRules(t *testing.T) {
	all := codes(rules())
	if !slices.IsSorted(all) {
		t.Errorf("the codes are not sorted: %q", all)
	}
	if unique := slices.Compact(slices.Clone(all)); len(unique) != len(all) {
		t.Errorf("two rules have one code: %q", all)
	}
	for _, r := range rules() {
		if r.Summary == "" {
			t.Errorf("%s has no summary", r.Code)
		}
	}
}
