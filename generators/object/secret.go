package object

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ichor/schema/model"
)

// externalSecret is ExternalSecret of External Secrets, as far as ichor writes
// it. Source: config/crds/bases/external-secrets.io_externalsecrets.yaml; the
// fields are the same in v1beta1 and v1.
type externalSecret struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec externalSecretSpec `json:"spec"`
}

type externalSecretSpec struct {
	RefreshInterval string         `json:"refreshInterval"`
	SecretStoreRef  storeRef       `json:"secretStoreRef"`
	Target          secretTarget   `json:"target"`
	Data            []secretSource `json:"data"`
}

type storeRef struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

type secretTarget struct {
	Name           string          `json:"name"`
	CreationPolicy string          `json:"creationPolicy"`
	Template       *secretTemplate `json:"template,omitempty"`
}

type secretTemplate struct {
	Type        string            `json:"type,omitempty"`
	MergePolicy string            `json:"mergePolicy,omitempty"` // Merge keeps what is fetched beside Data
	Data        map[string]string `json:"data,omitempty"`
}

type secretSource struct {
	SecretKey string         `json:"secretKey"`
	RemoteRef remoteRef      `json:"remoteRef"`
	SourceRef *sourceOfStore `json:"sourceRef,omitempty"`
}

type remoteRef struct {
	Key      string `json:"key"`
	Property string `json:"property"`
}

type sourceOfStore struct {
	StoreRef storeRef `json:"storeRef"`
}

// secretsAPIFallback serves a cluster whose External Secrets is none of the
// spec's: every release since 0.16 serves it.
const secretsAPIFallback = "external-secrets.io/v1"

// SecretsAPI gives the API version of ExternalSecret and ClusterSecretStore.
func SecretsAPI(c *model.Cluster) string {
	if row := c.Release.ExternalSecretsRow; row != nil {
		return row.API
	}
	return secretsAPIFallback
}

// ExternalSecret gives the object that fills a Secret of the same name from its
// store, hourly. External Secrets owns the Secret. A key from another store
// than the first key's says so itself.
func ExternalSecret(c *model.Cluster, s *model.Secret, namespace string) any {
	es := &externalSecret{
		TypeMeta:   Type(SecretsAPI(c), "ExternalSecret"),
		ObjectMeta: Meta(s.Name.V, namespace),
		Spec: externalSecretSpec{
			RefreshInterval: "1h",
			Target:          secretTarget{Name: s.Name.V, CreationPolicy: "Owner"},
		},
	}
	es.Spec.Target.Template = templateOf(s)
	for i, k := range s.Keys {
		store := storeOf(c, k.SecretRef)
		if i == 0 {
			es.Spec.SecretStoreRef = store
		}
		es.Spec.Data = append(es.Spec.Data, sourceOf(k, store, es.Spec.SecretStoreRef))
	}
	return es
}

// templateOf gives nil where External Secrets makes the Secret of what it fetches
// alone.
func templateOf(s *model.Secret) *secretTemplate {
	switch {
	case len(s.Plain) > 0:
		return &secretTemplate{Type: s.Type.V, MergePolicy: "Merge", Data: s.Plain}
	case s.Type.IsSet():
		return &secretTemplate{Type: s.Type.V}
	}
	return nil
}

func sourceOf(k *model.SecretKey, store, usual storeRef) secretSource {
	src := secretSource{
		SecretKey: k.Name.V,
		RemoteRef: remoteRef{Key: k.Item.V, Property: k.Property.V},
	}
	if store != usual {
		src.SourceRef = &sourceOfStore{StoreRef: store}
	}
	return src
}

func storeOf(c *model.Cluster, r model.SecretRef) storeRef {
	name := r.Store.Name.V
	if name == "" {
		name = c.SecretStore.Name.V
	}
	return storeRef{Kind: "ClusterSecretStore", Name: name}
}
