package verify

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/sets"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// podTemplate judges the pods of a workload.
func podTemplate(w *workload) field.ErrorList {
	root := pathOf(w.path)
	spec := root.Child("spec")
	errs := validation.ValidateLabels(w.pods.Labels, root.Child("metadata", "labels"))
	errs = append(errs, restartPolicy(w, spec.Child("restartPolicy"))...)
	if len(w.pods.Spec.Containers) == 0 {
		errs = append(errs, field.Required(spec.Child("containers"), "a pod has at least one container"))
	}
	volumes, found := podVolumes(w, spec.Child("volumes"))
	errs = append(errs, found...)
	seen := sets.New[string]()
	for i, c := range w.pods.Spec.InitContainers {
		errs = append(errs, podContainer(&c, spec.Child("initContainers").Index(i), volumes, seen)...)
	}
	for i, c := range w.pods.Spec.Containers {
		errs = append(errs, podContainer(&c, spec.Child("containers").Index(i), volumes, seen)...)
	}
	return append(errs, validation.ValidateLabels(w.pods.Spec.NodeSelector, spec.Child("nodeSelector"))...)
}

// restartPolicy of what runs for good is Always, and of a Job it is not.
func restartPolicy(w *workload, p *field.Path) field.ErrorList {
	policy := w.pods.Spec.RestartPolicy
	switch w.GetKind() {
	case "Pod":
		return nil
	case "Job", "CronJob":
		if policy != corev1.RestartPolicyOnFailure && policy != corev1.RestartPolicyNever {
			return field.ErrorList{field.Required(p, `valid values: "OnFailure", "Never"`)}
		}
	default:
		if policy != "" && policy != corev1.RestartPolicyAlways {
			return field.ErrorList{field.NotSupported(p, policy, []string{"Always"})}
		}
	}
	return nil
}

// podVolumes gives the names of the volumes, those of a StatefulSet's claims
// among them.
func podVolumes(w *workload, p *field.Path) (sets.Set[string], field.ErrorList) {
	names, errs := sets.New[string](), field.ErrorList{}
	for i, v := range w.pods.Spec.Volumes {
		if names.Has(v.Name) {
			errs = append(errs, field.Duplicate(p.Index(i).Child("name"), v.Name))
		}
		names.Insert(v.Name)
		errs = append(errs, each(p.Index(i).Child("name"), v.Name, utilvalidation.IsDNS1123Label(v.Name))...)
		if n := volumeSources(w, i); n > 1 {
			errs = append(errs, field.Forbidden(p.Index(i), "may not specify more than 1 volume type"))
		} else if n == 0 {
			errs = append(errs, field.Required(p.Index(i), "must specify a volume type"))
		}
	}
	claims, _ := w.Object.Object["spec"].(map[string]any)["volumeClaimTemplates"].([]any)
	for _, c := range claims {
		if tree, ok := c.(map[string]any); ok {
			if meta, ok := tree["metadata"].(map[string]any); ok {
				names.Insert(fmt.Sprint(meta["name"]))
			}
		}
	}
	return names, errs
}

// volumeSources counts what a volume is made of: every field but its name.
func volumeSources(w *workload, index int) int {
	spec, _ := w.tree(strings.Split(strings.TrimPrefix(w.path+".spec", "."), ".")...)
	volumes, _ := spec["volumes"].([]any)
	volume, _ := volumes[index].(map[string]any)
	return len(volume) - 1
}

// podContainer judges a container; seen are the names of those before it.
func podContainer(c *corev1.Container, p *field.Path, volumes, seen sets.Set[string]) field.ErrorList {
	errs := each(p.Child("name"), c.Name, utilvalidation.IsDNS1123Label(c.Name))
	if seen.Has(c.Name) {
		errs = append(errs, field.Duplicate(p.Child("name"), c.Name))
	}
	seen.Insert(c.Name)
	if strings.TrimSpace(c.Image) == "" {
		errs = append(errs, field.Required(p.Child("image"), ""))
	}
	errs = append(errs, containerPorts(c, p.Child("ports"))...)
	errs = append(errs, containerEnv(c, p.Child("env"))...)
	for i, m := range c.VolumeMounts {
		at := p.Child("volumeMounts").Index(i)
		if !volumes.Has(m.Name) {
			errs = append(errs, field.NotFound(at.Child("name"), m.Name))
		}
		if m.MountPath == "" {
			errs = append(errs, field.Required(at.Child("mountPath"), ""))
		}
	}
	for name, probe := range map[string]*corev1.Probe{"livenessProbe": c.LivenessProbe, "readinessProbe": c.ReadinessProbe, "startupProbe": c.StartupProbe} {
		errs = append(errs, probeOf(probe, p.Child(name))...)
	}
	errs = append(errs, resources(&c.Resources, p.Child("resources"))...)
	slices.SortFunc(errs, func(a, b *field.Error) int { return strings.Compare(a.Field, b.Field) })
	return errs
}

func containerPorts(c *corev1.Container, p *field.Path) field.ErrorList {
	var errs field.ErrorList
	names := sets.New[string]()
	for i, x := range c.Ports {
		errs = append(errs, port(p.Index(i).Child("containerPort"), x.ContainerPort)...)
		if x.HostPort != 0 {
			errs = append(errs, port(p.Index(i).Child("hostPort"), x.HostPort)...)
		}
		if x.Name == "" {
			continue
		}
		errs = append(errs, each(p.Index(i).Child("name"), x.Name, utilvalidation.IsValidPortName(x.Name))...)
		if names.Has(x.Name) {
			errs = append(errs, field.Duplicate(p.Index(i).Child("name"), x.Name))
		}
		names.Insert(x.Name)
	}
	return errs
}

func containerEnv(c *corev1.Container, p *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, e := range c.Env {
		at := p.Index(i)
		errs = append(errs, each(at.Child("name"), e.Name, utilvalidation.IsRelaxedEnvVarName(e.Name))...)
		if e.ValueFrom == nil {
			continue
		}
		from := e.ValueFrom
		sources := 0
		for _, there := range []bool{from.FieldRef != nil, from.ResourceFieldRef != nil, from.ConfigMapKeyRef != nil, from.SecretKeyRef != nil, from.FileKeyRef != nil} {
			if there {
				sources++
			}
		}
		switch {
		case e.Value != "":
			errs = append(errs, field.Invalid(at.Child("valueFrom"), "", "may not be specified when `value` is not empty"))
		case sources != 1:
			errs = append(errs, field.Invalid(at.Child("valueFrom"), "", "must specify exactly one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"))
		}
	}
	return errs
}

func probeOf(probe *corev1.Probe, p *field.Path) field.ErrorList {
	if probe == nil {
		return nil
	}
	handlers := 0
	for _, there := range []bool{probe.Exec != nil, probe.HTTPGet != nil, probe.TCPSocket != nil, probe.GRPC != nil} {
		if there {
			handlers++
		}
	}
	var errs field.ErrorList
	if handlers == 0 {
		errs = append(errs, field.Required(p, "must specify a handler type"))
	}
	if handlers > 1 {
		errs = append(errs, field.Forbidden(p, "may not specify more than 1 handler type"))
	}
	for name, n := range map[string]int32{
		"initialDelaySeconds": probe.InitialDelaySeconds, "timeoutSeconds": probe.TimeoutSeconds,
		"periodSeconds": probe.PeriodSeconds, "successThreshold": probe.SuccessThreshold, "failureThreshold": probe.FailureThreshold,
	} {
		errs = append(errs, atLeast(p.Child(name), &n, 0)...)
	}
	return errs
}

// resources are at least 0, and no request is above its limit.
func resources(r *corev1.ResourceRequirements, p *field.Path) field.ErrorList {
	var errs field.ErrorList
	for name, q := range r.Limits {
		if q.Sign() < 0 {
			errs = append(errs, field.Invalid(p.Child("limits", string(name)), q.String(), "must be greater than or equal to 0"))
		}
	}
	for name, q := range r.Requests {
		at := p.Child("requests", string(name))
		limit, limited := r.Limits[name]
		switch {
		case q.Sign() < 0:
			errs = append(errs, field.Invalid(at, q.String(), "must be greater than or equal to 0"))
		case limited && q.Cmp(limit) > 0:
			errs = append(errs, field.Invalid(at, q.String(), fmt.Sprintf("must be less than or equal to %s limit of %s", name, limit.String())))
		}
	}
	return errs
}
