package e2e

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/kustomize"
	ssautil "github.com/fluxcd/pkg/ssa/utils"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// scanned is a case of testdata/scan: the files of a repository, and what ichor
// says that each Kustomization of it applies.
type scanned struct {
	files          map[string]string
	kustomizations []*reading
}

// reading is one Kustomization of a case, by namespace and name.
type reading struct {
	id, cluster, path, remarks string
	objects                    []*unstructured.Unstructured
}

// unseen are remarks on Kustomizations that Flux would not build as they stand,
// or not without what is elsewhere.
var unseen = []string{"external", "remote: ", "more variables", "missing at", "not all of it is known"}

// TestScanIsWhatFluxBuilds holds the cases of testdata/scan to the package that
// kustomize-controller builds with: the same objects, or an error where ichor has
// one.
func TestScanIsWhatFluxBuilds(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(repository, "testdata/scan/*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	held := 0
	for _, name := range names {
		c := readCase(t, name)
		for _, k := range c.kustomizations {
			if slices.ContainsFunc(unseen, func(r string) bool { return strings.Contains(k.remarks, r) }) {
				continue
			}
			held++
			t.Run(filepath.Base(name)+"/"+k.cluster+"/"+k.id, func(t *testing.T) { c.hold(t, k) })
		}
	}
	if held < 25 {
		t.Errorf("only %d Kustomizations were held", held)
	}
}

func (c *scanned) hold(t *testing.T, k *reading) {
	spec := c.spec(t, k)
	strict := kustomize.SubstituteWithStrict(strings.Contains(k.remarks, "undefined at"))
	got, err := fluxBuild(t, k.path, string(spec), c.files, strict)
	if strings.Contains(k.remarks, "failed at") || strings.Contains(k.remarks, "undefined at") {
		if err == nil {
			t.Errorf("Flux builds what ichor says cannot be built:\n%s", k.remarks)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	applied(t, spec, got)
	if diff := cmp.Diff(contents(k.objects), contents(got)); diff != "" {
		t.Errorf("(-ichor +Flux):\n%s", diff)
	}
}

// contents gives objects by kind and name, as far as both sides know them: Flux
// gives a namespace to every kind that it does not know, which the API server
// drops for those that have none.
func contents(objects []*unstructured.Unstructured) map[string]any {
	out := map[string]any{}
	for _, o := range objects {
		if strings.HasPrefix(o.GetKind(), "Cluster") {
			o.SetNamespace("")
		}
		out[o.GetKind()+" "+o.GetNamespace()+"/"+o.GetName()] = o.Object
	}
	return out
}

// spec gives the spec of a Kustomization as its parent leaves it, as JSON, with
// the values of its ConfigMaps written out: there is no API server to ask.
func (c *scanned) spec(t *testing.T, k *reading) []byte {
	t.Helper()
	spec := map[string]any{}
	if o := c.definition(k); o != nil {
		spec, _, _ = unstructured.NestedMap(o.Object, "spec")
	}
	values := map[string]any{}
	from, _, _ := unstructured.NestedSlice(spec, "postBuild", "substituteFrom")
	for _, ref := range from {
		name, _, _ := unstructured.NestedString(ref.(map[string]any), "name")
		for _, o := range c.all(k.cluster) {
			if data, _, _ := unstructured.NestedMap(o.Object, "data"); o.GetKind() == "ConfigMap" && o.GetName() == name {
				for key, v := range data {
					values[key] = v
				}
			}
		}
	}
	own, _, _ := unstructured.NestedMap(spec, "postBuild", "substitute")
	for key, v := range own {
		values[key] = v
	}
	if post, ok := spec["postBuild"].(map[string]any); ok {
		post["substitute"] = values
		delete(post, "substituteFrom")
	}
	data, err := yaml.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := yaml.YAMLToJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	return asJSON
}

// applied adds to objects what kustomize-controller adds when it applies them.
func applied(t *testing.T, spec []byte, objects []*unstructured.Unstructured) {
	t.Helper()
	var k kustomizev1.KustomizationSpec
	if err := json.Unmarshal(spec, &k); err != nil {
		t.Fatal(err)
	}
	if m := k.CommonMetadata; m != nil {
		ssautil.SetCommonMetadata(objects, m.Labels, m.Annotations)
	}
}

// definition finds the object of a Kustomization: among what others apply, or in
// a file of its cluster.
func (c *scanned) definition(k *reading) *unstructured.Unstructured {
	is := func(o *unstructured.Unstructured) bool {
		return o.GetKind() == "Kustomization" && strings.HasPrefix(o.GetAPIVersion(), "kustomize.toolkit") && o.GetNamespace()+"/"+o.GetName() == k.id
	}
	for _, o := range c.all(k.cluster) {
		if is(o) {
			return o
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		if !strings.HasPrefix(name, k.cluster+"/") {
			continue
		}
		for _, o := range objectsIn(c.files[name]) {
			if is(o) {
				return o
			}
		}
	}
	return nil
}

func (c *scanned) all(cluster string) []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	for _, k := range c.kustomizations {
		if k.cluster == cluster {
			out = append(out, k.objects...)
		}
	}
	return out
}

// objectsIn gives the objects among documents, of which some may be anything.
func objectsIn(text string) []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	for _, doc := range strings.Split(text, "\n---\n") {
		o := &unstructured.Unstructured{}
		if data, err := yaml.YAMLToJSON([]byte(doc)); err == nil && o.UnmarshalJSON(data) == nil {
			out = append(out, o)
		}
	}
	return out
}

func readCase(t *testing.T, name string) *scanned {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c := &scanned{files: map[string]string{}}
	var hidden []string
	for _, f := range archive.Files {
		switch f.Name {
		case "want":
			c.read(string(f.Data))
		case "hidden":
			hidden = strings.Fields(string(f.Data))
		default:
			c.files[f.Name] = string(f.Data)
		}
	}
	for _, f := range hidden {
		delete(c.files, f)
	}
	return c
}

// read parts what ichor says into Kustomizations.
func (c *scanned) read(want string) {
	cluster := ""
	for _, section := range strings.Split("\n"+want, "\n#") {
		line, rest, _ := strings.Cut(section, "\n")
		switch {
		case strings.HasPrefix(line, " cluster "):
			cluster = strings.TrimPrefix(line, " cluster ")
		case strings.HasPrefix(line, "# "):
			id, path, _ := strings.Cut(strings.TrimPrefix(line, "# "), " applies ")
			c.kustomizations = append(c.kustomizations, &reading{id: id, path: path, cluster: cluster})
		case len(c.kustomizations) > 0:
			k := c.kustomizations[len(c.kustomizations)-1]
			k.remarks += strings.TrimSpace(line) + "\n"
			k.objects = append(k.objects, objectsIn(strings.TrimSuffix(rest, "\n---"))...)
		}
	}
}
