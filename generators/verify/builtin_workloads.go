package verify

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

var inSpec = field.NewPath("spec")

// replicated judges what workloads of apps/v1 have in common.
func replicated(replicas *int32, s *metav1.LabelSelector, labels map[string]string) field.ErrorList {
	errs := atLeast(inSpec.Child("replicas"), replicas, 0)
	return append(errs, selector(inSpec.Child("selector"), s, labels)...)
}

func deployment(d *appsv1.Deployment) field.ErrorList {
	errs := replicated(d.Spec.Replicas, d.Spec.Selector, d.Spec.Template.Labels)
	if d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType && d.Spec.Strategy.RollingUpdate != nil {
		errs = append(errs, field.Forbidden(inSpec.Child("strategy", "rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'"))
	}
	return append(errs, atLeast(inSpec.Child("minReadySeconds"), &d.Spec.MinReadySeconds, 0)...)
}

func statefulSet(s *appsv1.StatefulSet) field.ErrorList {
	return replicated(s.Spec.Replicas, s.Spec.Selector, s.Spec.Template.Labels)
}

func daemonSet(d *appsv1.DaemonSet) field.ErrorList {
	return replicated(nil, d.Spec.Selector, d.Spec.Template.Labels)
}

func replicaSet(r *appsv1.ReplicaSet) field.ErrorList {
	return replicated(r.Spec.Replicas, r.Spec.Selector, r.Spec.Template.Labels)
}

// cronJob judges the form of a schedule: five fields, or one of the words.
func cronJob(c *batchv1.CronJob) field.ErrorList {
	schedule := c.Spec.Schedule
	fields := strings.Fields(schedule)
	switch {
	case strings.Contains(schedule, "TZ"):
		return field.ErrorList{field.Invalid(inSpec.Child("schedule"), schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")}
	case strings.HasPrefix(schedule, "@"):
		return nil
	case len(fields) != 5:
		return field.ErrorList{field.Invalid(inSpec.Child("schedule"), schedule, "expected exactly 5 fields: minute, hour, day of the month, month, day of the week")}
	case strings.Trim(strings.Join(fields, ""), "0123456789*/,-?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "":
		return field.ErrorList{field.Invalid(inSpec.Child("schedule"), schedule, "a field is a number, a range, a list, a step or *")}
	}
	return nil
}

func disruptionBudget(b *policyv1.PodDisruptionBudget) field.ErrorList {
	if b.Spec.MinAvailable != nil && b.Spec.MaxUnavailable != nil {
		return field.ErrorList{field.Invalid(inSpec, "", "minAvailable and maxUnavailable cannot be both set")}
	}
	return nil
}

func autoscaler(a *autoscalingv2.HorizontalPodAutoscaler) field.ErrorList {
	errs := atLeast(inSpec.Child("maxReplicas"), &a.Spec.MaxReplicas, 1)
	if least := a.Spec.MinReplicas; least != nil && *least > a.Spec.MaxReplicas {
		errs = append(errs, field.Invalid(inSpec.Child("maxReplicas"), a.Spec.MaxReplicas, "must be greater than or equal to `minReplicas`"))
	}
	return errs
}
