package flux

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"

	"ichor/generators/object"
	"ichor/generators/output"
	"ichor/schema/model"
)

// annotationReasons holds a line for each edge of dependsOn: why it is there.
const annotationReasons = "ichor.internal/depends-on"

func kustomizationFile(c *model.Cluster, u *model.Unit, objects []object.Placed) (output.File, error) {
	k, err := kustomization(c, u, objects)
	if err != nil {
		return output.File{}, err
	}
	content, err := output.Encode(k)
	if err != nil {
		return output.File{}, fmt.Errorf("unit %s: %w", u.Name, err)
	}
	f := output.File{Path: path.Join(output.Flux, u.Name+".yaml"), Content: content, Origin: u.Pos}
	if u.Service != nil {
		f.Fields = object.Fields("spec", u.Service.Kustomization)
	}
	return f, nil
}

// kustomization gives the Flux Kustomization of a unit with its objects. It waits,
// so that what depends on it starts when its objects are ready; with that, health
// checks would be ignored, and there are none. Kinds that came apart are never
// pruned: with a kind, every object of it is gone.
func kustomization(c *model.Cluster, u *model.Unit, objects []object.Placed) (*kustomizev1.Kustomization, error) {
	k := &kustomizev1.Kustomization{
		TypeMeta:   object.Type(kustomizev1.GroupVersion.String(), kustomizev1.KustomizationKind),
		ObjectMeta: object.Meta(u.Name, c.Flux.Namespace.V),
		Spec: kustomizev1.KustomizationSpec{
			Path:  directory(c, u),
			Prune: u.Service == nil || u.Service.KindsOf == nil,
			Wait:  true,
			SourceRef: kustomizev1.CrossNamespaceSourceReference{
				Kind:      c.Flux.Source.Kind.V,
				Name:      c.Flux.Source.Name.V,
				Namespace: c.Flux.Namespace.V,
			},
		},
	}
	if err := addWritten(u, k); err != nil {
		return nil, err
	}
	addDependencies(c, u, k)
	addHealth(c, u, k, objects)
	return k, addTimes(c, u, k)
}

// addWritten adds what the spec says of a directory. The fields are none of those
// that follow.
func addWritten(u *model.Unit, k *kustomizev1.Kustomization) error {
	if u.Service == nil || u.Service.Kustomization == nil {
		return nil
	}
	data, err := json.Marshal(u.Service.Kustomization.PlainMap())
	if err == nil {
		err = json.Unmarshal(data, &k.Spec)
	}
	if err != nil {
		return fmt.Errorf("kustomization of service %s: %w", u.Name, err)
	}
	return nil
}

// directory gives what the unit applies, from the root of the source.
func directory(c *model.Cluster, u *model.Unit) string {
	if u.Directory != "" {
		return "./" + c.Flux.InSource(u.Directory)
	}
	return "./" + c.Flux.InSource(path.Join(c.Flux.Path.V, output.Manifests, u.Name))
}

// addDependencies names each unit once, and gives every reason. The namespace
// is always written: without it Flux takes the Kustomization's own.
func addDependencies(c *model.Cluster, u *model.Unit, k *kustomizev1.Kustomization) {
	var reasons []string
	for i, e := range u.DependsOn {
		reasons = append(reasons, e.To.Name+": "+e.Reason)
		if i > 0 && u.DependsOn[i-1].To.Name == e.To.Name {
			continue
		}
		k.Spec.DependsOn = append(k.Spec.DependsOn, kustomizev1.DependencyReference{
			Name:      e.To.Name,
			Namespace: c.Flux.Namespace.V,
		})
	}
	if len(reasons) > 0 {
		k.Annotations = map[string]string{annotationReasons: strings.Join(reasons, "\n")}
	}
}

func addTimes(c *model.Cluster, u *model.Unit, k *kustomizev1.Kustomization) error {
	interval, err := object.Duration(u.Interval, c.Flux.Interval.V)
	if err != nil {
		return fmt.Errorf("interval of unit %s: %w", u.Name, err)
	}
	retry, err := object.Duration(c.Flux.RetryInterval.V)
	if err != nil {
		return fmt.Errorf("retry interval of unit %s: %w", u.Name, err)
	}
	timeout, err := object.Duration(u.Timeout, c.Flux.Timeout.V)
	if err != nil {
		return fmt.Errorf("timeout of unit %s: %w", u.Name, err)
	}
	k.Spec.Interval, k.Spec.RetryInterval, k.Spec.Timeout = interval, &retry, &timeout
	return nil
}
