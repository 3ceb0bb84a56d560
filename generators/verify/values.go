package verify

import (
	"cmp"
	"fmt"
	"strings"
)

// references gives what a HelmRelease takes its values from, and what the values
// name: charts hand such structs on to pods as they are. Of a chart that is rendered
// the pods tell.
func (c chart) references() []reference {
	out := c.valuesFrom()
	if c.rendered {
		return out
	}
	c.structs(func(path string, of map[string]any) {
		for _, s := range namers {
			out = append(out, c.selected(s, path, of)...)
		}
		a := annotated{Object: c.Object, field: path + ".annotations", set: texts(of["annotations"])}
		out = append(out, issuers(a, targetNamespace(c.Object))...)
	})
	return out
}

// valuesFrom gives the ConfigMaps and Secrets with values, whose key is
// values.yaml unless it is said. Source: Flux documentation, HelmRelease, values
// references.
func (c chart) valuesFrom() []reference {
	var out []reference
	for i, v := range list(c.Object, "spec", "valuesFrom") {
		if v["optional"] == true || !plain(text(v, "name")) {
			continue
		}
		at := fmt.Sprintf("spec.valuesFrom[%d]", i)
		out = append(out, reference{
			from: c.Object, field: at + ".name", kind: text(v, "kind"), namespace: c.GetNamespace(), name: text(v, "name"),
			key: cmp.Or(text(v, "valuesKey"), "values.yaml"), keyField: at + ".valuesKey",
		})
	}
	return out
}

// namer is a struct in values that names an object: the field that holds it,
// what it names, and the fields of its name and key.
type namer struct{ in, kind, name, key string }

var namers = []namer{
	{"secretKeyRef", "Secret", "name", "key"},
	{"configMapKeyRef", "ConfigMap", "name", "key"},
	{"secretRef", "Secret", "name", ""},
	{"configMapRef", "ConfigMap", "name", ""},
	{"secret", "Secret", "secretName", ""},
	{"", "Secret", "existingSecret", "existingSecretKey"},
	{"", "PersistentVolumeClaim", "existingClaim", ""},
}

// selected gives what a struct of the values names by one of these.
func (c chart) selected(s namer, path string, of map[string]any) []reference {
	if s.in != "" {
		path += "." + s.in
		of, _ = of[s.in].(map[string]any)
	}
	name := strings.ReplaceAll(text(of, s.name), "{{ .Release.Name }}", releaseName(c.Object))
	if of["optional"] == true || !plain(name) {
		return nil
	}
	ref := reference{from: c.Object, field: path + "." + s.name, kind: s.kind, namespace: targetNamespace(c.Object), name: name}
	if key := text(of, s.key); plain(key) {
		ref.key, ref.keyField = key, path+"."+s.key
	}
	return []reference{ref}
}
