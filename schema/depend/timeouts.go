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
	_, waited := Chain(objects)
	return waited
}

// Chain gives that longest chain, the first to be ready first, and what it may
// take.
func Chain(objects []*model.Object) (longest []*model.Object, waited time.Duration) {
	w := &chains{map[string]*model.Object{}, map[string]link{}}
	for _, o := range objects {
		if o.Is(scan.HelmGroup, "HelmRelease") || o.Is(scan.KustomizeGroup, "Kustomization") {
			w.objects[o.Kind+"/"+o.Namespace+"/"+o.Name] = o
		}
	}
	last := ""
	for _, id := range slices.Sorted(maps.Keys(w.objects)) {
		if d := w.chain(id); d > waited {
			last, waited = id, d
		}
	}
	for ; last != ""; last = w.found[last].before {
		longest = append(longest, w.objects[last])
	}
	slices.Reverse(longest)
	return longest, waited
}

// chains adds up timeouts along dependsOn.
type chains struct {
	objects map[string]*model.Object
	found   map[string]link
}

// link is an object in a chain: the one before it, and what all may take.
type link struct {
	before string
	waited time.Duration
}

func (w *chains) chain(id string) time.Duration {
	o := w.objects[id]
	if l, ok := w.found[id]; ok || o == nil || o.Text("spec", "suspend") == "true" {
		return l.waited
	}
	w.found[id] = link{} // a circle adds nothing
	var l link
	for _, ref := range o.Body.Lookup("spec", "dependsOn").Items() {
		before := o.Kind + "/" + cmp.Or(ref.Lookup("namespace").Text(), o.Namespace) + "/" + ref.Lookup("name").Text()
		if d := w.chain(before); d > l.waited {
			l = link{before, d}
		}
	}
	d, _ := TimeoutOf(o)
	l.waited += d
	w.found[id] = l
	return l.waited
}

// TimeoutOf is how long one object may take, and whether it says so itself. A
// Kustomization that waits for nothing is ready as soon as it is applied.
func TimeoutOf(o *model.Object) (d time.Duration, written bool) {
	text := o.Text("spec", "timeout")
	if o.Kind == "HelmRelease" {
		text = cmp.Or(o.Text("spec", "install", "timeout"), text)
		return duration(text, helmTimeout), text != ""
	}
	if o.Text("spec", "wait") != "true" && o.Body.Lookup("spec", "healthChecks") == nil {
		return 0, false
	}
	return duration(text, max(duration(o.Text("spec", "interval"), 0)-minTimeout, minTimeout)), text != ""
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
