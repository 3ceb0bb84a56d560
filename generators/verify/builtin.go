package verify

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	k8slabels "k8s.io/apimachinery/pkg/labels"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// builtin judges an object of Kubernetes' own by what the API server knows
// beyond its OpenAPI, as far as the object alone shows it. The sentences are
// those of the API server. Source: pkg/apis/*/validation of k8s.io/kubernetes.
func builtin(o *Object) field.ErrorList {
	var errs field.ErrorList
	for _, t := range templates {
		if gvk := o.GroupVersionKind(); t.group != gvk.Group || t.kind != gvk.Kind {
			continue
		}
		if w, ok := makes(o, t.path); ok {
			errs = append(errs, podTemplate(w)...)
		}
	}
	if judge, ok := builtinKinds[o.GroupVersionKind().GroupKind().String()]; ok {
		errs = append(errs, judge(o)...)
	}
	return errs
}

// builtinKinds are the kinds with rules of their own, by kind and group.
var builtinKinds = map[string]func(*Object) field.ErrorList{
	"ConfigMap":                                    typed(configMap),
	"Secret":                                       typed(secret),
	"Service":                                      typed(serviceSpec),
	"PersistentVolumeClaim":                        typed(claim),
	"Deployment.apps":                              typed(deployment),
	"StatefulSet.apps":                             typed(statefulSet),
	"DaemonSet.apps":                               typed(daemonSet),
	"ReplicaSet.apps":                              typed(replicaSet),
	"CronJob.batch":                                typed(cronJob),
	"Ingress.networking.k8s.io":                    typed(ingress),
	"NetworkPolicy.networking.k8s.io":              typed(networkPolicy),
	"PodDisruptionBudget.policy":                   typed(disruptionBudget),
	"HorizontalPodAutoscaler.autoscaling":          typed(autoscaler),
	"RoleBinding.rbac.authorization.k8s.io":        typed(roleBinding),
	"ClusterRoleBinding.rbac.authorization.k8s.io": typed(clusterRoleBinding),
}

// typed judges an object as what it is. One of another form is its schema's
// business.
func typed[T any](judge func(*T) field.ErrorList) func(*Object) field.ErrorList {
	return func(o *Object) field.ErrorList {
		var v T
		if convert(o.Object, &v) != nil {
			return nil
		}
		return judge(&v)
	}
}

// pathOf reads a path that Object uses, as spec.template.
func pathOf(path string) *field.Path {
	var p *field.Path
	for _, name := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
		p = p.Child(name)
	}
	return p
}

// each turns the sentences of a rule over one value into errors.
func each(p *field.Path, value any, sentences []string) field.ErrorList {
	var errs field.ErrorList
	for _, s := range sentences {
		errs = append(errs, field.Invalid(p, value, s))
	}
	return errs
}

// atLeast refuses a number below a bound; a missing one is none.
func atLeast(p *field.Path, n *int32, least int32) field.ErrorList {
	if n == nil || *n >= least {
		return nil
	}
	if least == 0 {
		return field.ErrorList{field.Invalid(p, *n, "must be greater than or equal to 0")}
	}
	return field.ErrorList{field.Invalid(p, *n, "must be greater than 0")}
}

// selector refuses one that is missing, empty or cannot be read; with labels,
// also one that does not fit them.
func selector(p *field.Path, s *metav1.LabelSelector, labels map[string]string) field.ErrorList {
	if s == nil {
		return field.ErrorList{field.Required(p, "")}
	}
	errs := validation.ValidateLabelSelector(s, validation.LabelSelectorValidationOptions{}, p)
	if len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
		errs = append(errs, field.Invalid(p, s, "empty selector is invalid for deployment"))
	}
	of, err := metav1.LabelSelectorAsSelector(s)
	if err == nil && len(errs) == 0 && !of.Matches(k8slabels.Set(labels)) {
		errs = append(errs, field.Invalid(p.Root().Child("template", "metadata", "labels"), labels, "`selector` does not match template `labels`"))
	}
	return errs
}

// port refuses what is no port number.
func port(p *field.Path, n int32) field.ErrorList {
	return each(p, n, utilvalidation.IsValidPortNum(int(n)))
}
