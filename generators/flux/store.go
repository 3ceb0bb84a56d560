package flux

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ichor/generators/object"
	"ichor/schema/model"
)

// clusterSecretStore is ClusterSecretStore of External Secrets with a
// 1Password Connect server behind it. Source:
// config/crds/bases/external-secrets.io_clustersecretstores.yaml; these fields
// are the same in v1beta1 and v1.
type clusterSecretStore struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec struct {
		Provider struct {
			OnePassword connect `json:"onepassword"`
		} `json:"provider"`
	} `json:"spec"`
}

type connect struct {
	ConnectHost string         `json:"connectHost"`
	Vaults      map[string]int `json:"vaults"` // name to the order of lookup, from 1
	Auth        connectAuth    `json:"auth"`
}

type connectAuth struct {
	SecretRef struct {
		Token secretKey `json:"connectTokenSecretRef"`
	} `json:"secretRef"`
}

// secretKey is a key of a Secret.
type secretKey struct {
	Name      string `json:"name"`
	Key       string `json:"key"`
	Namespace string `json:"namespace,omitempty"`
}

func secretStore(c *model.Cluster, s *model.Service, store *model.SecretStore) *clusterSecretStore {
	server := store.Connect
	out := &clusterSecretStore{
		TypeMeta:   object.Type(object.SecretsAPI(c), "ClusterSecretStore"),
		ObjectMeta: object.Meta(store.Name.V, ""),
	}
	provider := &out.Spec.Provider.OnePassword
	provider.ConnectHost = fmt.Sprintf("http://%s.%s.svc.%s:%d", server.Host.V, s.Namespace.V, c.DNSDomain.V, server.Port.V)
	provider.Vaults = map[string]int{}
	for i, v := range server.Vaults {
		provider.Vaults[v.V] = i + 1
	}
	provider.Auth.SecretRef.Token = secretKey{Name: server.Token.Name.V, Key: server.Token.Key.V, Namespace: s.Namespace.V}
	return out
}
