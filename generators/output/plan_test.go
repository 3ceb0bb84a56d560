package output_test

import (
	"fmt"
	"strings"
	"testing"

	"ichor/generators/output"
)

func plan(t *testing.T, m *memory, want map[string]string) *output.Plan {
	t.Helper()
	p, err := output.NewPlan(m, files(want), output.Maker{Tool: "ichor test"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// told gives a plan as text: changes but for unchanged files, and conflicts.
func told(p *output.Plan) string {
	var b strings.Builder
	for _, c := range p.Changes {
		if c.Action != output.Unchanged {
			fmt.Fprintf(&b, "%s %s\n", c.Action, c.Path)
		}
	}
	for _, c := range p.Conflicts {
		fmt.Fprintf(&b, "%s[%s]: %s\n", c.Severity, c.Code, c.Message)
		for _, n := range c.Notes {
			fmt.Fprintf(&b, "note: %s: %s\n", n.Message, n.Pos)
		}
		fmt.Fprintf(&b, "help: %s\n", c.Help)
	}
	return b.String()
}

func TestPlanClasses(t *testing.T) {
	m := newMemory()
	want := map[string]string{"flux/a.yaml": "a", "flux/b.yaml": "b", "talos/n.yaml": ""}
	same(t, told(plan(t, m, want)), "create flux/a.yaml\ncreate flux/b.yaml\ncreate inventory.json\ncreate talos/n.yaml\n")
	apply(t, m, want)
	same(t, told(plan(t, m, want)), "")
	p := plan(t, m, map[string]string{"flux/b.yaml": "other", "router/r.conf": "r", "talos/n.yaml": ""})
	same(t, told(p), "delete flux/a.yaml\nupdate flux/b.yaml\nupdate inventory.json\ncreate router/r.conf\n")
	if p.Clean() || p.Count(output.Unchanged) != 1 {
		t.Errorf("clean %v, %d unchanged", p.Clean(), p.Count(output.Unchanged))
	}
}

func TestTheInventory(t *testing.T) {
	m := newMemory()
	apply(t, m, map[string]string{"talos/n.yaml": "", "flux/a.yaml": "a"})
	same(t, m.tree()["inventory.json"], `{
  "schema": 2,
  "tool": "ichor test",
  "files": {
    "flux/a.yaml": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    "talos/n.yaml": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }
}
`)
}

const ours, theInventory = "flux/a.yaml", "out/inventory.json"

// Each case changes a directory that holds flux/a.yaml and flux/stale.yaml,
// both ours, and plans for flux/a.yaml and talos/n.yaml.
func TestConflicts(t *testing.T) {
	const (
		deletes = "delete flux/stale.yaml\n"
		creates = "create talos/n.yaml\n"
		rest    = deletes + "update inventory.json\n" + creates
		note    = "note: the file is generated from here: spec/a.cue:1:1\n"
	)
	for _, c := range []struct {
		name   string
		change func(*memory)
		want   string
	}{
		{"nothing", func(*memory) {}, rest},
		{"deleted by hand", func(m *memory) { must(m.Remove(ours)) }, "create flux/a.yaml\n" + rest},
		{"edited", func(m *memory) { m.write(ours, "edited") }, rest +
			"error[output-edited]: out/flux/a.yaml was edited by hand\n" + note +
			"help: make the change in the spec instead, and delete the file or undo the edit with `git checkout -- out/flux/a.yaml`\n"},
		{"edited to what is wanted", func(m *memory) { m.write("talos/n.yaml", "n") }, deletes + "update inventory.json\n"},
		{"stale and edited", func(m *memory) { m.write("flux/stale.yaml", "edited") }, "update inventory.json\n" + creates +
			"error[output-edited]: out/flux/stale.yaml is no longer generated, but it was edited by hand\n" +
			"help: delete the file, or move it out of out to keep it\n"},
		{"stale and deleted by hand", func(m *memory) { must(m.Remove("flux/stale.yaml")) }, "update inventory.json\n" + creates},
		{"foreign", func(m *memory) { m.write("talos/n.yaml", "mine") }, deletes + "update inventory.json\n" +
			"error[output-foreign]: out/talos/n.yaml is in the way: ichor did not write it\n" + note +
			"help: move it or delete it; if ichor did write it, restore the list of its files with `git checkout -- out/inventory.json`\n"},
		{"directory", func(m *memory) { m.mkdirAll("talos/n.yaml") }, deletes + "update inventory.json\n" +
			"error[output-foreign]: out/talos/n.yaml is in the way: it is a directory, and ichor did not create it\n" + note +
			"help: move it or delete it\n"},
		{"symbolic link", func(m *memory) { m.symlink("talos/n.yaml") }, deletes + "update inventory.json\n" +
			"error[output-foreign]: out/talos/n.yaml is in the way: it is a symbolic link, and ichor did not create it\n" + note +
			"help: move it or delete it\n"},
		{"symbolic link above", func(m *memory) { m.symlink("talos") }, deletes + "update inventory.json\n" +
			"error[output-foreign]: out/talos is in the way: it is a symbolic link, and ichor did not create it\n" + note +
			"help: move it or delete it\n"},
		{"file above", func(m *memory) { m.write("talos", "mine") }, deletes + "update inventory.json\n" +
			"error[output-foreign]: out/talos is in the way: it is a file, and ichor did not create it\n" + note +
			"help: move it or delete it\n"},
		{"stale one became a link", func(m *memory) { must(m.Remove("flux/stale.yaml")); m.symlink("flux/stale.yaml") },
			"update inventory.json\n" + creates},
		{"left over", func(m *memory) { m.write(".ichor.tmp", "half") }, "delete .ichor.tmp\n" + rest},
		{"left over is no file", func(m *memory) { m.mkdirAll(".ichor.tmp") }, rest +
			"error[output-foreign]: out/.ichor.tmp is in the way: it is a directory, and ichor did not create it\nhelp: move it or delete it\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMemory()
			apply(t, m, map[string]string{ours: "a", "flux/stale.yaml": "old"})
			c.change(m)
			same(t, told(plan(t, m, map[string]string{ours: "a", "talos/n.yaml": "n"})), c.want)
		})
	}
}

func TestConflictsStopEverything(t *testing.T) {
	m := fresh(t)
	m.write("flux/a.yaml", "edited")
	had := m.tree()
	p, err := output.Apply(m, files(after), output.Maker{Tool: "ichor test"})
	if err != nil || len(p.Conflicts) != 1 || p.Clean() {
		t.Errorf("%v, conflicts %v", err, p.Conflicts)
	}
	if got := m.tree(); fmt.Sprint(got) != fmt.Sprint(had) {
		t.Errorf("the directory changed: %v", got)
	}
}

func TestUnreadableInventories(t *testing.T) {
	const hash = `"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"`
	restore := "restore it with `git checkout -- out/inventory.json`; or delete it: ichor then adopts the files that already have the generated content"
	for content, why := range map[string]string{
		"":                               "unexpected end of JSON input",
		"<<<<<<< HEAD\n{}":               "invalid character '<' looking for beginning of value",
		"{}":                             "its schema is 0, and this ichor reads 1 to 2",
		`{"schema":3,"new":{}}`:          "its schema is 3, and this ichor reads 1 to 2",
		`{"schema":2,"spec":"../b"}`:     `its spec, "../b", is not a path in the repository`,
		`{"schema":1,"x":1}`:             `json: unknown field "x"`,
		`{"schema":1,"files":{"a":"b"}}`: `"a" has no SHA-256`,
		`{"schema":1,"files":{"../a":` + hash + `}}`:             `it lists "../a", which ichor never writes`,
		`{"schema":1,"pending":{"inventory.json":` + hash + `}}`: `it lists "inventory.json", which ichor never writes`,
	} {
		m := newMemory()
		m.write("inventory.json", content)
		help := restore
		if strings.Contains(content, "3,") {
			help = "run the version of ichor that wrote it, or a newer version"
		}
		p := plan(t, m, before)
		same(t, told(p), "error[output-inventory]: "+theInventory+" cannot be read: "+why+"\nhelp: "+help+"\n")
		if p.Clean() {
			t.Error("clean")
		}
		apply, err := output.Apply(m, files(before), output.Maker{Tool: "ichor test"})
		if err != nil || len(apply.Conflicts) == 0 || len(m.tree()) != 1 {
			t.Errorf("%q: %v, and now %v", content, err, m.tree())
		}
	}
}

func TestAnInventoryThatIsNoFile(t *testing.T) {
	m := newMemory()
	m.symlink("inventory.json")
	p := plan(t, m, before)
	if len(p.Conflicts) != 1 || !strings.Contains(p.Conflicts[0].Message, "it is a symbolic link") {
		t.Errorf("%v", p.Conflicts)
	}
}

// Whoever loses the inventory has it back if nothing else changed.
func TestALostInventoryComesBack(t *testing.T) {
	m := fresh(t)
	had := m.tree()["inventory.json"]
	must(m.Remove("inventory.json"))
	apply(t, m, before)
	same(t, m.tree()["inventory.json"], had)
	holds(t, m, before)
}

func TestAPlanNamesTwoFilesOfOnePath(t *testing.T) {
	_, err := output.NewPlan(newMemory(), []output.File{file("a", 1), file("a", 2)}, output.Maker{Tool: "ichor test"})
	if err == nil || !strings.Contains(err.Error(), "spec/a.cue:1:1") || !strings.Contains(err.Error(), "spec/a.cue:2:1") {
		t.Errorf("got %v", err)
	}
}

func TestEveryConflictHasARule(t *testing.T) {
	codes := map[string]bool{}
	for _, r := range output.Rules() {
		codes[r.Code] = r.Summary != ""
	}
	for _, code := range []string{"output-edited", "output-foreign", "output-inventory"} {
		if !codes[code] {
			t.Errorf("%s cannot be explained", code)
		}
	}
}
