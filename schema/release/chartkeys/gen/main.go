//go:build ignore

// Gen writes ../cilium.txt: the values that the chart of each minor release of
// Cilium reads. It is no part of the compiler; run it by `go generate
// ./schema/release` when a release is added. The chart comes with Cilium's Go
// module (install/kubernetes/cilium, Apache-2.0).
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// releases are read, one a minor, oldest first.
var releases = []struct {
	minor   int
	version string
}{
	{16, "v1.16.0"},
	{17, "v1.17.6"},
	{18, "v1.18.0"},
	{19, "v1.19.1"},
	{20, "v1.20.2"},
}

// header explains the file to its readers.
const header = `# Values of Cilium's Helm chart, written by chartkeys/gen. Source: values.yaml and
# the templates in install/kubernetes/cilium of github.com/cilium/cilium (Apache-2.0) at
# %s.
# A line is a key below the last one that is indented less; then the minors of
# Cilium 1.x that have it, if not all of them have; then * if anything may stand
# below it, and the minors of which that is true, if not of all that have it.
`

// key is a key of values.yaml with what is below it.
type key struct {
	known, open []int // minors
	below       map[string]*key
	top         bool // it is values.yaml itself
}

func (k *key) child(name string, minor int) *key {
	c, ok := k.below[name]
	if !ok {
		c = &key{below: map[string]*key{}}
		k.below[name] = c
	}
	if !slices.Contains(c.known, minor) {
		c.known = append(c.known, minor)
	}
	return c
}

func main() {
	root := &key{below: map[string]*key{}, top: true}
	var versions []string
	for _, r := range releases {
		versions = append(versions, r.version)
		chart := filepath.Join(module(r.version), "install/kubernetes/cilium")
		values := readValues(filepath.Join(chart, "values.yaml"))
		addValues(root, values, r.minor)
		addReferences(root, filepath.Join(chart, "templates"), r.minor)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, header, strings.Join(versions, ", "))
	write(&out, root, "")
	check(os.WriteFile("chartkeys/cilium.txt", out.Bytes(), 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// module gives the directory of Cilium's module, downloaded if need be.
func module(version string) string {
	out, err := exec.Command("go", "mod", "download", "-json", "github.com/cilium/cilium@"+version).Output()
	check(err)
	var m struct{ Dir string }
	check(json.Unmarshal(out, &m))
	return m.Dir
}

func readValues(path string) map[string]any {
	data, err := os.ReadFile(path)
	check(err)
	var values map[string]any
	check(yaml.Unmarshal(data, &values))
	return values
}

func addValues(k *key, values map[string]any, minor int) {
	for name, v := range values {
		c := k.child(name, minor)
		below, isMap := v.(map[string]any)
		if isOpen(name, v, k.top) {
			c.open = append(c.open, minor)
		} else if isMap {
			addValues(c, below, minor)
		}
	}
}

// kubernetes names values that templates hand to Kubernetes as they are.
var kubernetes = []string{"affinity", "nodeSelector", "podSecurityContext", "resources", "securityContext", "updateStrategy"}

// isOpen reports whether anything may stand below a key: it has no default, its
// default is an empty map, or it is handed to Kubernetes as it is. The agent's
// own securityContext, at the top, is not.
func isOpen(name string, v any, atTop bool) bool {
	if m, ok := v.(map[string]any); v == nil || ok && len(m) == 0 {
		return true
	}
	return slices.Contains(kubernetes, name) && !(atTop && name == "securityContext")
}

// What templates name: a value (.Values.a.b, or $x.b below an alias), a key that
// they look up in one (hasKey .Values.a "b"), and an alias ($x := .Values.a, or
// the first of several).
var (
	reference = regexp.MustCompile(`(\.Values|\$\w+)((?:\.\w+)+)`)
	lookup    = regexp.MustCompile(`(?:hasKey|get) \$?(\.Values|\$\w+)((?:\.\w+)*) "(\w+)"`)
	alias     = regexp.MustCompile(`(\$\w+) := \(?(?:coalesce )?\.Values((?:\.\w+)+)`)
)

// notReading are the templates that name values only to refuse them.
var notReading = []string{"validate.yaml", "warnings.txt", "NOTES.txt"}

// addReferences adds the values that templates read although values.yaml does
// not list them.
func addReferences(root *key, dir string, minor int) {
	check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || slices.Contains(notReading, d.Name()) {
			return err
		}
		text, err := os.ReadFile(path)
		for _, path := range references(string(text)) {
			addReference(root, path, minor)
		}
		return err
	}))
}

// references gives the paths of all values that a template names.
func references(text string) [][]string {
	aliases := map[string]string{".Values": ""}
	for _, m := range alias.FindAllStringSubmatch(text, -1) {
		aliases[m[1]] = m[2]
	}
	var out [][]string
	add := func(of, path string) {
		if above, ok := aliases[of]; ok {
			out = append(out, strings.Split((above + path)[1:], "."))
		}
	}
	for _, m := range reference.FindAllStringSubmatch(text, -1) {
		add(m[1], m[2])
	}
	for _, m := range lookup.FindAllStringSubmatch(text, -1) {
		add(m[1], m[2]+"."+m[3])
	}
	return out
}

// addReference adds a path unless it is known, or below a value that is no map.
func addReference(k *key, path []string, minor int) {
	for i, name := range path {
		c, ok := k.below[name]
		known := ok && slices.Contains(c.known, minor)
		if known && slices.Contains(c.open, minor) || known && !hasBelow(c, minor) {
			return
		}
		k = k.child(name, minor)
		if i == len(path)-1 && !known {
			k.open = append(k.open, minor)
		}
	}
}

func hasBelow(k *key, minor int) bool {
	for _, c := range k.below {
		if slices.Contains(c.known, minor) {
			return true
		}
	}
	return false
}

func write(out *bytes.Buffer, k *key, indent string) {
	for _, name := range slices.Sorted(maps.Keys(k.below)) {
		c := k.below[name]
		out.WriteString(indent + name)
		if !slices.Equal(c.known, minors()) {
			out.WriteString(" " + ranges(c.known))
		}
		if len(c.open) > 0 {
			out.WriteString(" *")
			if !slices.Equal(c.open, c.known) {
				out.WriteString(ranges(c.open))
			}
		}
		out.WriteString("\n")
		write(out, c, indent+"\t")
	}
}

func minors() []int {
	var all []int
	for _, r := range releases {
		all = append(all, r.minor)
	}
	return all
}

// ranges gives 16-17,19 for 16, 17 and 19.
func ranges(minors []int) string {
	var parts []string
	for i := 0; i < len(minors); {
		j := i
		for j+1 < len(minors) && minors[j+1] == minors[j]+1 {
			j++
		}
		part := strconv.Itoa(minors[i])
		if j > i {
			part += "-" + strconv.Itoa(minors[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ",")
}
