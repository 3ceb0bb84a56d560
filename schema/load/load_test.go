package load

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"ichor/schema"
	"ichor/schema/diag"
	"ichor/schema/model"
)

// repository makes a repository of files; what is not given is the smallest
// cluster.
func repository(t testing.TB, files map[string]string) fs.FS {
	t.Helper()
	smallest, err := os.ReadFile("../../testdata/build/smallest/spec/cluster.cue")
	if err != nil {
		t.Fatal(err)
	}
	m := fstest.MapFS{"spec/cluster.cue": {Data: smallest}}
	for name, content := range files {
		m[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return m
}

func mustLoad(t testing.TB, repo fs.FS) *model.Cluster {
	t.Helper()
	c, l := Cluster(repo, "spec")
	if len(l) > 0 {
		t.Fatalf("findings: %+v", l)
	}
	return c
}

// Places are those of the user's lines, however the value came to where it is.
func TestPlaces(t *testing.T) {
	c := mustLoad(t, repository(t, map[string]string{
		"spec/more.cue": `package spec

import "ichor.internal/schema"

_worker: schema.#Node & {
	role: "worker"
	interface: "eth0"
	install: disk: path: "/dev/sda"
}
cluster: nodes: two: _worker & {address: "192.168.1.12"}
cluster: nodes: {
	for i in [3, 4] {
		"node\(i)": _worker & {address: "192.168.1.1\(i)"}
	}
}
cluster: namespaces: apps: labels: team: "home"
`,
	}))
	got := map[string]string{}
	for _, n := range c.Nodes {
		got[n.Name.V] = fmt.Sprintf("%v address %v role %v xdp %v disk %v", n.Name.Pos, n.Address.Pos, n.Role.Pos, n.XDP.Pos, n.Install.Disk.Path.Pos)
	}
	want := map[string]string{
		"two":   "spec/more.cue:10:17 address spec/more.cue:10:42 role spec/more.cue:6:8 xdp spec/more.cue:10:17 disk spec/more.cue:8:23",
		"node3": "spec/more.cue:13:3 address spec/more.cue:13:35 role spec/more.cue:6:8 xdp spec/more.cue:13:3 disk spec/more.cue:8:23",
		"node4": "spec/more.cue:13:3 address spec/more.cue:13:35 role spec/more.cue:6:8 xdp spec/more.cue:13:3 disk spec/more.cue:8:23",
	}
	delete(got, "one")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, n := range c.Namespaces {
		if p := n.Labels["team"].Pos; p != (diag.Pos{File: "spec/more.cue", Line: 16, Column: 42}) {
			t.Errorf("label at %v", p)
		}
	}
}

// A second cluster is a package of its own that unifies the first.
func TestImportedPackage(t *testing.T) {
	c := mustLoad(t, repository(t, map[string]string{
		"cue.mod/module.cue": "module: \"example.com/home@v0\"\nlanguage: version: \"v0.17.0\"\n",
		"base/base.cue":      "package base\n\nNodes: two: {role: \"worker\", address: \"192.168.1.12\", interface: \"eth0\", install: disk: path: \"/dev/sda\"}\n",
		"spec/more.cue":      "package spec\n\nimport \"example.com/home/base\"\n\ncluster: nodes: base.Nodes\n",
	}))
	if len(c.Nodes) != 2 || c.Nodes[1].Address.Pos.File != "base/base.cue" {
		t.Errorf("%d nodes, the second from %v", len(c.Nodes), c.Nodes[len(c.Nodes)-1].Address.Pos)
	}
}

// A module that ichor does not have is refused without a look at the network.
func TestNoRegistry(t *testing.T) {
	_, l := Cluster(repository(t, map[string]string{
		"cue.mod/module.cue": "module: \"example.com/home@v0\"\nlanguage: version: \"v0.17.0\"\ndeps: \"example.com/x@v0\": v: \"v0.1.0\"\n",
		"spec/more.cue":      "package spec\n\nimport \"example.com/x\"\n\ncluster: nodes: x.Nodes\n",
	}), "spec")
	if !l.HasErrors() || !strings.Contains(l[0].Message, "fetches no CUE modules") {
		t.Errorf("%+v", l)
	}
}

// The language is the binary's own. A copy in the repository is not read, but it
// must be the same.
func TestCopyOfLanguage(t *testing.T) {
	files := map[string]string{}
	names, err := fs.Glob(schema.Files, "*.cue")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		content, err := fs.ReadFile(schema.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		files["cue.mod/pkg/ichor.internal/schema/"+name] = string(content)
	}
	mustLoad(t, repository(t, files))
	files["cue.mod/pkg/ichor.internal/schema/cluster.cue"] = "package schema\n\n#Cluster: {}\n"
	if _, l := Cluster(repository(t, files), "spec"); len(l) != 1 || l[0].Code != codeCopy {
		t.Errorf("%+v", l)
	}
}

// Whatever stands in the files: findings or a cluster, and no panic.
func FuzzCluster(f *testing.F) {
	smallest, err := os.ReadFile("../../testdata/build/smallest/spec/cluster.cue")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(smallest))
	f.Add("package spec\ncluster: 1")
	f.Add("package spec\ncluster: {nodes: [1], services: x: {}}")
	f.Add("package spec\nimport \"ichor.internal/schema\"\ncluster: schema.#Cluster & {services: {\"a\": {namespace: 3}}}")
	f.Add("package spec\n\"a\\u0000b\": _|_\n[string]: x")
	f.Fuzz(func(t *testing.T, text string) {
		c, l := Cluster(fstest.MapFS{"spec/x.cue": {Data: []byte(text)}}, "spec")
		if c.Name.V == "" && !l.HasErrors() {
			t.Error("neither a cluster nor an error")
		}
	})
}

// piped is a repository in which everything that is asked for by name blocks.
type piped struct{ fstest.MapFS }

func (p piped) ReadFile(name string) ([]byte, error) {
	if f := p.MapFS[name]; f != nil && f.Mode&fs.ModeNamedPipe != 0 {
		return nil, fmt.Errorf("%s would be read for ever", name)
	}
	return p.MapFS.ReadFile(name)
}

// A pipe is no part of a spec, wherever in the repository it lies.
func TestPipesAreNotRead(t *testing.T) {
	files := piped{fstest.MapFS{
		"spec/spec.cue": {Data: []byte("package spec\n\ncluster: name: 7\n")},
		"spec/pipe.cue": {Mode: fs.ModeNamedPipe},
		"var/pipe.cue":  {Mode: fs.ModeNamedPipe},
	}}
	_, found := Cluster(files, "spec")
	for _, d := range found {
		if d.Code == codeUnreadable {
			t.Errorf("%s", d.Message)
		}
	}
}

// unreadableAt is a repository in which one file or directory cannot be read.
type unreadableAt struct {
	fstest.MapFS
	name string
}

func (u unreadableAt) Open(name string) (fs.File, error) {
	if name == u.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.Open(name)
}

func (u unreadableAt) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == u.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.ReadDir(name)
}

func (u unreadableAt) ReadFile(name string) ([]byte, error) {
	if name == u.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.ReadFile(name)
}

// What cannot be read stands in the way only where it may be of the spec.
func TestUnreadable(t *testing.T) {
	files := repository(t, map[string]string{
		"cue.mod/module.cue":      "module: \"example.com/home@v0\"\nlanguage: version: \"v0.17.0\"\n",
		"cue.mod/pkg/x.org/x.cue": "package x\n",
		"base/base.cue":           "package base\n\nMTU: 9000\n",
		"base/more.cue":           "package base\n",
		"node_modules/a/a.cue":    "package a\n",
		"spec/deep/x.cue":         "package deep\n",
		"spec/more.cue":           "package spec\n\nimport \"example.com/home/base\"\n\ncluster: nodes: one: mtu: base.MTU\n",
	}).(fstest.MapFS)
	for name, refused := range map[string]bool{
		"node_modules": false, "node_modules/a": false, "node_modules/a/a.cue": false,
		"spec/more.cue": true, "spec/deep": true, "spec/deep/x.cue": true, "base/more.cue": true,
		"cue.mod/module.cue": true, "cue.mod/pkg": true, "cue.mod/pkg/x.org/x.cue": true,
	} {
		_, found := Cluster(unreadableAt{files, name}, "spec")
		if !refused && len(found) > 0 {
			t.Errorf("without %s: %+v", name, found)
		}
		if refused && (len(found) != 1 || found[0].Code != codeUnreadable || found[0].Pos.File != name) {
			t.Errorf("without %s: %+v", name, found)
		}
	}
}

// A Service at port 443 is spoken to by https, unless the spec says otherwise.
func TestSchemes(t *testing.T) {
	c := mustLoad(t, repository(t, map[string]string{"spec/more.cue": `package spec

cluster: {
	ingress: internal: "nginx"
	services: web: {
		namespace: "web"
		expose: {
			plain: {service: "web", port: 8080}
			secure: {service: "web", port: 443}
			said: {service: "web", port: 443, scheme: "http"}
		}
	}
}
`}))
	got := map[string]string{}
	for _, s := range c.Services {
		for _, e := range s.Expose {
			got[e.Name.V] = e.BackendURL()
		}
	}
	want := map[string]string{"plain": "http://web.web:8080", "secure": "https://web.web:443", "said": "http://web.web:443"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
