package check_test

import (
	"regexp"
	"testing"

	"cuelang.org/go/cue/parser"

	"ichor/schema/check"
	"ichor/schema/diag"
	"ichor/schema/model"
)

func TestRulesAreComplete(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, r := range check.Rules() {
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
