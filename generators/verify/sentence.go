package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"ichor/schema/diag"
	secrets "ichor/schema/secret"
)

// maxQuoted is how much of a value a sentence quotes, in bytes.
const maxQuoted = 60

// sentence says what is wrong at a field.
func (k *kindSchema) sentence(o *Object, e *field.Error) string {
	e = withoutSecret(o, e)
	detail := strings.TrimPrefix(e.Detail, e.Field+" in body ")
	switch e.Type {
	case field.ErrorTypeTypeInvalid:
		return fmt.Sprintf("%s: %s %s", o, fieldOf(e), strings.ReplaceAll(detail, `: "`, `, and is "`))
	case field.ErrorTypeRequired:
		return strings.TrimSuffix(fmt.Sprintf("%s lacks %s: %s", o, fieldOf(e), detail), ": ")
	case field.ErrorTypeForbidden:
		return fmt.Sprintf("%s must not have %s: %s", o, fieldOf(e), detail)
	case field.ErrorTypeNotFound:
		return fmt.Sprintf("%s: %s is %s, and nothing of that name exists", o, fieldOf(e), shown(e.BadValue))
	case field.ErrorTypeDuplicate:
		return fmt.Sprintf("%s has %s twice: %s", o, fieldOf(e), shown(e.BadValue))
	}
	if value := shown(e.BadValue); value != "" && fieldOf(e) != "" {
		return fmt.Sprintf("%s: %s is %s: %s", o, fieldOf(e), value, detail)
	}
	return strings.ReplaceAll(fmt.Sprintf("%s: %s: %s", o, fieldOf(e), detail), ": : ", ": ")
}

// withoutSecret gives an error that quotes no value of a Secret, and none under the label
// of a secret.
func withoutSecret(o *Object, e *field.Error) *field.Error {
	field := fieldOf(e)
	label := field[strings.LastIndexAny(field, ".[")+1:]
	if !holdsSecrets(o, field) && !secrets.IsLabel(strings.Trim(label, `]"`)) {
		return e
	}
	out := *e
	if quoted := shown(e.BadValue); quoted != "" {
		out.Detail = strings.ReplaceAll(out.Detail, quoted, secrets.Hidden)
	}
	if text, ok := e.BadValue.(string); ok && text != "" {
		out.Detail = strings.ReplaceAll(out.Detail, text, secrets.Hidden)
	}
	out.BadValue = nil
	return &out
}

// holdsSecrets reports whether a field is among the values of a Secret.
func holdsSecrets(o *Object, field string) bool {
	return o.GetKind() == "Secret" && (strings.HasPrefix(field, "data") || strings.HasPrefix(field, "stringData"))
}

// shown gives a value as JSON; nothing for one that is no scalar, or long.
func shown(value any) string {
	switch value.(type) {
	case nil, map[string]any, []any:
		return ""
	}
	data, err := json.Marshal(value)
	if err != nil || len(data) > maxQuoted || data[0] == '{' || data[0] == '[' {
		return ""
	}
	return string(data)
}

// reference says where to look a kind up.
func (k *kindSchema) reference() string {
	return fmt.Sprintf("see the reference of %s in %s (%s)", k.Kind, k.APIVersion, k.Program)
}

// unknownFields gives the fields of an object that its kind does not have, with
// what each may have meant.
func (k *kindSchema) unknownFields(o *Object) []problem {
	var out []problem
	for _, f := range k.unknown(o) {
		text := fmt.Sprintf("%s has no field %s in %s of %s", o.GetKind(), f, k.APIVersion, k.Program)
		out = append(out, problem{codeUnknownField, o, f, text, k.meant(f)})
	}
	return append(out, unknownMetadata(o)...)
}

// meant proposes fields for an unknown one: near ones beside it, or one of its
// name elsewhere in the kind.
func (k *kindSchema) meant(f string) string {
	whole := k.whole()
	i := strings.LastIndex(f, ".")
	name := f[i+1:]
	if around := lookup(*whole, f[:max(i, 0)]); around != nil {
		if near := diag.Nearest(name, names(around)); len(near) > 0 {
			return fmt.Sprintf("did you mean %s?", diag.OneOf(near))
		}
	}
	if elsewhere := find(*whole, "", name, 4); len(elsewhere) == 1 {
		return fmt.Sprintf("the field of this name is %s", elsewhere[0])
	}
	if around := lookup(*whole, f[:max(i, 0)]); around != nil && len(around.Properties) > 0 && len(around.Properties) <= 15 {
		return "remove it; the fields at this place are " + strings.Join(names(around), ", ")
	}
	return "remove it; " + k.reference()
}

// whole gives all of the schema, of which the objects needed a part.
func (k *kindSchema) whole() *schema.Structural {
	var v1 apiextensionsv1.JSONSchemaProps
	var props apiextensions.JSONSchemaProps
	if json.Unmarshal(k.OpenAPI, &v1) != nil || apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&v1, &props, nil) != nil {
		return k.structural
	}
	s, err := schema.NewStructural(&props)
	if err != nil {
		return k.structural
	}
	return s
}

func names(s *schema.Structural) []string {
	var out []string
	for name := range s.Properties {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// lookup follows the path of a field, as spec.ports[0].name.
func lookup(s schema.Structural, path string) *schema.Structural {
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' }) {
		switch {
		case strings.HasSuffix(part, "]") && s.Items != nil:
			s = *s.Items
		case s.AdditionalProperties != nil && s.AdditionalProperties.Structural != nil:
			s = *s.AdditionalProperties.Structural
		default:
			p, ok := s.Properties[part]
			if !ok {
				return nil
			}
			s = p
		}
	}
	return &s
}

// find gives the paths of all fields of a name, to a depth.
func find(s schema.Structural, at, name string, depth int) []string {
	var out []string
	if depth == 0 {
		return nil
	}
	for _, field := range names(&s) {
		path := strings.TrimPrefix(at+"."+field, ".")
		switch {
		case path == "metadata" || path == "status":
		case field == name:
			out = append(out, path)
		default:
			out = append(out, find(s.Properties[field], path, name, depth-1)...)
		}
	}
	if s.Items != nil {
		out = append(out, find(*s.Items, at+"[]", name, depth)...)
	}
	return out
}
