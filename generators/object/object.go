// Package object makes the Kubernetes objects that more than one target emits,
// each from the model alone.
package object

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Labels by which workloads, and what selects them, find each other.
// Source: kubernetes.io, Recommended Labels.
const (
	LabelName      = "app.kubernetes.io/name"
	LabelComponent = "app.kubernetes.io/component"
)

// Meta gives the metadata of an object. A cluster-scoped one has no namespace.
func Meta(name, namespace string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: namespace}
}

// Type gives the API version and kind of an object.
func Type(apiVersion, kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: apiVersion, Kind: kind}
}

// Labels gives the labels of a component of an application. They are its
// selector too, so no two workloads of a namespace may share both names.
func Labels(name, component string) map[string]string {
	return map[string]string{LabelName: name, LabelComponent: component}
}

// Duration reads the first of its arguments that is not empty, in Go's form.
// It gives an error if there is none, or if it is no duration above zero.
func Duration(texts ...string) (metav1.Duration, error) {
	for _, text := range texts {
		if text == "" {
			continue
		}
		d, err := time.ParseDuration(text)
		if err == nil && d <= 0 {
			err = fmt.Errorf("duration %q is not above zero", text)
		}
		return metav1.Duration{Duration: d}, err
	}
	return metav1.Duration{}, fmt.Errorf("no duration given")
}
