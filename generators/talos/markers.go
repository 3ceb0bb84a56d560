package talos

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strings"

	"github.com/siderolabs/crypto/x509"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"go.yaml.in/yaml/v4"

	"ichor/schema/model"
)

// markers stand in the output in the place of the values of the secrets bundle.
// A marker names the value by its path in the file that `talosctl gen secrets`
// writes, and is to be replaced by the text that stands there, which for keys
// and certificates is base64 already:
//
//	secret://certs/os/key                      by default
//	{{ op://<vault>/<item>/certs.os.key }}     where the spec names a 1Password item: `op inject` replaces it
type markers struct{ vault, item string }

func newMarkers(s model.TalosSecrets) markers {
	return markers{vault: s.Vault.V, item: s.Item.V}
}

// Paths in the secrets bundle. Source: pkg/machinery/config/generate/secrets, Bundle.
const (
	clusterID       = "cluster/id"
	clusterSecret   = "cluster/secret"
	bootstrapToken  = "secrets/bootstraptoken"
	secretboxSecret = "secrets/secretboxencryptionsecret"
	trustdToken     = "trustdinfo/token"
	etcdCA          = "certs/etcd"
	kubernetesCA    = "certs/k8s"
	aggregatorCA    = "certs/k8saggregator"
	serviceAccount  = "certs/k8sserviceaccount"
	machineCA       = "certs/os"
)

// at gives the marker of a path in the bundle. In an item of 1Password the
// parts of the path are joined by dots, since a slash separates item and field.
func (m markers) at(path string) string {
	if m.item == "" {
		return scheme + path
	}
	return "{{ op://" + m.vault + "/" + m.item + "/" + strings.ReplaceAll(path, "/", ".") + " }}"
}

// bundle gives a secrets bundle of markers. Nothing is generated: keys are
// random, slow to make, and not ours to hold.
func (m markers) bundle() *secrets.Bundle {
	return &secrets.Bundle{
		Cluster: &secrets.Cluster{ID: m.at(clusterID), Secret: m.at(clusterSecret)},
		Secrets: &secrets.Secrets{
			BootstrapToken:            m.at(bootstrapToken),
			SecretboxEncryptionSecret: m.at(secretboxSecret),
		},
		TrustdInfo: &secrets.TrustdInfo{Token: m.at(trustdToken)},
		Certs: &secrets.Certs{
			Etcd:              m.pair(etcdCA),
			K8s:               m.pair(kubernetesCA),
			K8sAggregator:     m.pair(aggregatorCA),
			K8sServiceAccount: &x509.PEMEncodedKey{Key: []byte(m.at(serviceAccount + "/key"))},
			OS:                m.pair(machineCA),
		},
	}
}

func (m markers) pair(path string) *x509.PEMEncodedCertificateAndKey {
	return &x509.PEMEncodedCertificateAndKey{Crt: []byte(m.at(path + "/crt")), Key: []byte(m.at(path + "/key"))}
}

// all gives every marker of the bundle.
func (m markers) all() []string {
	out := []string{m.at(serviceAccount + "/key")}
	for _, path := range []string{clusterID, clusterSecret, bootstrapToken, secretboxSecret, trustdToken} {
		out = append(out, m.at(path))
	}
	for _, path := range []string{etcdCA, kubernetesCA, aggregatorCA, machineCA} {
		out = append(out, m.at(path+"/crt"), m.at(path+"/key"))
	}
	return out
}

// insert gives the configuration with each marker as the plain text of its
// scalar, where the library wrote some as base64, in YAML indented by two. The
// order of fields is the library's, which is the order of Talos's reference.
func (m markers) insert(content []byte) ([]byte, error) {
	texts := m.texts()
	return rewrite(content, func(n *yaml.Node) {
		// A marker of 1Password begins like a YAML map, hence the quotes.
		if text, ok := texts[n.Value]; ok {
			n.Value, n.Style, n.Tag = text, yaml.DoubleQuotedStyle, "!!str"
		}
	})
}

// rewrite changes the scalars of all documents.
func rewrite(content []byte, change func(*yaml.Node)) ([]byte, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			err = encoder.Close()
			return out.Bytes(), err
		}
		if err != nil {
			return nil, err
		}
		scalars(&document, change)
		if err := encoder.Encode(&document); err != nil {
			return nil, err
		}
	}
}

// scalars visits the scalars below a node.
func scalars(n *yaml.Node, change func(*yaml.Node)) {
	if n.Kind == yaml.ScalarNode {
		change(n)
	}
	for _, child := range n.Content {
		scalars(child, change)
	}
}

// texts gives what the library may have written for each marker, and the marker.
func (m markers) texts() map[string]string {
	texts := make(map[string]string)
	for _, marker := range m.all() {
		texts[marker] = marker
		texts[base64.StdEncoding.EncodeToString([]byte(marker))] = marker
	}
	return texts
}
