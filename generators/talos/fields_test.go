package talos

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/siderolabs/talos/pkg/machinery/config/configloader"

	"ichor/schema/release"
)

// outside gives the fields of a machine configuration that a release does not know.
func outside(t *testing.T, row *release.Talos, content []byte) []string {
	t.Helper()
	var found []string
	for key, doc := range documentsOf(t, content) {
		kind, _, _ := strings.Cut(key, "/")
		found = append(found, unknown(row, release.MachineDocument(kind), kind, doc)...)
	}
	slices.Sort(found)
	return found
}

func unknown(row *release.Talos, f *release.MachineField, path string, value any) []string {
	if !row.Knows(f) {
		return []string{path}
	}
	if len(f.Fields()) == 0 {
		return nil // a scalar, or anything
	}
	var found []string
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = append(found, unknown(row, f.Field(key), path+"."+key, v[key])...)
		}
	case []any:
		for _, element := range v {
			found = append(found, unknown(row, f.Element(), path+"[]", element)...)
		}
	}
	return found
}

// No release is given a field that it does not know.
func TestFieldsAreOfTheRelease(t *testing.T) {
	for _, c := range everything(t) {
		files := mustGenerate(t, c)
		for _, n := range c.Nodes {
			if found := outside(t, c.Release.TalosRow, files["talos/"+n.Name.V+".yaml"].Content); len(found) > 0 {
				t.Errorf("Talos %s does not know %s", c.Release.Talos.V, found)
			}
		}
	}
}

// The same of every configuration that the repository holds: the image that it
// installs names the release.
func TestFieldsOfTheGoldensAreOfTheRelease(t *testing.T) {
	names, err := filepath.Glob("../../testdata/build/*/*/talos/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	reference, err := filepath.Glob("../../out/talos/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	image := regexp.MustCompile(`(?m)^ +image: factory\.talos\.dev/.*:(v[0-9.]+)$`)
	releases := map[string]bool{}
	for _, name := range append(names, reference...) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m := image.FindSubmatch(content)
		if m == nil {
			t.Fatalf("%s installs no image", name)
		}
		row, err := release.FindTalos(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		releases[row.Minor.String()] = true
		if found := outside(t, row, content); len(found) > 0 {
			t.Errorf("%s: Talos %s does not know %s", name, m[1], found)
		}
	}
	if len(releases) < 2 {
		t.Errorf("the goldens are of the releases %v alone", releases)
	}
}

// The newest release of the table is the library's: it has the fields of the
// library's types, and no other.
func TestTableIsThatOfTheLibrary(t *testing.T) {
	row, err := release.FindTalos("v1.13.9")
	if err != nil {
		t.Fatal(err)
	}
	kinds := 0
	for kind, f := range release.MachineDocuments() {
		if !row.Knows(f) {
			continue
		}
		kinds++
		text := fmt.Sprintf("apiVersion: v1alpha1\nkind: %s\n", kind)
		if kind == "v1alpha1" {
			text = "machine: {}\n"
		}
		config, err := configloader.NewFromBytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		compare(t, row, kind, f, reflect.TypeOf(config.Documents()[0]))
	}
	if want := registrations(t); kinds != want {
		t.Errorf("the table has %d kinds, the library registers %d", kinds, want)
	}
}

// registrations counts the kinds that the library registers.
func registrations(t *testing.T) int {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/siderolabs/talos/pkg/machinery").Output()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, depth := range []string{"*.go", "*/*.go"} {
		names, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "config/types/*", depth))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(name, "_test.go") {
				count += strings.Count(string(text), "registry.Register(")
			}
		}
	}
	return count
}

// compare holds what the table has below a field against a type of the library.
func compare(t *testing.T, row *release.Talos, path string, f *release.MachineField, typ reflect.Type) {
	t.Helper()
	below := belowType(typ)
	for name, field := range f.Fields() {
		switch {
		case !row.Knows(field):
		case below[name] == nil:
			t.Errorf("%s has no %s in the library", path, name)
		default:
			compare(t, row, path+"."+name, field, below[name])
		}
	}
	for name := range below {
		if !row.Knows(f.Fields()[name]) {
			t.Errorf("%s has %s in the library and not in the table", path, name)
		}
	}
}

// belowType gives what YAML has below a type: * is any key of a map, [] an element of
// a list. Types of other modules, and those that read a scalar themselves, have nothing.
func belowType(typ reflect.Type) map[string]reflect.Type {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ.Name() == "ArgValue":
		return map[string]reflect.Type{"[]": reflect.TypeOf("")}
	case typ.Name() != "ClusterInlineManifests" && readsItself(typ) || !strings.HasPrefix(typ.PkgPath(), "github.com/siderolabs/talos/pkg/machinery") && typ.PkgPath() != "":
		return nil
	}
	switch typ.Kind() {
	case reflect.Map:
		return map[string]reflect.Type{"*": typ.Elem()}
	case reflect.Slice:
		if typ.Elem().Kind() != reflect.Uint8 {
			return map[string]reflect.Type{"[]": typ.Elem()}
		}
	case reflect.Struct:
		return fieldsOf(typ)
	}
	return nil
}

func readsItself(typ reflect.Type) bool {
	_, yaml := reflect.PointerTo(typ).MethodByName("UnmarshalYAML")
	_, text := reflect.PointerTo(typ).MethodByName("UnmarshalText")
	return yaml || text
}

func fieldsOf(typ reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case !f.IsExported() || name == "-":
		case options == "inline" && f.Type.Kind() == reflect.Map:
			return nil
		case options == "inline":
			maps.Copy(out, belowType(f.Type))
		case name == "":
			out[strings.ToLower(f.Name)] = f.Type
		default:
			out[name] = f.Type
		}
	}
	return out
}
