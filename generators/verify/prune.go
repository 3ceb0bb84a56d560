package verify

import (
	"k8s.io/apimachinery/pkg/util/json"
)

// pruned gives an OpenAPI schema without the inside of what none of the values
// has. It is not looked at, and to read it is most of the work with the large
// schemas. A part on which rules (CEL) may look from above stays whole, and so
// does one with a default.
func pruned(openAPI []byte, values []any) ([]byte, error) {
	var schema map[string]any
	if err := json.Unmarshal(openAPI, &schema); err != nil {
		return nil, err
	}
	prune(schema, values)
	return json.Marshal(schema)
}

func prune(schema map[string]any, values []any) {
	if schema["x-kubernetes-validations"] != nil {
		return
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, p := range properties {
		property, _ := p.(map[string]any)
		below := fieldsOf(values, name)
		switch {
		case property["default"] != nil:
		case len(below) == 0:
			properties[name] = stub(property)
		default:
			prune(property, below)
		}
	}
	if items, ok := schema["items"].(map[string]any); ok {
		prune(items, elementsOf(values))
	}
}

// fieldsOf gives the values of a field in all structs that have it.
func fieldsOf(values []any, name string) []any {
	var out []any
	for _, v := range values {
		if m, ok := v.(map[string]any); ok {
			if field, ok := m[name]; ok {
				out = append(out, field)
			}
		}
	}
	return out
}

func elementsOf(values []any) []any {
	var out []any
	for _, v := range values {
		if l, ok := v.([]any); ok {
			out = append(out, l...)
		}
	}
	return out
}

// stub is a schema of the same type that takes anything.
func stub(property map[string]any) map[string]any {
	out := map[string]any{"x-kubernetes-preserve-unknown-fields": true}
	if of, ok := property["type"]; ok {
		out["type"] = of
	}
	if out["type"] == "array" {
		return map[string]any{"type": "array", "items": map[string]any{"x-kubernetes-preserve-unknown-fields": true}}
	}
	if out["type"] != "object" && out["type"] != nil || property["x-kubernetes-int-or-string"] == true {
		return property // a scalar is small
	}
	return out
}
