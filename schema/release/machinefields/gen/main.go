//go:build ignore

// Gen writes ../talos.txt: the documents and fields of the machine configuration
// that each minor release of Talos knows. It reads the Go types of Talos's machinery
// module, since its JSON schema leaves out what is deprecated, and is no part of the
// compiler; run it by `go generate ./schema/release` when a release is added.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// releases are read, one per minor, oldest first: the newest patch that the proxy of
// Go modules serves.
var releases = []struct {
	minor   int
	version string
}{
	{10, "v1.10.6"},
	{11, "v1.11.6"},
	{12, "v1.12.7"},
	{13, "v1.13.9"},
}

// backports are fields that came to a minor with a patch later than the one above.
// Source: pkg/machinery/config/types at v1.12.9.
var backports = []struct {
	minor int
	path  []string
}{
	{12, []string{"OOMConfig", "strictCgroupClassOrdering"}},
}

// header explains the file to its readers.
const header = `# Documents and fields of Talos's machine configuration, written by machinefields/gen.
# Source: the Go types in config/types of %s (MPL-2.0)
# at %s.
# A line is a kind of document, or a field below the last one that is indented less;
# * is any key of a map, [] an element of a list. Then the minors of Talos 1.x that
# have it, if not all that have its parent. Below a field without any anything may stand.
`

// node is a field with what is below it.
type node struct {
	known, open []int // minors
	below       map[string]*node
}

func newNode() *node { return &node{below: map[string]*node{}} }

func (n *node) child(name string, minor int) *node {
	c, ok := n.below[name]
	if !ok {
		c = newNode()
		n.below[name] = c
	}
	if !slices.Contains(c.known, minor) {
		c.known = append(c.known, minor)
	}
	return c
}

func main() {
	root := newNode()
	var versions []string
	for _, r := range releases {
		versions = append(versions, r.version)
		root.known = append(root.known, r.minor)
		addDocuments(root, newSource(download(r.version)), r.minor)
	}
	for _, b := range backports {
		at := root
		for _, name := range b.path {
			at = at.child(name, b.minor)
		}
		slices.Sort(at.known)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, header, machinery, strings.Join(versions, ", "))
	write(&out, root, "")
	check(os.WriteFile("machinefields/talos.txt", out.Bytes(), 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// download gives the directory of the machinery module.
func download(version string) string {
	out, err := exec.Command("go", "mod", "download", "-json", machinery+"@"+version).Output()
	if err != nil {
		log.Fatalf("%s: %v\n%s", version, err, out)
	}
	var m struct{ Dir string }
	check(json.Unmarshal(out, &m))
	return m.Dir
}

func write(out *bytes.Buffer, n *node, indent string) {
	for _, name := range slices.Sorted(maps.Keys(n.below)) {
		c := n.below[name]
		out.WriteString(indent + name)
		if !slices.Equal(c.known, n.known) {
			out.WriteString(" " + ranges(c.known))
		}
		if len(c.open) > 0 && len(c.below) > 0 {
			log.Fatalf("%s takes anything in 1.%s, and has fields in other minors: the table has no form for that", name, ranges(c.open))
		}
		out.WriteString("\n")
		write(out, c, indent+"\t")
	}
}

// ranges gives 10-11,13 for 10, 11 and 13.
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
