package main

import (
	"fmt"
	"runtime"
	"testing"
	"testing/fstest"

	"ichor/schema/scan"
)

// largeRepository makes a repository as home clusters have them: a directory for
// each application with a Kustomization, a HelmRelease, its source, an
// ExternalSecret and a claim by a shared component, and files beside.
func largeRepository(kustomizations, filesEach int) fstest.MapFS {
	files := fstest.MapFS{}
	put := func(name, format string, args ...any) {
		files[name] = &fstest.MapFile{Data: fmt.Appendf(nil, format, args...)}
	}
	put("flux/cluster/ks.yaml", ksOf, "apps", "flux-system", "./apps", "")
	put("components/volume/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [pvc.yaml]\n")
	put("components/volume/pvc.yaml", "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: \"${APP}\"}\nspec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n")
	put("apps/kustomization.yaml", "resources: [./storage.yaml]\n")
	put("apps/storage.yaml", "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\nprovisioner: x\n")
	resources := ""
	for i := range kustomizations {
		app := fmt.Sprintf("app-%04d", i)
		dir := "apps/" + app
		resources += "  - ./" + app + "/ks.yaml\n"
		put(dir+"/ks.yaml", ksOf, app, "ns", "./"+dir+"/app", "  components: [../../../components/volume]\n  targetNamespace: ns\n  postBuild: {substitute: {APP: "+app+"}}\n")
		more := ""
		for j := range filesEach - 4 {
			more += fmt.Sprintf("  - ./cm-%d.yaml\n", j)
			put(fmt.Sprintf("%s/app/cm-%d.yaml", dir, j), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s-%d}\ndata: {a: b}\n", app, j)
		}
		put(dir+"/app/kustomization.yaml", "resources:\n  - ./hr.yaml\n  - ./es.yaml\n%s", more)
		put(dir+"/app/es.yaml", "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: %s}\nspec: {secretStoreRef: {kind: ClusterSecretStore, name: vault}, target: {name: %[1]s}}\n", app)
		put(dir+"/app/hr.yaml", "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: %s}\nspec:\n  chart: {spec: {chart: app-template, sourceRef: {kind: HelmRepository, name: charts}}}\n  values: {env: {DB: \"app-0000.ns.svc:80\"}, persistence: {data: {existingClaim: %[1]s}}}\n", app)
	}
	put("apps/kustomization.yaml", "resources:\n  - ./storage.yaml\n%s", resources)
	return files
}

const ksOf = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: %s, namespace: %s}
spec:
  interval: 1h
  path: %s
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}
%s`

// inUse is the memory in MB that is in use for what was read.
func inUse(r *fluxRepository) float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	runtime.KeepAlive(r)
	return float64(m.HeapAlloc) / 1e6
}

// BenchmarkAudit audits a repository of 250 Kustomizations with 12 files each,
// and one ten times that. Time and memory are to grow no faster than the
// repository does.
func BenchmarkAudit(b *testing.B) {
	for _, n := range []int{250, 2500} {
		b.Run(fmt.Sprintf("%d", n), func(b *testing.B) {
			files, err := scan.All(largeRepository(n, 12))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			var r *fluxRepository
			for b.Loop() {
				r = readRepository(files)
				r.findings()
				if len(r.clusters) != 1 || len(r.clusters[0].Kustomizations) != n+1 {
					b.Fatal("not everything was read")
				}
			}
			b.ReportMetric(inUse(r), "kept-MB")
		})
	}
}
