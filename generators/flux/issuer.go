package flux

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ichor/generators/object"
	"ichor/schema/model"
)

// clusterIssuer is ClusterIssuer of cert-manager, as far as ichor writes it.
// Source: deploy/crds/crd-clusterissuers.yaml.
type clusterIssuer struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec issuerSpec `json:"spec"`
}

type issuerSpec struct {
	SelfSigned *struct{}   `json:"selfSigned,omitempty"`
	ACME       *acmeIssuer `json:"acme,omitempty"`
}

type acmeIssuer struct {
	Server     string       `json:"server"`
	Email      string       `json:"email"`
	AccountKey localRef     `json:"privateKeySecretRef"`
	Solvers    []acmeSolver `json:"solvers"`
}

type acmeSolver struct {
	DNS01 struct {
		Cloudflare struct {
			Token secretKey `json:"apiTokenSecretRef"`
		} `json:"cloudflare"`
	} `json:"dns01"`
}

// localRef names an object of the same namespace.
type localRef struct {
	Name string `json:"name"`
}

func issuer(i *model.Issuer) *clusterIssuer {
	out := &clusterIssuer{
		TypeMeta:   object.Type("cert-manager.io/v1", "ClusterIssuer"),
		ObjectMeta: object.Meta(i.Name.V, ""),
	}
	if i.ACME == nil {
		out.Spec.SelfSigned = &struct{}{}
		return out
	}
	var solver acmeSolver
	solver.DNS01.Cloudflare.Token = secretKey{Name: i.ACME.Cloudflare.Name.V, Key: i.ACME.Cloudflare.Key.V}
	out.Spec.ACME = &acmeIssuer{
		Server:     i.ACME.Server.V,
		Email:      i.ACME.Email.V,
		AccountKey: localRef{i.Name.V + "-account-key"},
		Solvers:    []acmeSolver{solver},
	}
	return out
}
