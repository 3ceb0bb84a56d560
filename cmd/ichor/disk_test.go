package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ichor/generators/output"
)

func open(t *testing.T, dir string) *disk {
	t.Helper()
	d, err := openDisk(destination{path: dir}, "out")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func generated(tree map[string]string) []output.File {
	var files []output.File
	for path, content := range tree {
		files = append(files, output.File{Path: path, Content: []byte(content)})
	}
	return files
}

func generateInto(t *testing.T, d output.Dir, tree map[string]string) *output.Plan {
	t.Helper()
	p, err := output.Apply(d, generated(tree), output.Maker{Tool: "ichor test"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// onDisk gives files by path; a directory has a slash behind it.
func onDisk(t *testing.T, dir string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		if e.IsDir() {
			tree[name+"/"] = ""
			return nil
		}
		if e.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			tree[name] = "link to " + target
			return err
		}
		content, err := os.ReadFile(path)
		tree[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

var (
	treeBefore = map[string]string{"flux/a.yaml": "a", "manifests/a/x.yaml": "x", "talos/n.yaml": "n"}
	treeAfter  = map[string]string{"flux/a.yaml": "a2", "manifests/b/y.yaml": "y", "talos/n.yaml": "n"}
)

func wantOnDisk(t *testing.T, dir string) {
	t.Helper()
	got := onDisk(t, dir)
	if got["inventory.json"] == "" {
		t.Error("there is no inventory")
	}
	delete(got, "inventory.json")
	want := map[string]string{
		"flux/": "", "flux/a.yaml": "a2", "manifests/": "", "manifests/b/": "", "manifests/b/y.yaml": "y",
		"talos/": "", "talos/n.yaml": "n",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestDiskHoldsWhatIsGenerated(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "out")
	generateInto(t, open(t, dir), treeBefore)
	generateInto(t, open(t, dir), treeAfter)
	wantOnDisk(t, dir)
	info, err := os.Stat(filepath.Join(dir, "talos", "n.yaml"))
	if err != nil || info.Mode()&0o111 != 0 || info.Mode()&0o600 != 0o600 {
		t.Errorf("%v, mode %v", err, info.Mode())
	}
}

func TestAPlanMakesNoDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	p, err := output.NewPlan(open(t, dir), generated(treeBefore), output.Maker{Tool: "ichor test"})
	if err != nil || p.Count(output.Create) != 4 {
		t.Errorf("%v, plan %v", err, p)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("stat gives %v", err)
	}
}

func TestDiskExcludesASecondRun(t *testing.T) {
	dir := t.TempDir()
	first, second := open(t, dir), open(t, dir)
	unlock, err := first.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := output.Apply(second, generated(treeAfter), output.Maker{Tool: "ichor test"}); !errors.Is(err, output.ErrBusy) {
		t.Errorf("got %v", err)
	}
	if tree := onDisk(t, dir); len(tree) > 0 {
		t.Errorf("the directory holds %v", tree)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	generateInto(t, second, treeAfter)
	wantOnDisk(t, dir)
}

// put writes a file and the directories above it.
func put(t *testing.T, content string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// link puts a symbolic link in the place of whatever stands there.
func link(t *testing.T, target string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, file); err != nil {
		t.Fatal(err)
	}
}

// Two directories of the output became links to one with files that are ours to
// the byte: only the link tells that they are not.
func TestDiskStaysInside(t *testing.T) {
	root := t.TempDir()
	for name, victim := range map[string]string{
		"absolute": filepath.Join(root, "outside"), "relative": "../outside", "within": "elsewhere",
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(root, name)
			generateInto(t, open(t, dir), treeBefore)
			link(t, victim, dir, "flux")
			link(t, victim, dir, "talos")
			if !filepath.IsAbs(victim) {
				victim = filepath.Join(dir, victim)
			}
			put(t, "a", victim, "a.yaml")
			put(t, "n", victim, "n.yaml")
			had := onDisk(t, victim)
			p := generateInto(t, open(t, dir), map[string]string{"flux/a.yaml": "a2"})
			if len(p.Conflicts) != 1 || p.Conflicts[0].Code != "output-foreign" {
				t.Errorf("conflicts %v", p.Conflicts)
			}
			if p := generateInto(t, open(t, dir), map[string]string{}); len(p.Conflicts) != 0 {
				t.Errorf("conflicts %v", p.Conflicts)
			}
			if d := cmp.Diff(had, onDisk(t, victim)); d != "" {
				t.Errorf("behind the link (-want +got):\n%s", d)
			}
		})
	}
}

// What the plan did not see, because it came later, is still not followed.
func TestDiskRefusesNamesThatLeadOut(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "out")
	generateInto(t, open(t, dir), treeBefore)
	put(t, "mine", root, "mine")
	link(t, "..", dir, "up")
	d := open(t, dir)
	had := onDisk(t, root)
	for _, up := range []string{"..", "up"} {
		_, read := d.ReadFile(up + "/mine")
		_, list := d.ReadDir(up)
		_, stat := d.Lstat(up + "/mine")
		for op, err := range map[string]error{
			"read": read, "list": list, "stat": stat,
			"create": d.Create(up+"/new", nil), "mkdir": d.Mkdir(up + "/new"), "remove": d.Remove(up + "/mine"),
			"rename": d.Rename("talos/n.yaml", up+"/mine"), "steal": d.Rename(up+"/mine", "talos/n.yaml"), "sync": d.Sync(up),
		} {
			if err == nil {
				t.Errorf("%s through %s was done", op, up)
			}
		}
	}
	if d := cmp.Diff(had, onDisk(t, root)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

var errKilled = errors.New("killed")

// dying is a disk whose process is killed before one of the operations that
// change it.
type dying struct {
	*disk
	left int // operations until then
}

func (d *dying) do(op func() error) error {
	if d.left--; d.left < 0 {
		return errKilled
	}
	return op()
}

func (d *dying) Create(name string, content []byte) error {
	if d.left == 0 {
		_ = d.disk.Create(name, content[:len(content)/2])
	}
	return d.do(func() error { return d.disk.Create(name, content) })
}

func (d *dying) Mkdir(name string) error { return d.do(func() error { return d.disk.Mkdir(name) }) }

func (d *dying) Rename(from, to string) error {
	return d.do(func() error { return d.disk.Rename(from, to) })
}

func (d *dying) Remove(name string) error { return d.do(func() error { return d.disk.Remove(name) }) }

func (d *dying) Sync(dir string) error { return d.do(func() error { return d.disk.Sync(dir) }) }

func TestEveryCrashOnADiskIsFinished(t *testing.T) {
	crashed := true
	for k := 0; crashed; k++ {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			dir := t.TempDir()
			generateInto(t, open(t, dir), treeBefore)
			_, err := output.Apply(&dying{open(t, dir), k}, generated(treeAfter), output.Maker{Tool: "ichor test"})
			if crashed = err != nil; !crashed && k < 10 {
				t.Fatalf("only %d operations", k)
			}
			if crashed && !errors.Is(err, errKilled) {
				t.Fatal(err)
			}
			if p := generateInto(t, open(t, dir), treeAfter); len(p.Conflicts) > 0 {
				t.Errorf("conflicts %v", p.Conflicts)
			}
			wantOnDisk(t, dir)
		})
	}
}
