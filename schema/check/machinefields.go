package check

import (
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

var machineFieldRules = []rule{
	{diag.Rule{
		Code: "talos-field-release", Severity: diag.Error,
		Summary: "A patch has a document or a field that the Talos release of the spec does not know: the machine rejects the whole configuration.",
		Wrong:   `cluster: {release: talos: "v1.10.5", nodes: a: patch: {apiVersion: "v1alpha1", kind: "UserVolumeConfig", name: "data", volumeType: "directory"}}`,
		Right:   `cluster: {release: talos: "v1.12.6", nodes: a: patch: {apiVersion: "v1alpha1", kind: "UserVolumeConfig", name: "data", volumeType: "directory"}}`,
		Source:  "the Go types of github.com/siderolabs/talos/pkg/machinery at each release",
	}, fieldsOfLaterReleases},
}

func fieldsOfLaterReleases(c *model.Cluster, r *diag.Report) {
	row := c.Release.TalosRow
	if c.Talos == nil || row == nil {
		return
	}
	patches := []*model.Tree{c.Talos.Patch}
	for _, n := range c.Nodes {
		patches = append(patches, n.Patch)
	}
	for _, p := range patches {
		if p != nil {
			m := machinePatch{c, r, kindOfPatch(p)}
			m.judge(p, release.MachineDocument(m.kind), nil)
		}
	}
}

// kindOfPatch gives the kind of the document that is patched; v1alpha1 has none.
func kindOfPatch(p *model.Tree) string {
	if kind := p.Lookup("kind"); kind != nil {
		return fmt.Sprint(kind.Scalar)
	}
	return "v1alpha1"
}

// machinePatch is a patch while it is held against the release.
type machinePatch struct {
	cluster *model.Cluster
	report  *diag.Report
	kind    string
}

// judge reports the parts of a tree that other releases know and this one does not,
// a list in the place of a text among them. What no release knows is left to Talos's library, and null writes nothing.
func (m machinePatch) judge(t *model.Tree, f *release.MachineField, keys []string) {
	if null := t.Scalar == nil && !t.IsMap && t.List == nil; f == nil || null {
		return
	}
	if !m.cluster.Release.TalosRow.Knows(f) {
		m.unknown(t, f, keys)
		return
	}
	for _, child := range t.Map {
		m.judge(child, f.Field(child.Key), append(slices.Clone(keys), child.Key))
	}
	if element := f.Element(); element != nil && t.List != nil && !m.cluster.Release.TalosRow.Knows(element) {
		m.unknown(t, element, append(slices.Clone(keys), ""))
		return
	}
	for _, child := range t.List {
		m.judge(child, f.Element(), keys)
	}
}

func (m machinePatch) unknown(t *model.Tree, f *release.MachineField, keys []string) {
	named := m.cluster.Release.Talos
	minor := m.cluster.Release.TalosRow.Minor
	at, advice := t, "remove it from the patch, or use Talos %s"
	if len(keys) == 0 {
		at = t.Lookup("kind")
	}
	since := fmt.Sprintf("Talos %s is the first release that does", f.First())
	known := f.First().String() + " or newer"
	if minor.Compare(f.Last()) > 0 {
		since, known = fmt.Sprintf("Talos %s is the last release that does", f.Last()), f.Last().String()
	}
	m.report.Add(at.Pos, at.Path, fmt.Sprintf("Talos %s does not know %s; %s", minor, m.what(keys), since)).
		Note(named.Pos, "the release of Talos").
		Advise(advice, known)
}

// what names a part of a document: the document itself, a field, or a list in the
// place of a text.
func (m machinePatch) what(keys []string) string {
	if len(keys) == 0 {
		return "the document " + m.kind
	}
	field := strings.Join(keys, ".")
	if list, ok := strings.CutSuffix(field, "."); ok {
		return "a list at " + list
	}
	if m.kind == "v1alpha1" {
		return "the field " + field
	}
	return fmt.Sprintf("the field %s of %s", field, m.kind)
}
