package flux

import (
	"fmt"

	sourcev1 "github.com/fluxcd/source-controller/api/v1"

	"ichor/generators/object"
	"ichor/schema/model"
)

// chartRepository gives the Flux source of a chart repository, in Flux's own
// namespace, where every HelmRelease finds it.
func chartRepository(c *model.Cluster, u *model.Unit, r *model.ChartRepository) ([]object.Placed, error) {
	interval, err := object.Duration(u.Interval, c.Flux.Interval.V)
	if err != nil {
		return nil, fmt.Errorf("interval of chart repository %s: %w", r.Name.V, err)
	}
	repository := &sourcev1.HelmRepository{
		TypeMeta:   object.Type(sourcev1.GroupVersion.String(), sourcev1.HelmRepositoryKind),
		ObjectMeta: object.Meta(r.Name.V, c.Flux.Namespace.V),
		Spec:       sourcev1.HelmRepositorySpec{URL: r.URL.V, Interval: interval},
	}
	if r.IsOCI() {
		repository.Spec.Type = sourcev1.HelmRepositoryTypeOCI
	}
	return []object.Placed{{Unit: u.Name, Object: repository, Origin: r.Name.Pos}}, nil
}
