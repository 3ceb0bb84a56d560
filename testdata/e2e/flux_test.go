package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"ichor.internal/e2e/cluster"
)

// patience is how long a test waits for what is to come: much longer than a slow
// machine needs. while is how long it looks on at what is not to come: several
// rounds of the controller.
const (
	patience = 5 * time.Minute
	while    = 8 * time.Second
	beat     = 300 * time.Millisecond
)

// Flux brings up every unit, none before those that it depends on.
func TestFluxConverges(t *testing.T) {
	for _, c := range goldens(t) {
		if len(c.units) > 0 {
			t.Run(c.name, func(t *testing.T) { c.converges(t, nobody, nil) })
		}
	}
}

// If a unit never becomes ready, those that ichor names stay down with it, and
// no others.
func TestFluxFailure(t *testing.T) {
	c := load(t, "reference", repository)
	for _, failing := range []string{"monitoring", "external-secrets"} {
		t.Run(failing, func(t *testing.T) {
			down := append(impact(t, failing), failing)
			c.converges(t, func(o *unstructured.Unstructured) bool {
				return o.GetKind() == "HelmRelease" && o.GetLabels()["kustomize.toolkit.fluxcd.io/name"] == failing
			}, down)
		})
	}
}

// Flux says nothing of a cycle: what lies on it and behind it waits for ever.
// So it is worth it that ichor refuses one.
func TestFluxHangsOnACycle(t *testing.T) {
	c := load(t, "reference", repository)
	c.find("longhorn").after("monitoring")
	var down []string
	for _, u := range c.units {
		if u.name == "longhorn" || c.reaches(u.name, "longhorn") {
			down = append(down, u.name)
		}
	}
	if !slices.Contains(down, "monitoring") {
		t.Fatalf("longhorn and monitoring are on no cycle: %q", down)
	}
	k := c.converges(t, nobody, down)
	for _, name := range []string{"longhorn", "monitoring"} {
		if said := message(c.kustomization(t, k, name)); !strings.Contains(said, "dependency") {
			t.Errorf("%s waits, and Flux says %q", name, said)
		}
	}
}

func nobody(*unstructured.Unstructured) bool { return false }

// impact gives the units that ichor says stay down with one.
func impact(t *testing.T, of string) []string {
	t.Helper()
	hard, _, _ := strings.Cut(ichor(t, "impact", of, "-C", repository), "\n\n")
	var out []string
	for line := range strings.Lines(hard) {
		if name, rest, ok := strings.Cut(strings.TrimPrefix(line, "  "), " "); ok && strings.HasPrefix(rest, "comes after ") {
			out = append(out, name)
		}
	}
	return out
}

// converges applies the units as Flux would and waits until all are ready but
// those that are to stay down, which it then looks on at for a while.
func (c *compiled) converges(t *testing.T, fails func(*unstructured.Unstructured) bool, down []string) *cluster.Cluster {
	t.Helper()
	crds, err := cluster.CRDs(c.releases, append(c.groups(), "source.toolkit.fluxcd.io"))
	if err != nil {
		t.Fatal(err)
	}
	k := cluster.Start(t, crds)
	source, _, _ := unstructured.NestedString(c.units[0].kustomization.Object, "spec", "sourceRef", "name")
	var paths []string
	for _, u := range c.units {
		path, _, _ := unstructured.NestedString(u.kustomization.Object, "spec", "path")
		paths = append(paths, path)
	}
	k.Flux(t, source, c.dir, paths)
	for _, u := range c.units {
		if err := k.Create(t.Context(), u.kustomization.DeepCopy()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	seen := map[string]bool{}
	for len(seen) < len(c.units)-len(down) {
		c.step(ctx, t, k, fails, down, seen)
		if ctx.Err() != nil {
			t.Fatalf("%d of %d units are ready: %s", len(seen), len(c.units)-len(down), c.state(t, k))
		}
	}
	for end := time.Now().Add(while); len(down) > 0 && time.Now().Before(end); {
		c.step(ctx, t, k, fails, down, seen)
	}
	return k
}

// step plays the missing controllers once and looks at who is ready.
func (c *compiled) step(ctx context.Context, t *testing.T, k *cluster.Cluster, fails func(*unstructured.Unstructured) bool, down []string, seen map[string]bool) {
	t.Helper()
	time.Sleep(beat)
	if err := k.Settle(ctx, fails); err != nil && ctx.Err() == nil && !apierrors.IsConflict(err) {
		t.Fatal(err)
	}
	list := &unstructured.UnstructuredList{}
	list.SetAPIVersion("kustomize.toolkit.fluxcd.io/v1")
	list.SetKind("KustomizationList")
	if err := k.List(ctx, list); err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	for i := range list.Items {
		if isReady(&list.Items[i]) {
			seen[list.Items[i].GetName()] = true
		}
	}
	for name := range seen {
		if slices.Contains(down, name) {
			t.Fatalf("%s is ready, and is to stay down", name)
		}
		for _, d := range c.find(name).dependsOn {
			if !seen[d] {
				t.Fatalf("%s is ready before %s, which it depends on", name, d)
			}
		}
	}
}

func isReady(o *unstructured.Unstructured) bool { return condition(o)["status"] == "True" }

func message(o *unstructured.Unstructured) string {
	text, _ := condition(o)["message"].(string)
	return text
}

func condition(o *unstructured.Unstructured) map[string]any {
	all, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range all {
		if m, ok := c.(map[string]any); ok && m["type"] == "Ready" {
			return m
		}
	}
	return nil
}

func (c *compiled) kustomization(t *testing.T, k *cluster.Cluster, name string) *unstructured.Unstructured {
	t.Helper()
	o := c.find(name).kustomization.DeepCopy()
	if err := k.Get(context.Background(), cluster.Key(o), o); err != nil {
		t.Fatal(err)
	}
	return o
}

// state tells of every unit what Flux says of it.
func (c *compiled) state(t *testing.T, k *cluster.Cluster) string {
	t.Helper()
	var out strings.Builder
	for _, u := range c.units {
		out.WriteString("\n" + u.name + ": " + message(c.kustomization(t, k, u.name)))
	}
	return out.String()
}

func (c *compiled) find(name string) *unit {
	i := slices.IndexFunc(c.units, func(u *unit) bool { return u.name == name })
	return c.units[i]
}

// after adds a unit that another depends on, past every check.
func (u *unit) after(name string) {
	deps, _, _ := unstructured.NestedSlice(u.kustomization.Object, "spec", "dependsOn")
	deps = append(deps, map[string]any{"name": name})
	if err := unstructured.SetNestedSlice(u.kustomization.Object, deps, "spec", "dependsOn"); err != nil {
		panic(err)
	}
	u.dependsOn = append(u.dependsOn, name)
}

// reaches reports whether one unit waits for another, at any distance.
func (c *compiled) reaches(from, to string) bool {
	seen := map[string]bool{}
	var visit func(string) bool
	visit = func(name string) bool {
		if seen[name] {
			return false
		}
		seen[name] = true
		return slices.ContainsFunc(c.find(name).dependsOn, func(d string) bool { return d == to || visit(d) })
	}
	return visit(from)
}
