//go:build ignore

package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// readCRDs gives the kinds of the CustomResourceDefinitions in a module's files,
// at every version that is served.
func readCRDs(dir string, m source) []kind {
	names, err := filepath.Glob(filepath.Join(dir, m.files))
	check(err)
	var out []kind
	for _, name := range names {
		data, err := os.ReadFile(name)
		check(err)
		for _, document := range bytes.Split(data, []byte("\n---")) {
			out = append(out, kindsOf(name, document)...)
		}
	}
	if len(out) == 0 {
		log.Fatalf("%s %s has no CRD in %s", m.path, m.version, m.files)
	}
	return out
}

func kindsOf(name string, document []byte) []kind {
	var crd apiextensions.CustomResourceDefinition
	if err := yaml.Unmarshal(document, &crd); err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	if crd.Kind != "CustomResourceDefinition" {
		return nil
	}
	var out []kind
	for _, v := range crd.Spec.Versions {
		if !v.Served {
			continue
		}
		k := kind{
			apiVersion: crd.Spec.Group + "/" + v.Name, name: crd.Spec.Names.Kind, plural: crd.Spec.Names.Plural,
			namespaced: crd.Spec.Scope == apiextensions.NamespaceScoped,
			schema:     compact(v.Schema.OpenAPIV3Schema),
		}
		if v.Deprecated {
			k.deprecated = k.apiVersion + " " + k.name + " is deprecated"
			if v.DeprecationWarning != nil {
				k.deprecated = *v.DeprecationWarning
			}
		}
		out = append(out, k)
	}
	return out
}

// compact gives the JSON of a schema without what only people read.
func compact(s *apiextensions.JSONSchemaProps) []byte {
	bare(s)
	data, err := json.Marshal(s)
	check(err)
	return data
}

func bare(s *apiextensions.JSONSchemaProps) {
	if s == nil {
		return
	}
	s.Description, s.Title, s.Example, s.ExternalDocs = "", "", nil, nil
	for _, of := range []map[string]apiextensions.JSONSchemaProps{s.Properties, s.PatternProperties} {
		for name, p := range of {
			bare(&p)
			of[name] = p
		}
	}
	for _, of := range [][]apiextensions.JSONSchemaProps{s.AllOf, s.AnyOf, s.OneOf} {
		for i := range of {
			bare(&of[i])
		}
	}
	bare(s.Not)
	if s.Items != nil {
		bare(s.Items.Schema)
	}
	if s.AdditionalProperties != nil {
		bare(s.AdditionalProperties.Schema)
	}
}
