package cluster

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"ichor.internal/e2e/tools"
)

// FluxNamespace is where Flux runs, and where its objects lie.
const FluxNamespace = "flux-system"

// Flux runs the real kustomize-controller against the API server until the test
// ends. What source-controller would fetch is served on loopback: the
// directories of dir that are named, as the artifact of the GitRepository source.
func (c *Cluster) Flux(t *testing.T, source, dir string, directories []string) {
	t.Helper()
	artifact := pack(t, dir, directories)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(artifact) // a client that goes away asks again
	}))
	t.Cleanup(server.Close)
	if err := c.Namespace(t.Context(), FluxNamespace); err != nil {
		t.Fatal(err)
	}
	if err := c.repository(t.Context(), source, server.URL, artifact); err != nil {
		t.Fatal(err)
	}
	c.controller(t)
}

// controller starts kustomize-controller, and ends it by its process.
func (c *Cluster) controller(t *testing.T) {
	t.Helper()
	bin, err := tools.Build(".")
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(config, c.Kubeconfig(), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "kustomize-controller.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(bin, tools.KustomizeController),
		"--metrics-addr=127.0.0.1:0", "--health-addr=127.0.0.1:0", "--requeue-dependency=1s", "--watch-all-namespaces=true", "--concurrent=20")
	cmd.Env = append(os.Environ(), "RUNTIME_NAMESPACE="+FluxNamespace, "KUBECONFIG="+config)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
		_ = cmd.Wait()                          // it says how it was ended
		if said, err := os.ReadFile(log.Name()); t.Failed() && err == nil {
			t.Logf("kustomize-controller:\n%s", said[max(0, len(said)-4000):])
		}
	})
}

// repository makes the GitRepository, with the artifact in its status.
func (c *Cluster) repository(ctx context.Context, name, url string, artifact []byte) error {
	o := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
		"metadata": map[string]any{"name": name, "namespace": FluxNamespace},
		"spec":     map[string]any{"interval": "1h", "url": "https://git.example.com/cluster"},
	}}
	if err := c.Create(ctx, o); err != nil {
		return err
	}
	now := time.Now().UTC().Format(time.RFC3339)
	o.Object["status"] = map[string]any{
		"observedGeneration": o.GetGeneration(),
		"artifact": map[string]any{
			"url": url + "/artifact.tar.gz", "path": "artifact.tar.gz", "revision": "main@sha1:0123456789abcdef0123456789abcdef01234567",
			"digest": fmt.Sprintf("sha256:%x", sha256.Sum256(artifact)), "lastUpdateTime": now, "size": int64(len(artifact)),
		},
		"conditions": []any{ready(o, "True", now)},
	}
	return c.Status().Update(ctx, o)
}

func ready(o *unstructured.Unstructured, status, now string) map[string]any {
	return map[string]any{
		"type": "Ready", "status": status, "reason": "Test", "message": "as the test says",
		"lastTransitionTime": now, "observedGeneration": o.GetGeneration(),
	}
}

// pack gives some directories below dir as a tar.gz.
func pack(t *testing.T, dir string, directories []string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, d := range directories {
		err := filepath.WalkDir(filepath.Join(dir, d), func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			path, err := filepath.Rel(dir, name)
			if err != nil {
				return err
			}
			if err := w.WriteHeader(&tar.Header{Name: filepath.ToSlash(path), Mode: 0o644, Size: int64(len(data))}); err != nil {
				return err
			}
			_, err = w.Write(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The kinds whose controllers are not there, and that wait for them.
var waiting = []struct{ apiVersion, kind string }{
	{"apps/v1", "Deployment"}, {"helm.toolkit.fluxcd.io/v2", "HelmRelease"}, {"source.toolkit.fluxcd.io/v1", "HelmRepository"},
	{"cilium.io/v2", "CiliumLoadBalancerIPPool"}, {"cilium.io/v2alpha1", "CiliumLoadBalancerIPPool"},
	{"cilium.io/v2", "CiliumBGPClusterConfig"}, {"cilium.io/v2", "CiliumBGPPeerConfig"},
	{"external-secrets.io/v1", "ClusterSecretStore"}, {"external-secrets.io/v1beta1", "ClusterSecretStore"},
	{"external-secrets.io/v1", "ExternalSecret"}, {"external-secrets.io/v1beta1", "ExternalSecret"},
	{"cert-manager.io/v1", "ClusterIssuer"}, {"cert-manager.io/v1", "Certificate"}, {"postgresql.cnpg.io/v1", "Cluster"},
}

// conditionsOf are those that Cilium's operator writes into objects that work.
// Source: operator/pkg/lbipam/lbipam.go and operator/pkg/bgp, Cilium 1.20.
var conditionsOf = map[string][]string{
	"CiliumLoadBalancerIPPool": {"cilium.io/PoolConflict", "cilium.io/IPsTotal"},
	"CiliumBGPClusterConfig":   {"cilium.io/NoMatchingNode", "cilium.io/MissingPeerConfigs", "cilium.io/ConflictingClusterConfig"},
	"CiliumBGPPeerConfig":      {"cilium.io/MissingAuthSecret"},
}

// Settle does once what the controllers that are not there would do: it marks
// every object that waits for one as ready, or, where fails says so, as failed
// for good. A kind that the cluster has not is passed over.
func (c *Cluster) Settle(ctx context.Context, fails func(*unstructured.Unstructured) bool) error {
	for _, k := range waiting {
		list := &unstructured.UnstructuredList{}
		list.SetAPIVersion(k.apiVersion)
		list.SetKind(k.kind + "List")
		if err := c.List(ctx, list); meta.IsNoMatchError(err) {
			continue
		} else if err != nil {
			return err
		}
		for i := range list.Items {
			if err := c.settle(ctx, &list.Items[i], fails(&list.Items[i])); err != nil {
				return err
			}
		}
	}
	return nil
}

// settled reports whether an object says that its controller saw it as it is; of
// kinds that do not say what was seen, whether it saw it at all.
func settled(o *unstructured.Unstructured) bool {
	seen, says, _ := unstructured.NestedInt64(o.Object, "status", "observedGeneration")
	all, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	if len(all) > 0 && !says {
		seen, says, _ = unstructured.NestedInt64(all[0].(map[string]any), "observedGeneration")
	}
	return seen == o.GetGeneration() || len(all) > 0 && !says
}

func (c *Cluster) settle(ctx context.Context, o *unstructured.Unstructured, failed bool) error {
	if settled(o) {
		return nil
	}
	now := time.Now().UTC().Format(time.RFC3339)
	status := map[string]any{"observedGeneration": o.GetGeneration()}
	switch {
	case o.GetKind() == "Deployment":
		replicas, _, _ := unstructured.NestedInt64(o.Object, "spec", "replicas")
		for _, field := range []string{"replicas", "updatedReplicas", "readyReplicas", "availableReplicas"} {
			status[field] = replicas
		}
		status["conditions"] = []any{
			map[string]any{"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
			map[string]any{"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
		}
	case conditionsOf[o.GetKind()] != nil:
		var all []any
		for _, name := range conditionsOf[o.GetKind()] {
			c := ready(o, "False", now)
			c["type"] = name
			all = append(all, c)
		}
		status["conditions"] = all
	case failed:
		stalled := ready(o, "True", now)
		stalled["type"] = "Stalled"
		status["conditions"] = []any{ready(o, "False", now), stalled}
	default:
		status["conditions"] = []any{ready(o, "True", now)}
	}
	o.Object["status"] = status
	return client.IgnoreNotFound(c.Status().Update(ctx, o))
}
