package release

import (
	"fmt"
	"strings"
	"sync"
)

// Life is how long Kubernetes serves a version of a kind of its own.
type Life struct {
	Deprecated  Minor  // the first minor that warns
	Removed     Minor  // the first minor that does not serve it any more
	Replacement string // as "policy/v1 PodDisruptionBudget"; empty for none
}

// LifeOf gives the life of an API version that ends; false for one that stays,
// or that Kubernetes never had. Source: schemas/lifecycle.txt.
func LifeOf(apiVersion, kind string) (Life, bool) {
	l, ok := lives()[[2]string{apiVersion, kind}]
	return l, ok
}

// lives reads the lives of all kinds, once.
var lives = sync.OnceValue(func() map[[2]string]Life {
	out := map[[2]string]Life{}
	for line := range strings.Lines(indexOf("lifecycle")) {
		f := strings.SplitN(strings.TrimSpace(line), " ", 5)
		if len(f) < 4 || strings.HasPrefix(line, "#") {
			continue
		}
		l := Life{Deprecated: minorOf(f[2]), Removed: minorOf(f[3])}
		if len(f) == 5 {
			l.Replacement = f[4]
		}
		out[[2]string{f[0], f[1]}] = l
	}
	return out
})

// minorOf reads what Minor.String writes, in a file of our own.
func minorOf(s string) (m Minor) {
	if _, err := fmt.Sscanf(s, "%d.%d", &m.Major, &m.Minor); err != nil {
		panic(err)
	}
	return m
}
