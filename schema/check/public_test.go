package check

import (
	"testing"

	"ichor/schema/model"
)

func TestSkipsAll(t *testing.T) {
	for _, c := range []struct {
		all      bool
		patterns []string
	}{
		{true, []string{".*"}}, {true, []string{"."}}, {true, []string{"/"}}, {true, []string{"^/"}}, {true, []string{"^/.*$"}}, {true, []string{"^.*$"}},
		{true, []string{"/*"}}, {true, []string{"^/api|"}}, {true, []string{"^/(api)?"}}, {true, []string{"(?i)^/.+"}}, {true, []string{"[a-z]"}},
		{true, []string{"^/metrics$", ".+"}}, {true, []string{"^/[a-m]", "^/[n-z]"}},
		{false, nil}, {false, []string{"^/$"}}, {false, []string{"^/api/"}}, {false, []string{"^/api/.*$"}}, {false, []string{`\.(js|css|png)$`}},
		{false, []string{"^/[^/]+$"}}, {false, []string{"^/api/", "^/login", `^/assets/.+\.js$`}}, {false, []string{"^/api/("}},
	} {
		var patterns []model.At[string]
		for _, p := range c.patterns {
			patterns = append(patterns, model.At[string]{V: p})
		}
		if _, all := skipsAll(patterns); all != c.all {
			t.Errorf("%q match every path: %v, want %v", c.patterns, all, c.all)
		}
	}
}
