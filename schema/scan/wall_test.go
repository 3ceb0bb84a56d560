package scan

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// guard sees each start of a program by its name, each request by kustomize's way
// to make one, and each connection to a server.
type guard struct {
	t        testing.TB
	started  string // a file with a line for each start
	requests atomic.Int64
	url      string // of the server
}

func newGuard(t testing.TB) *guard {
	t.Helper()
	g := &guard{t: t, started: filepath.Join(t.TempDir(), "started")}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			g.requests.Add(1)
		}
	}
	server.Start()
	g.url = server.URL
	before := http.DefaultTransport
	http.DefaultTransport = g
	t.Cleanup(func() {
		http.DefaultTransport = before
		server.Close()
	})
	bin := t.TempDir()
	for _, name := range []string{"git", "git-remote-https", "helm", "helmV3", "sh", "bash", "ssh", "docker", "go", "kubectl"} {
		script := "#!/bin/sh\necho \"$0 $*\" >> " + g.started + "\nexit 1\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if t, ok := t.(interface{ Setenv(key, value string) }); ok {
		t.Setenv("PATH", bin)
	}
	return g
}

// RoundTrip counts a request, and sends none.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	g.requests.Add(1)
	return nil, fmt.Errorf("%s is not asked", r.URL.Host)
}

// seen gives what was started and requested since it was asked last.
func (g *guard) seen() []string {
	data, _ := os.ReadFile(g.started)
	_ = os.Remove(g.started)
	var out []string
	for line := range strings.Lines(string(data)) {
		out = append(out, line)
	}
	if n := g.requests.Swap(0); n > 0 {
		out = append(out, fmt.Sprintf("%d requests", n))
	}
	return out
}

// addresses are what kustomize takes for one, and what looks like it.
func (g *guard) addresses() []string {
	host := strings.TrimPrefix(g.url, "http://")
	return []string{
		g.url + "/org/repo/a.yaml", g.url + "/org/repo/a.yaml\n", "HTTP://" + host + "/a", "a=" + g.url + "/text", "git::" + g.url + "/org/repo",
		"file:///tmp/x.git//a?ref=--upload-pack=touch%20/tmp/x\n", "git@127.0.0.1:org/repo", "github.com/org/repo//a?ref=v1", "https://" + host + "/org/repo",
		"../../../../etc/passwd", "/etc/passwd",
		g.url + "/org/repo//dir?ref=v1", g.url + "/org/repo.git\n", "user@127.0.0.1:org/repo\n", "ssh://git@127.0.0.1/org/repo", "FILE:///tmp/x", "git::file:///tmp/x//\t", "GitHub.com/org/repo",
		"g\u0130thub.com/org/repo", "git@github.com:org/repo", "git::github.com:org/repo", " " + g.url + "/a", "\n" + g.url + "/org/repo", `C:\x`, "//127.0.0.1/x",
		"ht\ttp://127.0.0.1/x", "dev.azure.com/org/_git/repo", "a@b@" + g.url, "./" + g.url, "../" + g.url, "file:/etc/passwd",
	}
}

// styles are the ways to write a text in YAML.
var styles = []yaml.Style{yaml.DoubleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle, yaml.TaggedStyle}

// inStyle writes a tree as YAML, with a text in a style.
func inStyle(tree map[string]any, text string, style yaml.Style) string {
	data, err := json.Marshal(tree)
	if err != nil {
		panic(err)
	}
	var n yaml.Node
	if err := yaml.Unmarshal(data, &n); err != nil {
		panic(err)
	}
	inBlocks(&n, text, style)
	out, err := yaml.Marshal(&n)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func inBlocks(n *yaml.Node, text string, style yaml.Style) {
	switch {
	case n.Kind != yaml.ScalarNode:
		n.Style = 0
	case n.Value == text:
		n.Style = style
	}
	for _, inner := range n.Content {
		inBlocks(inner, text, style)
	}
}

const wallRoot = `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: top, namespace: flux-system}
spec: {interval: 1h, path: ./apps, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: below, namespace: flux-system}
spec: {interval: 1h, path: ./over, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
`

// wallFiles has a kustomization file in a repository: as Flux reads it, and as a
// base of another.
func wallFiles(kustomization string, more map[string]string) map[string]string {
	out := map[string]string{
		"cluster/ks.yaml": wallRoot, "over/kustomization.yaml": "resources: [../apps]\n", "apps/cm.yaml": configMapNamed("a"),
		"apps/kustomization.yaml": kustomization,
	}
	maps.Copy(out, more)
	return out
}

func filesOf(files map[string]string) Files {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Files{FS: fsys, Tracked: slices.Sorted(maps.Keys(files))}
}

// kustomizeItself builds apps with nothing of ours before it.
func kustomizeItself(t *testing.T, files map[string]string) {
	t.Helper()
	fsys := filesys.MakeFsInMemory()
	for name, text := range files {
		if err := fsys.WriteFile("/"+name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	defer func() { _ = recover() }() // it panics on some
	options := &krusty.Options{LoadRestrictions: types.LoadRestrictionsNone, PluginConfig: types.DisabledPluginConfig()}
	_, _ = krusty.MakeKustomizer(options).Run(fsys, "/apps") // the guard sees what comes of it
}

// TestWall writes an address into each text of a kustomization file and of the
// plugins that are built into kustomize. Nothing is started, nothing requested.
func TestWall(t *testing.T) {
	g := newGuard(t)
	everyText(t, g, func(path, text string, files func(yaml.Style) []map[string]string) {
		for i, style := range styles {
			if i > 0 && !strings.HasPrefix(text, "file:///") {
				continue // kustomize's own decoder reads them all
			}
			for _, f := range files(style) {
				Read(filesOf(f))
				if seen := g.seen(); seen != nil {
					t.Errorf("%s: %q in style %d: %q\n%s", path, text, style, seen, f["apps/kustomization.yaml"])
				}
			}
		}
	})
}

// TestWallNeeded holds the lists of fields to kustomize itself: it requests what
// stands in those that name files, and in no others.
func TestWallNeeded(t *testing.T) {
	g := newGuard(t)
	want := map[string]bool{}
	for path := range namesFiles {
		want[path] = true
	}
	for kind, paths := range pluginsNameFiles {
		for path := range paths {
			want[kind+" "+path] = true
		}
	}
	everyText(t, g, func(path, text string, files func(yaml.Style) []map[string]string) {
		if text != g.addresses()[0] {
			return
		}
		for _, f := range files(yaml.DoubleQuotedStyle) {
			kustomizeItself(t, f)
			if seen := g.seen(); (seen != nil) != want[path] {
				t.Errorf("%s: kustomize did %q\n%s", path, seen, f["apps/kustomization.yaml"])
			}
		}
	})
}

// everyText gives each address in each field that names files, and the first in
// all others, with the repositories that have it there.
func everyText(t *testing.T, g *guard, each func(path, text string, files func(yaml.Style) []map[string]string)) {
	t.Helper()
	for i, text := range g.addresses() {
		for path, beside := range paths(namesFiles, namesNoFile, i == 0) {
			each(path, text, func(style yaml.Style) []map[string]string {
				tree := holdingText(path, text, beside)
				if tree["resources"] == nil {
					tree["resources"] = []any{"cm.yaml"}
				}
				return []map[string]string{wallFiles(inStyle(tree, text, style), nil)}
			})
		}
		for kind := range plugins {
			if i > 10 {
				break // the same function looks at them
			}
			for path, beside := range paths(pluginsNameFiles[kind], pluginsNameNothing[kind], i == 0) {
				each(kind+" "+path, text, func(style yaml.Style) []map[string]string {
					tree := laid(map[string]any{"apiVersion": "builtin", "kind": kind, "metadata": map[string]any{"name": "p"}}, holdingText(path, text, beside))
					return pluginFilesOf(kind, inStyle(tree.(map[string]any), text, style))
				})
			}
		}
	}
}

// paths gives those that name files with what stands beside them, or all.
func paths(files map[string]string, others string, all bool) map[string]string {
	out := maps.Clone(files)
	if all {
		for _, path := range strings.Fields(others) {
			if out == nil {
				out = map[string]string{}
			}
			out[path] = `{}`
		}
	}
	return out
}

// pluginFilesOf has the configuration of a plugin in the file itself, in one of its
// own, and in a directory.
func pluginFilesOf(kind, config string) []map[string]string {
	fields := []string{"transformers", "validators"}
	if strings.HasSuffix(kind, "Generator") {
		fields = []string{"generators"}
	}
	var out []map[string]string
	for _, field := range fields {
		inline := inStyle(map[string]any{"resources": []any{"cm.yaml"}, field: []any{config}}, config, yaml.LiteralStyle)
		out = append(out,
			wallFiles(inline, nil),
			wallFiles("resources: [cm.yaml]\n"+field+": [p.yaml]\n", map[string]string{"apps/p.yaml": config}),
			wallFiles("resources: [cm.yaml]\n"+field+": [../p]\n", map[string]string{"p/p.yaml": config, "p/kustomization.yaml": "resources: [p.yaml]"}),
		)
	}
	return out
}
