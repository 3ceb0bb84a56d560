package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/util/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

const crdKind = "CustomResourceDefinition"

// loadCRDs reads the schemas of the CRDs that the spec names by their files, and
// of those among its own objects and of the directories that bring kinds.
func loadCRDs(repository fs.FS, c *model.Cluster) diag.List {
	var found diag.List
	for _, at := range append(slices.Clone(c.CRDs), kindDirectories(c)...) {
		schemas, err := readCRDs(repository, path.Clean(at.V))
		if err != nil {
			found = append(found, diag.Diagnostic{
				Code: codeCRDs, Severity: diag.Error, Pos: at.Pos, Path: at.Path,
				Message: fmt.Sprintf("no CRDs can be read from %q: %v", at.V, err),
				Help:    "name a YAML file with CustomResourceDefinitions, or a directory of such files, relative to the root of the repository",
			})
		}
		c.Schemas = append(c.Schemas, schemas...)
	}
	for _, s := range c.Services {
		for _, k := range s.Manifests {
			for _, m := range k.Objects {
				c.Schemas = append(c.Schemas, inlineCRD(m)...)
			}
		}
	}
	return found
}

// kindDirectories are those that bring the kinds of services.
func kindDirectories(c *model.Cluster) []model.At[string] {
	var out []model.At[string]
	for _, s := range c.Services {
		if s.KindsOf != nil && s.Directory.IsSet() {
			out = append(out, s.Directory)
		}
	}
	return out
}

// inlineCRD gives the schemas of an inline object that is a CRD. What is wrong
// with one is found when it is judged as an object.
func inlineCRD(m *model.Manifest) []release.Schema {
	if m.Kind.V != crdKind {
		return nil
	}
	return contentCRD(m.Body.PlainMap(), "the spec's own CRD")
}

// objectCRD is inlineCRD of an object in a directory.
func objectCRD(o *model.Object) []release.Schema {
	if o.Kind != crdKind {
		return nil
	}
	return contentCRD(o.Content, o.Pos.File)
}

func contentCRD(content map[string]any, program string) []release.Schema {
	data, err := json.Marshal(content)
	var crd apiextensions.CustomResourceDefinition
	if err != nil || json.Unmarshal(data, &crd) != nil {
		return nil
	}
	schemas, err := schemasOf(&crd, program)
	if err != nil {
		return nil
	}
	return schemas
}

// readCRDs reads a file, or the YAML files of a directory and below.
func readCRDs(repository fs.FS, name string) ([]release.Schema, error) {
	var out []release.Schema
	err := fs.WalkDir(repository, name, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || file != name && !slices.Contains([]string{".yaml", ".yml"}, path.Ext(file)) {
			return err
		}
		data, err := readRegular(repository, file)
		if err != nil {
			return err
		}
		schemas, err := documents(data, file)
		out = append(out, schemas...)
		return err
	})
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	if err == nil && len(out) == 0 {
		err = errors.New("it contains no CustomResourceDefinition")
	}
	return out, err
}

// documents gives the schemas of the CRDs in a YAML file of several documents.
func documents(data []byte, file string) ([]release.Schema, error) {
	var out []release.Schema
	for r := utilyaml.NewDocumentDecoder(io.NopCloser(bytes.NewReader(data))); ; {
		document := make([]byte, len(data)+1)
		n, err := r.Read(document)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		var crd apiextensions.CustomResourceDefinition
		if err == nil {
			err = yaml.Unmarshal(document[:n], &crd)
		}
		if err == nil && crd.Kind == crdKind {
			var schemas []release.Schema
			schemas, err = schemasOf(&crd, file)
			out = append(out, schemas...)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
}

// schemasOf gives the schemas of a CRD at the versions that it serves.
func schemasOf(crd *apiextensions.CustomResourceDefinition, program string) ([]release.Schema, error) {
	var out []release.Schema
	for _, v := range crd.Spec.Versions {
		if !v.Served {
			continue
		}
		if v.Schema == nil || v.Schema.OpenAPIV3Schema == nil {
			return nil, fmt.Errorf("%s %s has no schema", crd.Name, v.Name)
		}
		data, err := json.Marshal(v.Schema.OpenAPIV3Schema)
		if err != nil {
			return nil, err
		}
		s := release.Schema{
			APIVersion: crd.Spec.Group + "/" + v.Name, Kind: crd.Spec.Names.Kind, Plural: crd.Spec.Names.Plural,
			Namespaced: crd.Spec.Scope == apiextensions.NamespaceScoped, OpenAPI: data, Program: program,
		}
		if v.Deprecated {
			s.Deprecated = fmt.Sprintf("%s %s is deprecated", s.APIVersion, s.Kind)
		}
		out = append(out, s)
	}
	return out, nil
}
