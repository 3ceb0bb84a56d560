package depend

import (
	"strings"
	"testing"
)

// What the table says of refused pods is told as it stands there.
func TestRefusedPodsAreComplete(t *testing.T) {
	for name, c := range table().Charts {
		for _, p := range c.PodSecurity {
			if p.Level != "baseline" && p.Level != "restricted" || p.Because == "" || !strings.HasPrefix(p.Source, "https://") {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
}
