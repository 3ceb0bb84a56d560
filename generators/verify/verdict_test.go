package verify

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ichor/generators/output"
)

// verdicts are objects with what a real API server says of them; their README
// tells the form. testdata/e2e holds the verdicts to the server.
const verdicts = "../../testdata/verdicts/*.yaml"

// Our verdict over an object by itself is the API server's, but where the file
// says why it is not.
func TestVerdicts(t *testing.T) {
	names, err := filepath.Glob(verdicts)
	if err != nil {
		t.Fatal(err)
	}
	invalid := 0
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := verdict(data)
			if want == "invalid" {
				invalid++
			}
			all, err := decode([]output.File{{Path: "manifests/unit/object.yaml", Content: data}})
			if err != nil {
				t.Fatal(err)
			}
			o := &objects{all: all}
			if _, known := o.schema(all[0].kindOf()); !known {
				t.Fatal("ichor has no schema of it")
			}
			got := "valid"
			said := o.problems()
			if len(said) > 0 {
				got = "invalid"
			}
			if got != want {
				t.Errorf("ichor says %s, want %s: %v", got, want, said)
			}
		})
	}
	if invalid < 60 {
		t.Errorf("only %d invalid objects", invalid)
	}
}

// verdict reads what is to be said of an object from the comments at its top.
func verdict(data []byte) string {
	said := map[string]string{}
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan() && strings.HasPrefix(s.Text(), "#"); {
		key, value, _ := strings.Cut(strings.TrimPrefix(s.Text(), "# "), ": ")
		said[key] = value
	}
	if own, _, ok := strings.Cut(said["ichor"], ","); ok {
		return own
	}
	return said["verdict"]
}
