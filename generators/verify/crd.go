package verify

import (
	"context"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"

	"ichor/schema/release"
)

// kindSchema judges the objects of one kind as the API server does, with its own
// packages. It is compiled once.
type kindSchema struct {
	release.Schema
	structural *structural.Structural
	validator  validation.SchemaValidator
	kubernetes *release.Kubernetes // nil for the newest
}

// compile reads the OpenAPI of a kind, as far as some objects need it. It gives
// an error where the API server would refuse the CRD.
func compile(s release.Schema, of []*Object) (*kindSchema, error) {
	values := make([]any, len(of))
	for i, o := range of {
		values[i] = o.Object
	}
	openAPI, err := pruned(s.OpenAPI, values)
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", s.Kind, err)
	}
	var v1 apiextensionsv1.JSONSchemaProps
	if err := json.Unmarshal(openAPI, &v1); err != nil {
		return nil, fmt.Errorf("schema of %s: %w", s.Kind, err)
	}
	var props apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&v1, &props, nil); err != nil {
		return nil, fmt.Errorf("schema of %s: %w", s.Kind, err)
	}
	ss, err := structural.NewStructural(&props)
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", s.Kind, err)
	}
	v, _, err := validation.NewSchemaValidator(&props)
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", s.Kind, err)
	}
	return &kindSchema{Schema: s, structural: ss, validator: v}, nil
}

// unknown gives the paths of the fields that the schema does not have.
func (k *kindSchema) unknown(o *Object) []string {
	return pruning.PruneWithOptions(runtime.DeepCopyJSON(o.Object), k.structural, true,
		structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
}

// defaulted gives the object as the API server would store it.
func (k *kindSchema) defaulted(o *Object) map[string]any {
	tree := runtime.DeepCopyJSON(o.Object)
	pruning.Prune(tree, k.structural, true)
	defaulting.PruneNonNullableNullsWithoutDefaults(tree, k.structural)
	defaulting.Default(tree, k.structural)
	return tree
}

// invalid gives what is wrong in the values of an object with its defaults.
func (k *kindSchema) invalid(tree map[string]any) field.ErrorList {
	errs := objectmeta.Validate(nil, tree, k.structural, false)
	errs = append(errs, validation.ValidateCustomResource(nil, tree, k.validator)...)
	return append(errs, listtype.ValidateListSetsAndMaps(nil, k.structural, tree)...)
}

// broken gives, for each of several sound objects of the kind, the rules of the
// schema that it breaks. Only rules of fields that one of the objects has are
// compiled: the others cannot fail, and compiling is what costs.
func (k *kindSchema) broken(ctx context.Context, trees []map[string]any) []field.ErrorList {
	out := make([]field.ErrorList, len(trees))
	values := make([]any, len(trees))
	for i, t := range trees {
		values[i] = t
	}
	s := inUse(*k.structural, values)
	v := cel.NewValidator(&s, true, celconfig.PerCallLimit)
	if v == nil {
		return out
	}
	for i, t := range trees {
		out[i], _ = v.Validate(ctx, nil, &s, t, nil, celconfig.RuntimeCELCostBudget)
	}
	return out
}

// inUse gives a schema without the rules of what none of the values has.
func inUse(s structural.Structural, values []any) structural.Structural {
	if len(values) == 0 {
		s.XValidations = nil
	}
	below := map[string][]any{}
	var items, additional []any
	for _, v := range values {
		switch v := v.(type) {
		case map[string]any:
			for name, field := range v {
				if _, ok := s.Properties[name]; ok {
					below[name] = append(below[name], field)
				} else {
					additional = append(additional, field)
				}
			}
		case []any:
			items = append(items, v...)
		}
	}
	if s.Properties != nil {
		properties := make(map[string]structural.Structural, len(s.Properties))
		for name, p := range s.Properties {
			properties[name] = inUse(p, below[name])
		}
		s.Properties = properties
	}
	if s.Items != nil {
		of := inUse(*s.Items, items)
		s.Items = &of
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Structural != nil {
		of := inUse(*s.AdditionalProperties.Structural, additional)
		s.AdditionalProperties = &structural.StructuralOrBool{Bool: s.AdditionalProperties.Bool, Structural: &of}
	}
	return s
}
