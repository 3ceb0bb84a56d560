package load

import (
	"os"
	"testing"
)

func BenchmarkZ(b *testing.B) {
	for b.Loop() {
		Cluster(os.DirFS("../.."), "spec")
	}
}
