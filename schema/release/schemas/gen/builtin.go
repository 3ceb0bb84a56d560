//go:build ignore

package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// document is an OpenAPI document of one API group and version.
type document struct {
	Paths map[string]struct {
		Post *struct {
			GVK *struct{ Group, Version, Kind string } `json:"x-kubernetes-group-version-kind"`
		}
	}
	Components struct{ Schemas map[string]json.RawMessage }

	enums map[string]map[string][]string // by definition and field
}

// readBuiltin gives the kinds that Kubernetes itself lets its users create.
func readBuiltin(dir string, m source) []kind {
	names, err := filepath.Glob(filepath.Join(dir, m.files))
	check(err)
	enums := readEnums(filepath.Join(dir, "pkg/generated/openapi/zz_generated.openapi.go"))
	var out []kind
	for _, name := range names {
		data, err := os.ReadFile(name)
		check(err)
		d := document{enums: enums}
		check(json.Unmarshal(data, &d))
		out = append(out, d.kinds()...)
	}
	return out
}

// kinds gives what has a path to be created at: /apis/<group>/<version>/<plural>,
// or below namespaces/{namespace}. Longer paths are subresources.
func (d *document) kinds() []kind {
	var out []kind
	for path, p := range d.Paths {
		_, rest, ok := strings.Cut(strings.TrimPrefix(path, "/api"), "/v")
		parts := strings.Split(rest, "/")[1:]
		if !ok || p.Post == nil || p.Post.GVK == nil {
			continue
		}
		namespaced := len(parts) == 3 && parts[0] == "namespaces" && parts[1] == "{namespace}"
		if len(parts) != 1 && !namespaced {
			continue
		}
		gvk := p.Post.GVK
		definition := d.definition(gvk.Group, gvk.Version, gvk.Kind)
		if definition == "" || !namespaced && d.hasNamespaced(path) {
			continue
		}
		schema := d.resolve(definition, nil)
		schema.Properties["metadata"] = apiextensions.JSONSchemaProps{Type: "object"} // every object's is the same
		apiVersion := strings.TrimPrefix(gvk.Group+"/"+gvk.Version, "/")
		out = append(out, kind{
			apiVersion: apiVersion, name: gvk.Kind, plural: parts[len(parts)-1], namespaced: namespaced,
			schema: compact(schema),
		})
	}
	slices.SortFunc(out, func(a, b kind) int { return strings.Compare(a.line(), b.line()) })
	return out
}

// hasNamespaced reports whether the path of a kind has one below a namespace too.
func (d *document) hasNamespaced(path string) bool {
	i := strings.LastIndex(path, "/")
	_, ok := d.Paths[path[:i]+"/namespaces/{namespace}"+path[i:]]
	return ok
}

// definition gives the name of the schema of a kind.
func (d *document) definition(group, version, name string) string {
	for definition, data := range d.Components.Schemas {
		var s struct {
			GVK []struct{ Group, Version, Kind string } `json:"x-kubernetes-group-version-kind"`
		}
		check(json.Unmarshal(data, &s))
		if len(s.GVK) == 1 && s.GVK[0].Group == group && s.GVK[0].Version == version && s.GVK[0].Kind == name {
			return definition
		}
	}
	return ""
}

// resolve gives a definition with all that it refers to put in, in the form of
// the schema of a CRD. What refers to itself is left open.
func (d *document) resolve(definition string, above []string) *apiextensions.JSONSchemaProps {
	if special := specials[definition]; special != nil {
		return special()
	}
	if slices.Contains(above, definition) || strings.HasSuffix(definition, ".JSONSchemaProps") {
		return open()
	}
	var s apiextensions.JSONSchemaProps
	check(json.Unmarshal(d.Components.Schemas[definition], &s))
	for field, values := range d.enums[enumKey(definition)] {
		if p, ok := s.Properties[field]; ok {
			p.Enum = enumOf(values)
			s.Properties[field] = p
		}
	}
	d.expand(&s, append(slices.Clone(above), definition))
	return &s
}

// expand replaces the references below a schema.
func (d *document) expand(s *apiextensions.JSONSchemaProps, above []string) {
	for name, p := range s.Properties {
		s.Properties[name] = d.part(p, above)
	}
	if s.Items != nil && s.Items.Schema != nil {
		p := d.part(*s.Items.Schema, above)
		s.Items.Schema = &p
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		p := d.part(*s.AdditionalProperties.Schema, above)
		s.AdditionalProperties.Schema = &p
	}
}

// part gives a schema within another. A reference stands alone in an allOf,
// beside a default of Go's zero value.
func (d *document) part(p apiextensions.JSONSchemaProps, above []string) apiextensions.JSONSchemaProps {
	if p.Default != nil && slices.Contains(zeros, string(p.Default.Raw)) {
		p.Default = nil
	}
	ref := p.Ref
	if ref == nil && len(p.AllOf) == 1 {
		ref = p.AllOf[0].Ref
	}
	if ref == nil {
		d.expand(&p, above)
		return p
	}
	out := *d.resolve(strings.TrimPrefix(*ref, "#/components/schemas/"), above)
	out.XListType, out.XMapType, out.XListMapKeys = p.XListType, p.XMapType, p.XListMapKeys
	return out
}

// zeros are the defaults that Go's types give fields that have none.
var zeros = []string{"{}", "0", `""`, "false", "null"}

func open() *apiextensions.JSONSchemaProps {
	yes := true
	return &apiextensions.JSONSchemaProps{XPreserveUnknownFields: &yes}
}

func openObject() *apiextensions.JSONSchemaProps {
	s := open()
	s.Type = "object"
	return s
}

func text(format string) func() *apiextensions.JSONSchemaProps {
	return func() *apiextensions.JSONSchemaProps {
		return &apiextensions.JSONSchemaProps{Type: "string", Format: format, Nullable: true}
	}
}

// quantity takes a number, whole or not, or a text with a unit.
func quantity() *apiextensions.JSONSchemaProps {
	return &apiextensions.JSONSchemaProps{
		XIntOrString: true, Pattern: `^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$`,
	}
}

// specials are the definitions that write themselves in another way than their
// schema says. The pattern of a quantity is that of controller-gen.
var specials = map[string]func() *apiextensions.JSONSchemaProps{
	"io.k8s.apimachinery.pkg.util.intstr.IntOrString": func() *apiextensions.JSONSchemaProps {
		return &apiextensions.JSONSchemaProps{XIntOrString: true}
	},
	"io.k8s.apimachinery.pkg.api.resource.Quantity": quantity,
	"io.k8s.apimachinery.pkg.runtime.RawExtension":  openObject,
	"io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": openObject,
	"io.k8s.apimachinery.pkg.apis.meta.v1.Time":     text("date-time"),
	// A MicroTime has six digits of a second, which date-time takes too.
	"io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime":                                        text("date-time"),
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON":                         open,
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool":        open,
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray":       open,
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": open,
}

// readEnums gives the values of fields that have a few. The published OpenAPI
// leaves them out; the code that it is made from has them.
func readEnums(name string) map[string]map[string][]string {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	check(err)
	out := map[string]map[string][]string{}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(f.Name.Name, "schema_") {
			continue
		}
		fields := map[string][]string{}
		ast.Inspect(f, func(n ast.Node) bool {
			if pair, ok := n.(*ast.KeyValueExpr); ok && isText(pair.Key) {
				if values := enumsIn(pair.Value); len(values) > 0 {
					fields[unquote(pair.Key)] = values
				}
			}
			return true
		})
		if len(fields) > 0 {
			out[strings.ToLower(f.Name.Name)] = fields
		}
	}
	return out
}

// enumsIn gives the values of `Enum: []interface{}{...}` of a field's schema.
func enumsIn(schema ast.Expr) []string {
	var out []string
	properties, ok := schema.(*ast.CompositeLit)
	if !ok || len(properties.Elts) == 0 {
		return nil
	}
	first, ok := properties.Elts[0].(*ast.KeyValueExpr)
	if !ok {
		return nil
	}
	if inner, ok := first.Value.(*ast.CompositeLit); ok {
		for _, e := range inner.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			if !ok || !isNamed(pair.Key, "Enum") {
				continue
			}
			for _, v := range pair.Value.(*ast.CompositeLit).Elts {
				out = append(out, unquote(v))
			}
		}
	}
	return out
}

func isNamed(e ast.Expr, name string) bool {
	i, ok := e.(*ast.Ident)
	return ok && i.Name == name
}

func isText(e ast.Expr) bool {
	l, ok := e.(*ast.BasicLit)
	return ok && l.Kind == token.STRING
}

func unquote(e ast.Expr) string {
	l, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	s, err := strconv.Unquote(l.Value)
	check(err)
	return s
}

// enumKey gives the name of the function that makes a definition:
// io.k8s.api.core.v1.ContainerPort is schema_k8sio_api_core_v1_ContainerPort.
func enumKey(definition string) string {
	name := strings.Replace(definition, "io.k8s.", "k8sio.", 1)
	return "schema_" + strings.ToLower(strings.NewReplacer(".", "_", "-", "_").Replace(name))
}

func enumOf(values []string) []apiextensions.JSON {
	out := make([]apiextensions.JSON, len(values))
	for i, v := range values {
		out[i].Raw = []byte(strconv.Quote(v))
	}
	return out
}
