//go:build ignore

package main

import (
	"encoding/json"
	"log"
	"maps"
	"slices"
	"strconv"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// fit makes the kinds of a release's modules those that the release serves.
func (r release) fit(kinds []kind) []kind {
	var out []kind
	done := map[string]bool{}
	for _, k := range kinds {
		_, version := cutLast(k.apiVersion, "/")
		deprecated, served := r.serves(k.name, version)
		key := k.name + " " + version
		if r.served != nil && !served || done[key] {
			continue
		}
		done[key] = true
		if r.served != nil && !deprecated {
			k.deprecated = ""
		}
		out = append(out, k)
	}
	out = append(out, r.unknown(out, done)...)
	for name, edits := range r.edits {
		for _, e := range edits {
			edit(out, name, e)
		}
	}
	return out
}

// serves reports whether a release serves a version of a kind, and whether it warns.
func (r release) serves(kind, version string) (deprecated, served bool) {
	versions := strings.Fields(r.served[kind])
	deprecated = slices.Contains(versions, version+"*")
	return deprecated, deprecated || slices.Contains(versions, version)
}

// unknown gives the versions that a release serves and no module has: any object
// passes for one.
func (r release) unknown(kinds []kind, done map[string]bool) []kind {
	var out []kind
	for _, name := range slices.Sorted(maps.Keys(r.served)) {
		i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
		if i < 0 {
			log.Fatalf("no module has the kind %s of %s", name, r.row)
		}
		for _, version := range strings.Fields(r.served[name]) {
			plain := strings.TrimSuffix(version, "*")
			if done[name+" "+plain] {
				continue
			}
			k := kinds[i]
			group, _ := cutLast(k.apiVersion, "/")
			k.apiVersion, k.deprecated = group+"/"+plain, ""
			if plain != version {
				k.deprecated = plain + " " + name + " is deprecated, upgrade to " + strings.Fields(r.served[name])[0]
			}
			k.schema = []byte(`{"type":"object","x-kubernetes-preserve-unknown-fields":true}`)
			out = append(out, k)
		}
	}
	return out
}

// edit changes the spec of a kind at all its versions, or at one as of "Alert v1beta2":
// "-a.b[].c" takes a field out, "a.b-word" a word that a field may have, "a.b+c" asks
// for a field, and "a.b*" lets a field have any word. One that changes nothing is a
// mistake of ours.
func edit(kinds []kind, name, change string) {
	changed := false
	for i, k := range kinds {
		if _, version := cutLast(k.apiVersion, "/"); k.name != name && k.name+" "+version != name {
			continue
		}
		var s apiextensions.JSONSchemaProps
		check(json.Unmarshal(k.schema, &s))
		path, apply := parse(change)
		if spec, ok := s.Properties["spec"]; ok && within(&spec, path, apply) {
			s.Properties["spec"] = spec
			data, err := json.Marshal(&s)
			check(err)
			kinds[i].schema, changed = data, true
		}
	}
	if !changed {
		log.Fatalf("%s: the edit %s changes nothing", name, change)
	}
}

// parse gives where a change is made, and the change.
func parse(change string) ([]string, func(*apiextensions.JSONSchemaProps) bool) {
	if field, ok := strings.CutPrefix(change, "-"); ok {
		parts := strings.Split(field, ".")
		last := parts[len(parts)-1]
		return parts[:len(parts)-1], func(s *apiextensions.JSONSchemaProps) bool { return takeOut(s, last) }
	}
	if path, field, ok := strings.Cut(change, "+"); ok {
		return strings.FieldsFunc(path, dot), func(s *apiextensions.JSONSchemaProps) bool {
			if _, has := s.Properties[field]; !has || slices.Contains(s.Required, field) {
				return false
			}
			s.Required = slices.Sorted(slices.Values(append(slices.Clone(s.Required), field)))
			return true
		}
	}
	if path, ok := strings.CutSuffix(change, "*"); ok {
		return strings.Split(path, "."), func(s *apiextensions.JSONSchemaProps) bool {
			had := len(s.Enum) > 0
			s.Enum = nil
			return had
		}
	}
	path, word, _ := strings.Cut(change, "-")
	return strings.Split(path, "."), func(s *apiextensions.JSONSchemaProps) bool {
		before := len(s.Enum)
		s.Enum = slices.DeleteFunc(s.Enum, func(v apiextensions.JSON) bool { return string(v.Raw) == strconv.Quote(word) })
		return len(s.Enum) < before
	}
}

func dot(r rune) bool { return r == '.' }

// within follows fields, those of the elements of a list after [], and applies a
// change there; false where there is no such field.
func within(s *apiextensions.JSONSchemaProps, path []string, apply func(*apiextensions.JSONSchemaProps) bool) bool {
	if len(path) == 0 {
		return apply(s)
	}
	name, inList := strings.CutSuffix(path[0], "[]")
	field, ok := s.Properties[name]
	if !ok {
		return false
	}
	below := &field
	if inList {
		if field.Items == nil || field.Items.Schema == nil {
			return false
		}
		below = field.Items.Schema
	}
	changed := within(below, path[1:], apply)
	s.Properties[name] = field
	return changed
}

// takeOut takes a field out, and the rules beside it that name it.
func takeOut(s *apiextensions.JSONSchemaProps, name string) bool {
	if _, has := s.Properties[name]; !has {
		return false
	}
	delete(s.Properties, name)
	s.Required = slices.DeleteFunc(s.Required, func(r string) bool { return r == name })
	s.XValidations = slices.DeleteFunc(s.XValidations, func(r apiextensions.ValidationRule) bool { return strings.Contains(r.Rule, "."+name) })
	return true
}

// cut gives what stands before and after the first blank.
func cut(s string) (before, after string) {
	before, after, _ = strings.Cut(s, " ")
	return before, after
}

// cutLast gives what stands before and after the last separator.
func cutLast(s, sep string) (before, after string) {
	i := strings.LastIndex(s, sep)
	return s[:max(0, i)], s[i+len(sep):]
}
