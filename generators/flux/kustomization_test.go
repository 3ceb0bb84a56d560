package flux_test

import (
	"strings"
	"testing"
	"time"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"ichor/generators/flux"
	"ichor/schema/diag"
	"ichor/schema/model"
)

func TestKustomizationWaitsPrunesAndNamesItsSource(t *testing.T) {
	c := cluster()
	pos := diag.Pos{File: "spec/a.cue", Line: 7, Column: 3}
	c.Units = []*model.Unit{{Name: "alone", Pos: pos, Timeout: "20m", Interval: "1h"}, {Name: "plain"}}
	files := generate(t, c)
	if got := files["flux/alone.yaml"].Origin; got != pos {
		t.Errorf("origin %v, want the unit's %v", got, pos)
	}
	k := into[kustomizev1.Kustomization](t, files, "flux/alone.yaml")
	want := kustomizev1.CrossNamespaceSourceReference{Kind: "OCIRepository", Name: "home", Namespace: "gitops"}
	if diff := cmp.Diff(want, k.Spec.SourceRef); diff != "" {
		t.Errorf("source (-want +got)\n%s", diff)
	}
	if !k.Spec.Wait || !k.Spec.Prune || k.Spec.HealthChecks != nil || k.Namespace != "gitops" {
		t.Errorf("wait %v, prune %v, health checks %v, namespace %s", k.Spec.Wait, k.Spec.Prune, k.Spec.HealthChecks, k.Namespace)
	}
	if k.Annotations != nil || k.Spec.DependsOn != nil {
		t.Errorf("without edges: annotations %v, dependsOn %v", k.Annotations, k.Spec.DependsOn)
	}
	times(t, k, time.Hour, 20*time.Minute)
	times(t, into[kustomizev1.Kustomization](t, files, "flux/plain.yaml"), 10*time.Minute, 5*time.Minute)
}

// times compares with the unit's own times, or the cluster's.
func times(t *testing.T, k kustomizev1.Kustomization, interval, timeout time.Duration) {
	t.Helper()
	if k.Spec.Interval.Duration != interval || k.Spec.Timeout.Duration != timeout || k.Spec.RetryInterval.Duration != 2*time.Minute {
		t.Errorf("%s: interval %v, timeout %v, retry %v", k.Name, k.Spec.Interval, k.Spec.Timeout, k.Spec.RetryInterval)
	}
}

func TestKustomizationDependsOncePerUnitAndGivesEveryReason(t *testing.T) {
	a, b := &model.Unit{Name: "a"}, &model.Unit{Name: "b"}
	c := cluster()
	c.Units = []*model.Unit{a, b, {Name: "c", DependsOn: []model.Edge{
		{To: a, Reason: "it needs x"}, {To: a, Reason: "it needs y"}, {To: b, Reason: "so it is"},
	}}}
	k := into[kustomizev1.Kustomization](t, generate(t, c), "flux/c.yaml")
	want := []kustomizev1.DependencyReference{{Name: "a", Namespace: "gitops"}, {Name: "b", Namespace: "gitops"}}
	if diff := cmp.Diff(want, k.Spec.DependsOn); diff != "" {
		t.Errorf("dependsOn (-want +got)\n%s", diff)
	}
	reasons := "a: it needs x\na: it needs y\nb: so it is"
	if got := k.Annotations["ichor.internal/depends-on"]; got != reasons {
		t.Errorf("reasons %q, want %q", got, reasons)
	}
}

func TestSoftEdgesAreNoDependencies(t *testing.T) {
	a := &model.Unit{Name: "a"}
	c := cluster()
	c.Units = []*model.Unit{a, {Name: "b", Edges: []model.Edge{{To: a, Soft: true, Reason: "a login stands before it"}}}}
	k := into[kustomizev1.Kustomization](t, generate(t, c), "flux/b.yaml")
	if k.Spec.DependsOn != nil || k.Annotations != nil {
		t.Errorf("dependsOn %v, annotations %v", k.Spec.DependsOn, k.Annotations)
	}
}

func TestKustomizationAppliesTheUnitsDirectory(t *testing.T) {
	c := cluster()
	c.Flux.Path = at("clusters/home/out")
	c.Units = []*model.Unit{{Name: "ours"}, {Name: "theirs", Directory: "apps/theirs/"}}
	files := generate(t, c)
	for unit, want := range map[string]string{"ours": "./clusters/home/out/manifests/ours", "theirs": "./apps/theirs"} {
		if got := into[kustomizev1.Kustomization](t, files, "flux/"+unit+".yaml").Spec.Path; got != want {
			t.Errorf("path of %s is %s, want %s", unit, got, want)
		}
	}
}

func TestADurationThatCannotBeReadIsAnError(t *testing.T) {
	for want, change := range map[string]func(*model.Cluster){
		"interval of unit":       func(c *model.Cluster) { c.Units[0].Interval = "often" },
		"timeout of unit":        func(c *model.Cluster) { c.Units[0].Timeout = "99999999999h" },
		"retry interval of unit": func(c *model.Cluster) { c.Flux.RetryInterval = at("") },
	} {
		c := cluster()
		c.Units = []*model.Unit{{Name: "a"}}
		change(c)
		if _, err := flux.Generate(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one of %q", err, want)
		}
	}
}

func TestChartRepositories(t *testing.T) {
	c := cluster()
	c.Charts = []*model.ChartRepository{
		{Name: atLine("web", 4), URL: at("https://charts.example.com")},
		{Name: at("registry"), URL: at("oci://registry.example.com/charts")},
		{Name: at("unused"), URL: at("https://unused.example.com")},
	}
	c.Units = []*model.Unit{{Name: model.UnitOfCharts("web")}, {Name: model.UnitOfCharts("registry")}}
	files := generate(t, c)
	if len(files) != 4 {
		t.Errorf("files %v, want one of each unit and one Kustomization of each", paths(files))
	}
	for name, want := range map[string]sourcev1.HelmRepositorySpec{
		"web":      {URL: "https://charts.example.com"},
		"registry": {URL: "oci://registry.example.com/charts", Type: "oci"},
	} {
		r := into[sourcev1.HelmRepository](t, files, "manifests/charts-"+name+"/helmrepository-"+name+".yaml")
		want.Interval.Duration = 10 * time.Minute
		if diff := cmp.Diff(want, r.Spec); diff != "" || r.Namespace != "gitops" {
			t.Errorf("%s in %s (-want +got)\n%s", name, r.Namespace, diff)
		}
	}
	if line := files["manifests/charts-web/helmrepository-web.yaml"].Origin.Line; line != 4 {
		t.Errorf("origin is line %d, want 4", line)
	}
}

func TestNamespacesAreKeptAndLabelled(t *testing.T) {
	c := cluster()
	c.Units = []*model.Unit{{Name: model.UnitNamespaces}}
	c.Namespaces = []*model.Namespace{
		{Name: at("guarded"), PodSecurity: at("baseline"), Labels: map[string]model.At[string]{"team": at("home")}},
		{Name: at("open"), PodSecurity: at("privileged")},
	}
	files := generate(t, c)
	guarded := into[corev1.Namespace](t, files, "manifests/namespaces/namespace-guarded.yaml")
	if diff := cmp.Diff(map[string]string{
		"pod-security.kubernetes.io/enforce": "baseline",
		"pod-security.kubernetes.io/audit":   "restricted",
		"pod-security.kubernetes.io/warn":    "restricted",
		"team":                               "home",
	}, guarded.Labels); diff != "" {
		t.Errorf("labels (-want +got)\n%s", diff)
	}
	open := into[corev1.Namespace](t, files, "manifests/namespaces/namespace-open.yaml")
	if got := open.Labels["pod-security.kubernetes.io/warn"]; got != "privileged" {
		t.Errorf("an open namespace warns of %q, want nothing beyond privileged", got)
	}
	if got := open.Annotations["kustomize.toolkit.fluxcd.io/prune"]; got != "disabled" {
		t.Errorf("prune is %q, want disabled", got)
	}
}
