//go:build ignore

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// lifecycle writes when Kubernetes stops to serve a version of a kind, as the
// types of k8s.io/api say it of themselves.
func lifecycle() {
	var lines []string
	for gvk := range scheme.Scheme.AllKnownTypes() {
		o, err := scheme.Scheme.New(gvk)
		check(err)
		d, ok := o.(interface{ APILifecycleDeprecated() (major, minor int) })
		r, gone := o.(interface{ APILifecycleRemoved() (major, minor int) })
		if !ok || !gone || strings.HasSuffix(gvk.Kind, "List") {
			continue
		}
		major, minor := d.APILifecycleDeprecated()
		removedMajor, removedMinor := r.APILifecycleRemoved()
		line := fmt.Sprintf("%s %s %d.%d %d.%d", gvk.GroupVersion(), gvk.Kind, major, minor, removedMajor, removedMinor)
		if p, ok := o.(interface {
			APILifecycleReplacement() schema.GroupVersionKind
		}); ok {
			by := p.APILifecycleReplacement()
			line += fmt.Sprintf(" %s %s", by.GroupVersion(), by.Kind)
		}
		lines = append(lines, line+"\n")
	}
	slices.Sort(lines)
	var out bytes.Buffer
	out.WriteString(lifecycleHeader)
	for _, l := range lines {
		out.WriteString(l)
	}
	check(os.WriteFile(filepath.Join(directory, "lifecycle.txt"), out.Bytes(), 0o644))
}

const lifecycleHeader = `# The life of API versions of Kubernetes, written by schemas/gen from the types of
# k8s.io/api: version, kind, the minor that deprecates it, the first that does not
# serve it any more, and what takes its place.
`
