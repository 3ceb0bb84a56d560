package scan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

const (
	hookAnnotation   = "helm.sh/hook"
	weightAnnotation = "helm.sh/hook-weight"
)

// hookEvents gives when Helm runs an object as a hook; none where it is no hook.
func hookEvents(content map[string]any) []string {
	meta, _ := content["metadata"].(map[string]any)
	annotations, _ := meta["annotations"].(map[string]any)
	events, _ := annotations[hookAnnotation].(string)
	return strings.FieldsFunc(strings.ToLower(events), func(r rune) bool { return r == ',' || r == ' ' })
}

func hookWeight(o *Object) int {
	n, _ := strconv.Atoi(o.Body.Lookup("metadata", "annotations", weightAnnotation).Text())
	return n
}

// hooks finds hooks whose pods need what Helm makes only after them: a later hook,
// or, before an installation, what is no hook.
func (c *Chart) hooks() {
	for _, job := range c.Objects {
		if job.Unsure || !slices.Contains([]string{"Job", "Pod"}, job.Kind) {
			continue
		}
		for _, u := range usesOf(job) {
			for _, o := range c.Objects {
				if o.Kind == u.kind && o.Name == u.name && o.Namespace == job.Namespace && !o.Unsure {
					c.hookAfter(job, o)
				}
			}
		}
	}
}

// hookAfter tells of a hook that runs before what it uses.
func (c *Chart) hookAfter(job, used *Object) {
	runs, made := hookEvents(job.Content), hookEvents(used.Content)
	for _, event := range runs {
		both := slices.Contains(made, event) && !madeBefore(made, event)
		var why string
		switch {
		case both && hookWeight(job) < hookWeight(used):
			why = fmt.Sprintf("runs at %s with weight %d, before %s, which it uses and which has weight %d", event, hookWeight(job), used, hookWeight(used))
		case both && runsBefore(job, used):
			why = fmt.Sprintf("runs at %s before %s, which it uses: both have weight %d, so Helm orders them by name", event, used, hookWeight(used))
		case len(made) == 0 && event == "pre-install":
			why = fmt.Sprintf("runs at %s, and uses %s, which is not a hook, so Helm creates it only after the hook", event, used)
		default:
			continue
		}
		c.flaw(HookOrder, job.Pos, "hook %s %s", job, why).Note(used.Pos, "%s", used)
		return
	}
}

// madeBefore reports whether what is made at some events is there before another
// one, from that before the installation or the upgrade.
func madeBefore(made []string, event string) bool {
	of, after := strings.CutPrefix(event, "post-")
	return after && slices.Contains(made, "pre-"+of)
}

// runsBefore reports whether Helm runs a hook before another one of the same event:
// by their weights, then by their names, whatever their kinds. Of one name, what
// pods use comes before them. Source: Helm, execHook, hookByWeight.
func runsBefore(job, used *Object) bool {
	return cmp.Or(cmp.Compare(hookWeight(job), hookWeight(used)), strings.Compare(job.Name, used.Name)) < 0
}

// use is an object that pods do not start without.
type use struct{ kind, name string }

// usesOf gives what the pods of a Job, or a Pod, do not start without.
func usesOf(o *Object) []use {
	tree, _ := o.Content["spec"].(map[string]any)
	if o.Kind == "Job" {
		template, _ := tree["template"].(map[string]any)
		tree, _ = template["spec"].(map[string]any)
	}
	var pod corev1.PodSpec
	if convert(tree, &pod) != nil {
		return nil
	}
	out := []use{{"ServiceAccount", pod.ServiceAccountName}}
	for _, v := range pod.Volumes {
		switch {
		case v.ConfigMap != nil && !optional(v.ConfigMap.Optional):
			out = append(out, use{"ConfigMap", v.ConfigMap.Name})
		case v.Secret != nil && !optional(v.Secret.Optional):
			out = append(out, use{"Secret", v.Secret.SecretName})
		}
	}
	for _, container := range slices.Concat(pod.InitContainers, pod.Containers) {
		out = append(out, environment(container)...)
	}
	slices.SortFunc(out, func(a, b use) int { return strings.Compare(a.kind+a.name, b.kind+b.name) })
	return slices.Compact(out)
}

func optional(b *bool) bool { return b != nil && *b }

func environment(c corev1.Container) []use {
	var out []use
	for _, e := range c.EnvFrom {
		switch {
		case e.ConfigMapRef != nil && !optional(e.ConfigMapRef.Optional):
			out = append(out, use{"ConfigMap", e.ConfigMapRef.Name})
		case e.SecretRef != nil && !optional(e.SecretRef.Optional):
			out = append(out, use{"Secret", e.SecretRef.Name})
		}
	}
	for _, e := range c.Env {
		switch f := e.ValueFrom; {
		case f == nil:
		case f.ConfigMapKeyRef != nil && !optional(f.ConfigMapKeyRef.Optional):
			out = append(out, use{"ConfigMap", f.ConfigMapKeyRef.Name})
		case f.SecretKeyRef != nil && !optional(f.SecretKeyRef.Optional):
			out = append(out, use{"Secret", f.SecretKeyRef.Name})
		}
	}
	return out
}
