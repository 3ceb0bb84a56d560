package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// outward is a kustomization whose every field with a path names a program to
// start or an address to ask.
const outward = `resources:
- cm.yaml
- http://%[1]s/a.yaml
- "file:///tmp/x.git//a?ref=--upload-pack=touch%%20started\n"
- |
  file:///tmp/x.git//a?ref=--upload-pack=touch%%20started
components: ["git::http://%[1]s/x//y\n"]
crds: ["http://%[1]s/crd.yaml"]
configurations: ["http://%[1]s/configuration.yaml"]
openapi: {path: "http://%[1]s/openapi.json"}
patches: [{path: "http://%[1]s/patch.yaml", target: {kind: ConfigMap}}]
patchesStrategicMerge: ["http://%[1]s/merge.yaml"]
patchesJson6902: [{path: "http://%[1]s/json.yaml", target: {version: v1, kind: ConfigMap, name: cm}}]
replacements: [{path: "http://%[1]s/replacement.yaml"}]
configMapGenerator: [{name: a, files: ["k=http://%[1]s/text"], envs: ["http://%[1]s/env"]}]
secretGenerator: [{name: b, files: ["k=http://%[1]s/text"], envs: ["http://%[1]s/env"]}]
generators:
- |
  apiVersion: builtin
  kind: ConfigMapGenerator
  metadata: {name: c}
  files: ["k=http://%[1]s/text"]
- "http://%[1]s/generator.yaml\n"
transformers:
- |
  apiVersion: builtin
  kind: PatchTransformer
  metadata: {name: d}
  path: http://%[1]s/patch.yaml
validators: ["http://%[1]s/validator.yaml\n"]
helmCharts: [{name: x, repo: "http://%[1]s", version: 1.0.0}]
`

// outwardSpec is a service of a spec with that kustomization.
const outwardSpec = `package spec

import "ichor.internal/schema"

cluster: schema.#Cluster
cluster: {
	name:   "home"
	domain: "home.example.com"
	release: {talos: "v1.13.2", kubernetes: "v1.34.1", cilium: "1.19.1", flux: "2.8.1"}
	vlans: home: {id: 1, cidrs: ["192.168.1.0/24"], gateway: "192.168.1.1"}
	podNetwork: cidrs: ["10.244.0.0/16"]
	serviceNetwork: cidrs: ["10.96.0.0/12"]
	controlPlane: vip: "192.168.1.10"
	talos: scheduleOnControlPlanes: true
	nodes: one: {role: "controlplane", address: "192.168.1.11", interface: "eth0", install: disk: path: "/dev/sda"}
	services: web: {namespace: "web", path: "apps/a"}
}
`

// TestNothingGetsOut runs every verb of the real program over such a repository,
// with programs first in PATH that say that they were started, and a server that
// counts requests.
func TestNothingGetsOut(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer server.Close()
	dir, programs := t.TempDir(), t.TempDir()
	for _, name := range []string{"git", "helm", "sh", "ssh", "kustomize"} {
		write(t, filepath.Join(programs, name), "#!/bin/bash\necho "+name+" >> "+filepath.Join(programs, "started")+"\n")
		if err := os.Chmod(filepath.Join(programs, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	files := chart(`a: {{ (getHostByName "example.com") | quote }}`)
	files["apps/a/kustomization.yaml"] = fmt.Sprintf(outward, server.Listener.Addr())
	files["apps/a/cm.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm, namespace: web}\n"
	files["cue.mod/module.cue"], files["spec/cluster.cue"] = starterModule, outwardSpec
	for name, content := range files {
		write(t, filepath.Join(dir, name), content)
	}
	for _, args := range [][]string{
		{"audit", "."}, {"audit", "--fix", "--dry-run", "."}, {"audit", "--fix", "."}, {"audit", "-o", "sarif", "."},
		{"graph", "."}, {"why", "a", "b", "."}, {"impact", "a", "."}, {"import", "flux", "."},
		{"vet"}, {"generate", "--diff"}, {"generate"}, {"generate", "--check"}, {"graph"}, {"why", "web", "web"}, {"impact", "web"},
	} {
		code, _, errs := program(t, dir, args...)
		started, err := os.ReadFile(filepath.Join(programs, "started"))
		if requests.Load() > 0 || err == nil {
			t.Fatalf("ichor %q (exit code %d): %d requests, started %s", args, code, requests.Load(), started)
		}
		if code == exitFailed && args[0] != "why" {
			t.Errorf("ichor %q could not run: %s", args, errs)
		}
	}
}
