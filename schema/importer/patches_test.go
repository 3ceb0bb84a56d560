package importer

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// Kinds of one group that go as a whole share a patch, and those of which some stay
// keep their own.
func TestDeletions(t *testing.T) {
	object := func(kind, name string) *scan.Object {
		return &scan.Object{Object: model.Object{Kind: kind, Name: name}}
	}
	stays := object("Namespace", "flux-system")
	objects := []*scan.Object{object("Secret", "token"), object("Namespace", "web"), stays, object("ConfigMap", "settings")}
	got := deletions(objects, func(o *scan.Object) bool { return o != stays })
	want := []any{deleting("", "ConfigMap|Secret", ""), deleting("", "Namespace", "web")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
