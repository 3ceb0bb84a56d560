//go:build ignore

// Gen writes the files above it: for each project <project>.txt, which says
// where the schemas of its kinds come from and which release has which, and
// <project>.zip with the schemas. It reads the projects' Go modules and is no
// part of the compiler; run it by `go generate ./schema/release` when a release
// is added. With names of projects as arguments it writes only those.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const directory = "schemas"

// kind is how one release of a project serves a kind at a version.
type kind struct {
	apiVersion, name, plural string
	namespaced               bool
	deprecated               string // a warning; empty if it is not deprecated
	schema                   []byte // JSON of apiextensions/v1 JSONSchemaProps
}

func main() {
	only := os.Args[1:]
	for _, p := range projects {
		if len(only) == 0 || slices.Contains(only, p.name) {
			write(p)
		}
	}
	if len(only) == 0 {
		notice()
		lifecycle()
	}
}

// write writes the two files of a project.
func write(p project) {
	var index bytes.Buffer
	fmt.Fprintf(&index, header, p.name)
	rows, blobs := map[string][]string{}, map[string][]byte{}
	for _, r := range p.releases {
		var kinds []kind
		for _, m := range r.modules {
			dir, sum := module(m)
			fmt.Fprintf(&index, "source %s %s %s %s %s\n", r.row, m.path, m.version, sum, licence(dir, m))
			kinds = append(kinds, p.read(dir, m)...)
		}
		for _, k := range r.fit(kinds) {
			digest := digestOf(k.schema)
			blobs[digest] = k.schema
			rows[k.line()] = append(rows[k.line()], r.row+"="+digest)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(&index, "kind %s\t%s\n", line, strings.Join(rows[line], " "))
	}
	check(os.WriteFile(filepath.Join(directory, p.name+".txt"), index.Bytes(), 0o644))
	check(os.WriteFile(filepath.Join(directory, p.name+".zip"), pack(blobs), 0o644))
}

const header = `# Schemas of %s, written by schemas/gen.
# source: release, Go module, version, sum, licence. A release whose module cannot
# be had is served by the nearest one, with the edits of schemas/gen.
# kind: API version, kind, plural, scope, and a warning if it is deprecated; then
# release=digest for each release, the digest being the name in the zip file.
`

func (k kind) line() string {
	scope := "Cluster"
	if k.namespaced {
		scope = "Namespaced"
	}
	line := strings.Join([]string{k.apiVersion, k.name, k.plural, scope}, " ")
	if k.deprecated != "" {
		line += " " + k.deprecated
	}
	return line
}

func digestOf(schema []byte) string {
	sum := sha256.Sum256(schema)
	return hex.EncodeToString(sum[:6])
}

// pack gives a zip file of the schemas, the same on every machine.
func pack(blobs map[string][]byte) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, digest := range slices.Sorted(maps.Keys(blobs)) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: digest, Method: zip.Deflate})
		check(err)
		_, err = w.Write(blobs[digest])
		check(err)
	}
	check(z.Close())
	return out.Bytes()
}

// module gives the directory of a module and the sum of its content.
func module(m source) (dir, sum string) {
	out, err := exec.Command("go", "mod", "download", "-json", m.path+"@"+m.version).Output()
	if err != nil {
		log.Fatalf("%s %s: %v\n%s", m.path, m.version, err, out)
	}
	var info struct{ Dir, Sum string }
	check(json.Unmarshal(out, &info))
	return info.Dir, info.Sum
}

// licence checks that the module's licence is the one of the table.
func licence(dir string, m source) string {
	text, err := os.ReadFile(filepath.Join(dir, "LICENSE"))
	if err != nil {
		text, err = os.ReadFile(filepath.Join(dir, "LICENSE.md"))
	}
	check(err)
	words := map[string]string{"Apache-2.0": "Apache License", "MIT": "MIT License"}[m.licence]
	if words == "" || !bytes.Contains(text[:min(len(text), 400)], []byte(words)) {
		log.Fatalf("%s %s: the licence is not %s", m.path, m.version, m.licence)
	}
	return m.licence
}

// notice writes whose work the schemas are.
func notice() {
	var out bytes.Buffer
	out.WriteString(noticeHead)
	for _, p := range projects {
		seen := map[string]bool{}
		for _, r := range p.releases {
			for _, m := range r.modules {
				if !seen[m.path] {
					fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", p.name, m.path, m.licence, m.holder)
				}
				seen[m.path] = true
			}
		}
	}
	out.WriteString("\nThe text of Apache-2.0 is this repository's LICENSE.\n")
	for _, p := range projects {
		for _, m := range p.releases[0].modules {
			if m.licence == "MIT" { // asks for its text in every copy
				fmt.Fprintf(&out, "\n## %s\n\n%s", m.path, licenceText(m))
			}
		}
	}
	check(os.WriteFile(filepath.Join(directory, "NOTICE.md"), out.Bytes(), 0o644))
}

func licenceText(m source) []byte {
	dir, _ := module(m)
	text, err := os.ReadFile(filepath.Join(dir, "LICENSE.md"))
	check(err)
	return text
}

const noticeHead = `# Whose work the schemas are

The schemas in this directory are taken from the modules below, without
descriptions and examples, under the licences of their projects. The versions
stand in the .txt files. Written by gen.

| project | module | licence | copyright |
|---|---|---|---|
`

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
