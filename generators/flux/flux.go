// Package flux generates what Flux reads: a Kustomization for every unit, and
// the objects of the units that come from services, namespaces and chart
// repositories.
package flux

import (
	"ichor/generators/object"
	"ichor/generators/output"
	"ichor/schema/model"
)

// Generate gives flux/<unit>.yaml for every unit, and the objects of the units
// that no other generator fills. It gives an error if a duration or a value of
// the model cannot be encoded.
func Generate(c *model.Cluster) ([]output.File, error) {
	var files []output.File
	var objects []object.Placed
	for _, u := range c.Units {
		of, err := objectsOf(c, u)
		if err != nil {
			return nil, err
		}
		k, err := kustomizationFile(c, u, of)
		if err != nil {
			return nil, err
		}
		files, objects = append(files, k), append(objects, of...)
	}
	manifests, err := object.Files(objects)
	return append(files, manifests...), err
}

// objectsOf gives the objects of a unit, none for a unit of another generator.
func objectsOf(c *model.Cluster, u *model.Unit) ([]object.Placed, error) {
	switch {
	case u.Service != nil:
		return serviceObjects(c, u)
	case u.Name == model.UnitNamespaces:
		return namespaces(c), nil
	}
	for _, r := range c.Charts {
		if u.Name == model.UnitOfCharts(r.Name.V) {
			return chartRepository(c, u, r)
		}
	}
	return nil, nil
}
