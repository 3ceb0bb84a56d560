package generators

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ichor/generators/output"
	"ichor/schema/model"
)

func makes(paths ...string) func(*model.Cluster) ([]output.File, error) {
	return func(*model.Cluster) ([]output.File, error) {
		var files []output.File
		for _, p := range paths {
			files = append(files, output.File{Path: p, Content: []byte("a: 1\n")})
		}
		return files, nil
	}
}

func fails(err error) func(*model.Cluster) ([]output.File, error) {
	return func(*model.Cluster) ([]output.File, error) { return nil, err }
}

func TestRunSortsAndIndexes(t *testing.T) {
	files, err := run([]Generator{
		{"one", makes("talos/b.yaml", "flux/a.yaml")},
		{"two", makes("manifests/unit/x.yaml", "router/r.conf")},
	}, &model.Cluster{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Path)
	}
	want := []string{
		"flux/a.yaml", "flux/kustomization.yaml", "manifests/unit/kustomization.yaml",
		"manifests/unit/x.yaml", "router/r.conf", "talos/b.yaml",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRunGivesEveryError(t *testing.T) {
	first, second := errors.New("refused"), errors.New("broken")
	files, err := run([]Generator{{"one", fails(first)}, {"two", makes("a.yaml")}, {"three", fails(second)}}, &model.Cluster{})
	if !errors.Is(err, first) || !errors.Is(err, second) {
		t.Errorf("got %v, want both errors", err)
	}
	if files != nil {
		t.Errorf("files of a failed run: %v", files)
	}
}

func TestRunRefusesTwoFilesOfOnePath(t *testing.T) {
	if _, err := run([]Generator{{"one", makes("a.yaml")}, {"two", makes("a.yaml")}}, &model.Cluster{}); err == nil {
		t.Error("two generators wrote one file, and nobody complained")
	}
}
