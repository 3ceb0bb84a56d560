package talos

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"go.yaml.in/yaml/v4"
)

// Bundle is a secrets bundle that is decrypted, with values that are what their names
// say.
type Bundle struct {
	values map[string]string // as they stand in the file, by their paths, as certs/os/key
}

// ReadBundle reads the file that `talosctl gen secrets` writes. It fails where the file
// is encrypted, lacks a value that a machine configuration needs, or has another thing
// in its place: a variable, a reference, a key that is none. No error quotes a value.
func ReadBundle(data []byte) (*Bundle, error) {
	top, err := topOf(data)
	if err != nil {
		return nil, err
	}
	b := &Bundle{values: map[string]string{}}
	b.add("", top)
	if err := b.decrypted(top); err != nil {
		return nil, err
	}
	var all []error
	for _, v := range bundleValues {
		if err := v.check(b); err != nil {
			all = append(all, err)
		}
	}
	if len(all) > 0 {
		return nil, errors.Join(all...)
	}
	return b, b.hide(accepted(data))
}

// topOf gives the top of a file of YAML with one document.
func topOf(data []byte) (*yaml.Node, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	var n, second yaml.Node
	if err := d.Decode(&n); err != nil || len(n.Content) != 1 || n.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("the secrets bundle is not the YAML that `talosctl gen secrets` writes: name that file with --secrets")
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, errors.New("the secrets bundle has more than one document")
	}
	return n.Content[0], nil
}

// add records the scalars below a node.
func (b *Bundle) add(path string, n *yaml.Node) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
		b.values[path] = strings.TrimSpace(n.Value)
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			b.add(strings.TrimPrefix(path+"/"+n.Content[i].Value, "/"), n.Content[i+1])
		}
	}
}

// unfilled are marks of what stands in the place of a value.
var unfilled = []struct{ mark, what string }{
	{"ENC[", "a value that SOPS encrypted: decrypt the bundle first (`sops -d talsecret.sops.yaml > ~/talos/secrets.yaml`, outside of git)"},
	{"op://", "a reference to 1Password: fill it in first (`op inject -i secrets.yaml -o ~/talos/secrets.yaml`)"},
	{"secret://", "a marker of ichor: name the bundle that holds the value itself"},
	{"${", "a variable: fill it in first (as with `envsubst`)"},
	{"$(", "a variable: fill it in first"},
	{"{{", "a template: fill it in first"},
}

// decrypted fails where values are encrypted, or stand elsewhere.
func (b *Bundle) decrypted(top *yaml.Node) error {
	for i := 0; i+1 < len(top.Content); i += 2 {
		if top.Content[i].Value == "sops" {
			return errors.New("the secrets bundle is encrypted with SOPS: decrypt it first (`sops -d talsecret.sops.yaml > ~/talos/secrets.yaml`, outside of git), and name the decrypted file")
		}
	}
	var all []error
	for _, path := range slices.Sorted(maps.Keys(b.values)) {
		for _, u := range unfilled {
			if strings.Contains(b.values[path], u.mark) {
				all = append(all, fmt.Errorf("%s of the secrets bundle is %s", dotted(path), u.what))
				break
			}
		}
	}
	return errors.Join(all...)
}

func dotted(path string) string { return strings.ReplaceAll(path, "/", ".") }

// bundleValue is a value of the bundle, and what it must be.
type bundleValue struct {
	path, what string
	is         func(*Bundle, string) bool
}

// Forms of values. Source: pkg/machinery/config/generate/secrets, populate, which makes
// them; Kubernetes documentation, Authenticating with Bootstrap Tokens, and Encrypting
// Confidential Data at Rest.
var bundleValues = []bundleValue{
	{clusterID, "32 random bytes in base64", ofBytes(32)},
	{clusterSecret, "a key of 32 random bytes in base64", ofBytes(32)},
	{bootstrapToken, "a bootstrap token of 6 and 16 characters, such as abcdef.0123456789abcdef", matching(`^[a-z0-9]{6}\.[a-z0-9]{16}$`)},
	{secretboxSecret, "a key of 32 random bytes in base64", ofBytes(32)},
	{trustdToken, "a token of at least 16 characters", matching(`^[!-~]{16,}$`)},
	{etcdCA + "/crt", certificate, isCertificate}, {etcdCA + "/key", privateKey, isKey},
	{kubernetesCA + "/crt", certificate, isCertificate}, {kubernetesCA + "/key", privateKey, isKey},
	{aggregatorCA + "/crt", certificate, isCertificate}, {aggregatorCA + "/key", privateKey, isKey},
	{machineCA + "/crt", certificate, isCertificate}, {machineCA + "/key", privateKey, isKey},
	{serviceAccount + "/key", "a private key in PEM, in base64", isKey},
}

const (
	certificate = "the certificate of an authority in PEM, in base64"
	privateKey  = "the private key of its certificate in PEM, in base64"
)

func (v bundleValue) check(b *Bundle) error {
	switch text := b.values[v.path]; {
	case text == "" && v.path == secretboxSecret && b.values["secrets/aescbcencryptionsecret"] != "":
		return fmt.Errorf("the secrets bundle has no %s: it has secrets.aescbcencryptionsecret of Talos before 1.3 instead, which ichor does not write into machine configurations", dotted(v.path))
	case text == "":
		return fmt.Errorf("the secrets bundle has no %s", dotted(v.path))
	case !v.is(b, v.path):
		return fmt.Errorf("%s of the secrets bundle is not %s: use the file that `talosctl gen secrets` wrote", dotted(v.path), v.what)
	}
	return nil
}

// ofBytes holds for base64 of some bytes, with the signs of files or of URLs.
func ofBytes(n int) func(*Bundle, string) bool {
	return func(b *Bundle, path string) bool {
		text := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(b.values[path]), "=")
		data, err := base64.RawStdEncoding.DecodeString(text)
		return err == nil && len(data) == n
	}
}

func matching(pattern string) func(*Bundle, string) bool {
	form := regexp.MustCompile(pattern)
	return func(b *Bundle, path string) bool { return form.MatchString(b.values[path]) }
}

// decode gives the text behind base64; nil for what is none.
func (b *Bundle) decode(path string) []byte {
	data, err := base64.StdEncoding.DecodeString(b.values[path])
	if err != nil {
		return nil
	}
	return data
}

func isCertificate(b *Bundle, path string) bool {
	block, _ := pem.Decode(b.decode(path))
	if block == nil || block.Type != "CERTIFICATE" {
		return false
	}
	c, err := x509.ParseCertificate(block.Bytes)
	return err == nil && c.IsCA
}

// isKey holds for a key; with a certificate beside it, for the key of that.
func isKey(b *Bundle, path string) bool {
	beside := strings.TrimSuffix(path, "key") + "crt"
	if b.values[beside] != "" && isCertificate(b, beside) {
		_, err := tls.X509KeyPair(b.decode(beside), b.decode(path))
		return err == nil
	}
	block, _ := pem.Decode(b.decode(path))
	return block != nil && strings.HasSuffix(block.Type, "PRIVATE KEY")
}

// accepted asks Talos's own library about the whole bundle.
func accepted(data []byte) error {
	var bundle secrets.Bundle
	if err := yaml.Unmarshal(data, &bundle); err != nil {
		return fmt.Errorf("the secrets bundle is not valid for Talos: %w", err)
	}
	if err := bundle.Validate(); err != nil {
		return fmt.Errorf("the secrets bundle is not valid for Talos: %w", err)
	}
	return nil
}

// hide takes the values of the bundle out of the text of an error.
func (b *Bundle) hide(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, v := range b.values {
		if len(v) >= minHidden {
			text = strings.ReplaceAll(text, v, "(hidden)")
		}
	}
	return errors.New(text)
}

// minHidden is the shortest value that is a secret: shorter ones stand in any text.
const minHidden = 6
