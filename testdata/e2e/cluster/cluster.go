// Package cluster runs a real Kubernetes API server for a test, with the CRDs of
// the releases that a spec names. Nothing else of a cluster is there: no
// controller and no node.
package cluster

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/go-logr/logr"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"ichor.internal/e2e/tools"
)

// owner is who the tests are for the API server.
const owner = "e2e"

// Cluster is a running API server.
type Cluster struct {
	client.Client
	Config *rest.Config

	env      *envtest.Environment
	warnings warnings
}

// Start runs etcd and an API server on loopback until the test ends.
func Start(t *testing.T, crds []*apiextensions.CustomResourceDefinition) *Cluster {
	t.Helper()
	bin, err := tools.Build(".")
	if err != nil {
		t.Fatal(err)
	}
	log.SetLogger(logr.Discard())
	env := &envtest.Environment{BinaryAssetsDirectory: bin, CRDs: crds, ErrorIfCRDPathMissing: true}
	env.ControlPlane.GetAPIServer().Configure().Append("disable-admission-plugins", "ServiceAccount")
	t.Cleanup(func() { // of what has been started, if something fails
		if err := env.Stop(); err != nil {
			t.Error(err)
		}
	})
	config, err := env.Start()
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{Config: config, env: env}
	config.WarningHandler = &c.warnings
	config.QPS, config.Burst = 200, 400
	c.Client, err = client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// DryRun applies an object as Flux does, but for keeping it: fields that nobody
// knows are errors. It gives what the server warns of.
func (c *Cluster) DryRun(ctx context.Context, o *unstructured.Unstructured) ([]string, error) {
	c.warnings.reset()
	strict := client.WithFieldValidation(c.Client, metav1.FieldValidationStrict)
	err := strict.Apply(ctx, client.ApplyConfigurationFromUnstructured(o.DeepCopy()),
		client.DryRunAll, client.ForceOwnership, client.FieldOwner(owner))
	return c.warnings.all(), err
}

// Namespace makes a namespace unless it is there.
func (c *Cluster) Namespace(ctx context.Context, name string) error {
	n := &unstructured.Unstructured{}
	n.SetAPIVersion("v1")
	n.SetKind("Namespace")
	n.SetName(name)
	if err := c.Create(ctx, n); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	return nil
}

// Kubeconfig gives the bytes of a file by which programs reach the server.
func (c *Cluster) Kubeconfig() []byte { return c.env.KubeConfig }

// warnings collects what the server warns of.
type warnings struct {
	lock sync.Mutex
	said []string
}

// HandleWarningHeader takes a warning. The code is always 299.
func (w *warnings) HandleWarningHeader(_ int, _ string, text string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.said = append(w.said, text)
}

func (w *warnings) reset() {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.said = nil
}

func (w *warnings) all() []string {
	w.lock.Lock()
	defer w.lock.Unlock()
	return append([]string{}, w.said...)
}

// Key names an object for Get.
func Key(o *unstructured.Unstructured) client.ObjectKey { return client.ObjectKeyFromObject(o) }
