// Package authentik generates every external proxy outpost, with all that it
// needs inside the cluster and inside authentik.
package authentik

import (
	"fmt"

	"ichor/generators/object"
	"ichor/generators/output"
	"ichor/schema/model"
)

// Generate gives the objects of each outpost's unit and, for authentik's own
// unit, each outpost's blueprint and token. It gives an error if an object
// cannot be encoded.
func Generate(c *model.Cluster) ([]output.File, error) {
	var objects []object.Placed
	for _, o := range c.Outposts() {
		inside, err := besideServer(c, o)
		if err != nil {
			return nil, fmt.Errorf("outpost %s: %w", o.Name.V, err)
		}
		objects = append(objects, workload(c, o)...)
		objects = append(objects, inside...)
	}
	return object.Files(objects)
}

// workload gives the objects of the outpost's own unit.
func workload(c *model.Cluster, o *model.Outpost) []object.Placed {
	objects := []object.Placed{
		{Object: serviceAccount(o), Origin: o.Pos},
		{Object: object.ExternalSecret(c, tokenSecret(o), o.Namespace.V), Origin: o.Token.Pos},
		{Object: deployment(c, o), Origin: o.Pos},
		{Object: service(o), Origin: o.Pos},
		{Object: ingress(c, o), Origin: o.Pos},
	}
	if o.Replicas.V > 1 {
		objects = append(objects, object.Placed{Object: disruptionBudget(o), Origin: o.Replicas.Pos})
	}
	if o.Redis.V {
		objects = append(objects,
			object.Placed{Object: redisDeployment(o), Origin: o.Redis.Pos},
			object.Placed{Object: redisService(o), Origin: o.Redis.Pos})
	}
	return in(o.Unit, objects)
}

// in places objects in a unit.
func in(unit string, objects []object.Placed) []object.Placed {
	for i := range objects {
		objects[i].Unit = unit
	}
	return objects
}

// tokenSecret gives the Secret with the outpost's API token. The outpost reads
// it, and so does authentik's worker, which makes it the token of the
// outpost's account: one item, so the two cannot differ.
func tokenSecret(o *model.Outpost) *model.Secret {
	return &model.Secret{
		Name: model.At[string]{V: o.TokenSecret(), Pos: o.Token.Pos, Path: o.Token.Item.Path},
		Keys: []*model.SecretKey{{
			Name:      model.At[string]{V: tokenKey, Pos: o.Token.Pos, Path: o.Token.Item.Path},
			SecretRef: o.Token,
		}},
	}
}

// tokenKey is the key of the Secret of TokenSecret.
const tokenKey = "token"
