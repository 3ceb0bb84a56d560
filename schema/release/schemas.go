package release

import (
	"archive/zip"
	"bytes"
	"embed"
	"io"
	"iter"
	"slices"
	"strings"
)

//go:generate go run schemas/gen/main.go schemas/gen/sources.go schemas/gen/flux.go schemas/gen/crds.go schemas/gen/edits.go schemas/gen/builtin.go schemas/gen/lifecycle.go

// schemaFiles holds, for each project, which release serves which kind by which
// schema (<project>.txt, whose header tells the form), and the schemas
// (<project>.zip). They are read when somebody asks.
//
//go:embed schemas/*.txt schemas/*.zip
var schemaFiles embed.FS

// Schema is how a release serves a kind at one version.
type Schema struct {
	APIVersion, Kind, Plural string
	Namespaced               bool
	Deprecated               string // what the API server warns of; empty if it does not
	OpenAPI                  []byte // of a CRD of the cluster's own: JSON of apiextensions/v1 JSONSchemaProps
	Program                  string // whose release it is, as "Cilium 1.18"
	Builtin                  bool   // Kubernetes itself serves the kind
	Guessed                  bool   // the cluster names no release: another may serve it otherwise
}

// Rows are the releases that a cluster names. Of a project without a row the
// newest release that ichor knows counts: its kinds may be there all the same.
type Rows struct {
	Kubernetes      *Kubernetes
	Cilium          *Cilium
	Flux            *Flux
	ExternalSecrets *ExternalSecrets
	CertManager     *CertManager
	// CloudNativePG may be the zero row: a release that ichor does not know is installed,
	// of which it has no schemas.
	CloudNativePG *CloudNativePG
}

// anyRelease stands for all releases of a project that no spec names.
const anyRelease = "any"

// project is a project of schemaFiles and the release of it that counts.
type project struct {
	file, name, row string
	guessed         bool
}

func (r Rows) projects() []project {
	out := []project{
		{"kubernetes", "Kubernetes", rowOf(r.Kubernetes, kubernetesTable), r.Kubernetes == nil},
		{"cilium", "Cilium", rowOf(r.Cilium, ciliumTable), r.Cilium == nil},
		{"flux", "Flux", rowOf(r.Flux, fluxTable), r.Flux == nil},
		{"external-secrets", "External Secrets", rowOf(r.ExternalSecrets, externalSecretsTable), r.ExternalSecrets == nil},
		{"cert-manager", "cert-manager", rowOf(r.CertManager, certManagerTable), r.CertManager == nil},
		{"cloudnative-pg", "CloudNativePG", operatorOf(r.CloudNativePG), r.CloudNativePG == nil},
	}
	for _, p := range []project{
		{file: "barman-cloud", name: "Barman Cloud plugin"},
		{file: "gateway-api", name: "Gateway API"},
		{file: "envoy-gateway", name: "Envoy Gateway"}, {file: "prometheus-operator", name: "Prometheus operator"},
		{file: "external-snapshotter", name: "external-snapshotter"}, {file: "traefik", name: "Traefik"},
	} {
		p.row, p.guessed = anyRelease, true
		out = append(out, p)
	}
	return out
}

// rowOf gives the release of a row, or the newest of the table.
func rowOf[R row](of *R, table []R) string {
	if of == nil {
		return table[len(table)-1].minor().String()
	}
	return (*of).minor().String()
}

// operatorOf gives the release of the operator in a release of the chart, or the newest.
func operatorOf(c *CloudNativePG) string {
	if c == nil {
		return cloudNativePGTable[len(cloudNativePGTable)-1].Operator.String()
	}
	return c.Operator.String()
}

// Agreed gives the release of versions that are all of one; nil where they are not,
// where ichor does not know one of them, and where there are none.
func Agreed[R any](versions []string, find func(string) (*R, error)) *R {
	var out *R
	for _, v := range versions {
		row, err := find(Settled(v))
		if err != nil || out != nil && row != out {
			return nil
		}
		out = row
	}
	return out
}

// Schemas is what the releases of a cluster serve. It is for one goroutine at a
// time.
type Schemas struct {
	entries []entry
	zips    map[string]*zip.Reader
}

// entry is a line of an index, as far as one release goes.
type entry struct {
	Schema
	digest, file string
}

// Schemas gives what the releases serve.
func (r Rows) Schemas() *Schemas {
	s := &Schemas{zips: map[string]*zip.Reader{}}
	for _, p := range r.projects() {
		s.entries = slices.AppendSeq(s.entries, p.entries())
	}
	return s
}

// entries reads the index of a project.
func (p project) entries() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for line := range strings.Lines(indexOf(p.file)) {
			what, rows, ok := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "kind "), "\t")
			digest := ""
			for _, of := range strings.Fields(rows) {
				if row, d, _ := strings.Cut(of, "="); row == p.row {
					digest = d
				}
			}
			if ok && digest != "" && !yield(p.entry(what, digest)) {
				return
			}
		}
	}
}

// entry reads what an index says of a kind: API version, kind, plural, scope,
// and a warning if there is one.
func (p project) entry(what, digest string) entry {
	f := strings.SplitN(what+" ", " ", 5)
	name := p.name
	if p.row != anyRelease {
		name += " " + p.row
	}
	return entry{
		Schema: Schema{
			APIVersion: f[0], Kind: f[1], Plural: f[2], Namespaced: f[3] == "Namespaced",
			Deprecated: strings.TrimSpace(f[4]), Program: name, Builtin: p.file == "kubernetes", Guessed: p.guessed,
		},
		digest: digest, file: p.file,
	}
}

func indexOf(file string) string {
	data, err := schemaFiles.ReadFile("schemas/" + file + ".txt")
	if err != nil {
		panic(err) // it is in the binary
	}
	return string(data)
}

// Find gives how a kind is served at a version, without its OpenAPI; false where
// no release serves it.
func (s *Schemas) Find(apiVersion, kind string) (Schema, bool) {
	if i := s.index(apiVersion, kind); i >= 0 {
		return s.entries[i].Schema, true
	}
	return Schema{}, false
}

// OpenAPI gives the schema of a kind at a version that is served, as JSON of
// apiextensions/v1 JSONSchemaProps that refers to nothing outside.
func (s *Schemas) OpenAPI(apiVersion, kind string) []byte {
	i := s.index(apiVersion, kind)
	if i < 0 {
		return nil
	}
	return s.read(s.entries[i].file, s.entries[i].digest)
}

// Variants gives the schemas of a kind at a version in all releases that ichor knows,
// that of OpenAPI first.
func (s *Schemas) Variants(apiVersion, kind string) [][]byte {
	i := s.index(apiVersion, kind)
	if i < 0 {
		return nil
	}
	e := s.entries[i]
	out, seen := [][]byte{s.read(e.file, e.digest)}, map[string]bool{e.digest: true}
	for line := range strings.Lines(indexOf(e.file)) {
		what, rows, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || !strings.HasPrefix(what+" ", "kind "+apiVersion+" "+kind+" ") {
			continue
		}
		for row := range strings.FieldsSeq(rows) {
			if _, digest, _ := strings.Cut(row, "="); !seen[digest] {
				seen[digest] = true
				out = append(out, s.read(e.file, digest))
			}
		}
	}
	return out
}

func (s *Schemas) index(apiVersion, kind string) int {
	return slices.IndexFunc(s.entries, func(e entry) bool { return e.Kind == kind && e.APIVersion == apiVersion })
}

// Group gives all kinds of an API group at all served versions. The core group is
// empty.
func (s *Schemas) Group(group string) []Schema {
	var out []Schema
	for _, e := range s.entries {
		if g, _, ok := strings.Cut(e.APIVersion, "/"); ok && g == group || !ok && group == "" {
			out = append(out, e.Schema)
		}
	}
	return out
}

// read unpacks one schema.
func (s *Schemas) read(file, digest string) []byte {
	z := s.zips[file]
	if z == nil {
		data, err := schemaFiles.ReadFile("schemas/" + file + ".zip")
		if err == nil {
			z, err = zip.NewReader(bytes.NewReader(data), int64(len(data)))
		}
		if err != nil {
			panic(err) // it is in the binary
		}
		s.zips[file] = z
	}
	f, err := z.Open(digest)
	if err != nil {
		panic(err)
	}
	out, err := io.ReadAll(f)
	if err != nil {
		panic(err)
	}
	return out
}
