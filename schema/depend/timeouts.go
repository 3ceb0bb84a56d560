package depend

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// What the controllers take where an object says nothing. Source:
// helm-controller api/v2, HelmRelease.GetTimeout; kustomize-controller api/v1,
// Kustomization.GetTimeout.
const (
	helmTimeout = 5 * time.Minute
	minTimeout  = 30 * time.Second
)

// Waited gives how long objects may take to become ready one after the other:
// the longest chain of releases, or of Kustomizations that wait, each with its
// own timeout. Who waits for them all gives up too early with less.
func Waited(objects []*model.Object) time.Duration {
	w := &chains{map[string]*model.Object{}, map[string]time.Duration{}}
	for _, o := range objects {
		if o.Is(scan.HelmGroup, "HelmRelease") || o.Is(scan.KustomizeGroup, "Kustomization") {
			w.objects[o.Kind+"/"+o.Namespace+"/"+o.Name] = o
		}
	}
	var longest time.Duration
	for _, id := range slices.Sorted(maps.Keys(w.objects)) {
		longest = max(longest, w.chain(id))
	}
	return longest
}

// chains adds up timeouts along dependsOn.
type chains struct {
	objects map[string]*model.Object
	found   map[string]time.Duration
}

func (w *chains) chain(id string) time.Duration {
	o := w.objects[id]
	if d, ok := w.found[id]; ok || o == nil || o.Text("spec", "suspend") == "true" {
		return d
	}
	w.found[id] = 0 // a circle adds nothing
	var before time.Duration
	for _, ref := range o.Body.Lookup("spec", "dependsOn").Items() {
		before = max(before, w.chain(o.Kind+"/"+cmp.Or(ref.Lookup("namespace").Text(), o.Namespace)+"/"+ref.Lookup("name").Text()))
	}
	w.found[id] = before + timeoutOf(o)
	return w.found[id]
}

// timeoutOf is how long one object may take. A Kustomization that waits for
// nothing is ready as soon as it is applied.
func timeoutOf(o *model.Object) time.Duration {
	if o.Kind == "HelmRelease" {
		return duration(cmp.Or(o.Text("spec", "install", "timeout"), o.Text("spec", "timeout")), helmTimeout)
	}
	if o.Text("spec", "wait") != "true" && o.Body.Lookup("spec", "healthChecks") == nil {
		return 0
	}
	return duration(o.Text("spec", "timeout"), max(duration(o.Text("spec", "interval"), 0)-minTimeout, minTimeout))
}

func duration(text string, otherwise time.Duration) time.Duration {
	if d, err := time.ParseDuration(text); err == nil {
		return d
	}
	return otherwise
}

// timeout gives a service's unit the time that what it waits for may take, where
// the spec gives it none and the cluster's is shorter.
func timeout(c *model.Cluster, u *model.Unit) string {
	waited := Waited(Objects(u))
	if u.Timeout != "" || waited <= duration(c.Flux.Timeout.V, 0) {
		return u.Timeout
	}
	return waited.String()
}
