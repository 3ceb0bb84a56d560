package authentik

import (
	corev1 "k8s.io/api/core/v1"

	"ichor/generators/object"
	"ichor/schema/model"
)

// besideServer gives what authentik's worker reads of an outpost: the
// blueprint, and the token that the blueprint refers to.
func besideServer(c *model.Cluster, o *model.Outpost) ([]object.Placed, error) {
	s := c.Auth.Authentik.Service.To
	text, err := blueprint(c, o)
	if err != nil {
		return nil, err
	}
	config := &corev1.ConfigMap{
		TypeMeta:   object.Type("v1", "ConfigMap"),
		ObjectMeta: object.Meta(o.Blueprint(), s.Namespace.V),
		Data:       map[string]string{o.Name.V + ".yaml": text},
	}
	return in(s.Name.V, []object.Placed{
		{Object: config, Origin: o.Pos},
		{Object: object.ExternalSecret(c, tokenSecret(o), s.Namespace.V), Origin: o.Token.Pos},
	}), nil
}
