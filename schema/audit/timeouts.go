package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

var timeoutRules = []rule{
	{diag.Rule{
		Code: "wait-timeout-short", Severity: diag.Info,
		Summary: "A Kustomization has a timeout shorter than the timeouts of its HelmReleases and of the Kustomizations that it applies, one after the other. Flux reports the Kustomization as failed while they still work, and what depends on it waits for the next try. The finding is a warning where both timeouts are written, and nothing else is between them.",
		Wrong:   "spec: {wait: true, timeout: 5m}   # and a HelmRelease with timeout: 15m in its path",
		Right:   "spec: {wait: true, timeout: 15m}",
		Source:  "Flux documentation, Kustomization, timeout and wait; HelmRelease, timeout (5m where it says nothing)",
	}, shortTimeouts},
}

func shortTimeouts(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		own, written := depend.TimeoutOf(&k.Object.Object)
		chain, waited := depend.Chain(waitedFor(k))
		if own == 0 || own >= waited || k.Spec.Suspend {
			continue
		}
		f := r.Add(k.Place("spec.timeout"), k.ID(), fmt.Sprintf("%s gives up after %s, and %s may take %s", k.Object, short(own), chained(chain), short(waited)))
		longest, said := own, false
		for _, o := range chain {
			d, ok := depend.TimeoutOf(o)
			f.Note(timeoutAt(o), "%s may take %s%s", o, short(d), byDefault(ok))
			if d > longest {
				longest, said = d, ok
			}
		}
		if written && said {
			f.Severity = diag.Warning
		}
		f.Advise("write `timeout: %s` or more", short(waited))
	}
}

// waitedFor gives the objects that a Kustomization looks at to be ready: all of
// them, or those of its health checks with the releases that these wait for.
func waitedFor(k *scan.Kustomization) []*model.Object {
	var out []*model.Object
	todo := slices.DeleteFunc(slices.Clone(k.Objects), func(o *scan.Object) bool { return !k.Spec.Wait && !checked(k, o) })
	for len(todo) > 0 {
		o := todo[0]
		todo = todo[1:]
		if slices.Contains(out, &o.Object) {
			continue
		}
		out = append(out, &o.Object)
		todo = append(todo, dependencies(k, o)...)
	}
	return out
}

// dependencies gives the objects of a Kustomization that one of them waits for.
func dependencies(k *scan.Kustomization, o *scan.Object) []*scan.Object {
	var out []*scan.Object
	for _, ref := range o.Body.Lookup("spec", "dependsOn").Items() {
		namespace := cmp.Or(ref.Lookup("namespace").Text(), o.Namespace)
		for _, x := range k.Objects {
			if x.Is(o.Group, o.Kind) && x.Namespace == namespace && x.Name == ref.Lookup("name").Text() {
				out = append(out, x)
			}
		}
	}
	return out
}

func checked(k *scan.Kustomization, o *scan.Object) bool {
	for _, h := range k.Spec.HealthChecks {
		if group, _ := scan.GroupVersion(h.APIVersion); o.Is(group, h.Kind) && o.Namespace == h.Namespace && o.Name == h.Name {
			return true
		}
	}
	return false
}

func chained(chain []*model.Object) string {
	if len(chain) == 1 {
		return chain[0].String() + ", which it waits for,"
	}
	return fmt.Sprintf("the %d objects that it waits for, one after the other up to %s,", len(chain), chain[len(chain)-1])
}

func byDefault(written bool) string {
	if written {
		return ""
	}
	return ", which is the default"
}

func timeoutAt(o *model.Object) diag.Pos {
	if o.Text("spec", "install", "timeout") != "" {
		return o.Place("spec.install.timeout")
	}
	return o.Place("spec.timeout")
}

// short writes a duration as people do, as 15m.
func short(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}
