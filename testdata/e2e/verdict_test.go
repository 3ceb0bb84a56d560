package e2e

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ichor.internal/e2e/cluster"
)

// verdicts are the objects whose verdicts ichor's own validation is held to;
// their README tells the form.
const verdicts = "../verdicts/*.yaml"

// The API server says of each object what its file says that it does, in the
// words that the file gives.
func TestVerdicts(t *testing.T) {
	names, err := filepath.Glob(verdicts)
	if err != nil || len(names) < 70 {
		t.Fatalf("%d verdicts: %v", len(names), err)
	}
	crds, err := cluster.CRDs(nil, everyGroup(t, names))
	if err != nil {
		t.Fatal(err)
	}
	k := cluster.Start(t, crds)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			o, said := decode(t, name, data), header(data)
			if ns := o.GetNamespace(); ns != "" {
				if err := k.Namespace(t.Context(), ns); err != nil {
					t.Fatal(err)
				}
			}
			_, err = k.DryRun(t.Context(), o)
			switch {
			case said["verdict"] == "valid" && err != nil:
				t.Errorf("the server refuses it: %v", err)
			case said["verdict"] == "invalid" && err == nil:
				t.Error("the server takes it")
			case said["verdict"] == "invalid" && !strings.Contains(err.Error(), said["reason"]):
				t.Errorf("the server does not say %q: %v", said["reason"], err)
			case said["verdict"] != "valid" && said["verdict"] != "invalid":
				t.Errorf("the verdict is %q", said["verdict"])
			}
		})
	}
}

func everyGroup(t *testing.T, names []string) []string {
	t.Helper()
	var out []string
	for _, name := range names {
		out = append(out, read(t, name).GroupVersionKind().Group)
	}
	return out
}

// header reads the comments `# key: value` at the top of a file.
func header(data []byte) map[string]string {
	out := map[string]string{}
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan() && strings.HasPrefix(s.Text(), "#"); {
		key, value, _ := strings.Cut(strings.TrimPrefix(s.Text(), "# "), ": ")
		out[key] = value
	}
	return out
}
