package flux

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ichor/generators/object"
	"ichor/schema/model"
	"ichor/schema/release"
)

// postgresCluster is Cluster of CloudNativePG, as far as ichor writes it.
// Source: cloudnative-pg config/crd/bases/postgresql.cnpg.io_clusters.yaml.
type postgresCluster struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec postgresSpec `json:"spec"`
}

type postgresSpec struct {
	Instances             int                `json:"instances"`
	ImageName             string             `json:"imageName,omitempty"`
	EnableSuperuserAccess bool               `json:"enableSuperuserAccess,omitempty"`
	SuperuserSecret       *localRef          `json:"superuserSecret,omitempty"`
	Bootstrap             *postgresBootstrap `json:"bootstrap,omitempty"`
	Storage               postgresStorage    `json:"storage"`
	Plugins               []postgresPlugin   `json:"plugins,omitempty"`
}

type postgresBootstrap struct {
	InitDB postgresInit `json:"initdb"`
}

type postgresInit struct {
	Database string    `json:"database,omitempty"`
	Owner    string    `json:"owner,omitempty"`
	Secret   *localRef `json:"secret,omitempty"`
}

type postgresStorage struct {
	Size         string `json:"size"`
	StorageClass string `json:"storageClass"`
}

func database(s *model.Service, d *model.Database) *postgresCluster {
	out := &postgresCluster{
		TypeMeta:   object.Type(release.DatabaseAPI, "Cluster"),
		ObjectMeta: object.Meta(d.Name.V, s.Namespace.V),
		Spec: postgresSpec{
			Instances: d.Instances.V,
			ImageName: d.Image.V,
			Storage:   postgresStorage{Size: d.Size.V, StorageClass: d.StorageClass.V},
		},
	}
	if d.Superuser.IsSet() {
		out.Spec.EnableSuperuserAccess = true
		out.Spec.SuperuserSecret = &localRef{d.Superuser.V}
	}
	out.Spec.Bootstrap = initialDatabase(d)
	if d.Backup != nil {
		out.Spec.Plugins = []postgresPlugin{archiver(d)}
	}
	return out
}

// initialDatabase gives nil where the spec leaves the database to the operator.
func initialDatabase(d *model.Database) *postgresBootstrap {
	if !d.Schema.IsSet() && !d.Owner.IsSet() && !d.OwnerSecret.IsSet() {
		return nil
	}
	b := &postgresBootstrap{InitDB: postgresInit{Database: d.Schema.V, Owner: d.Owner.V}}
	if d.OwnerSecret.IsSet() {
		b.InitDB.Secret = &localRef{d.OwnerSecret.V}
	}
	return b
}
