package load

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// table is what one kind of name can name.
type table struct {
	noun  string
	names []string
	byKey map[string]reflect.Value
}

func tableOf[T any](noun string, items []*T, name func(*T) string) table {
	t := table{noun: noun, byKey: map[string]reflect.Value{}}
	for _, i := range items {
		t.names = append(t.names, name(i))
		t.byKey[name(i)] = reflect.ValueOf(i)
	}
	slices.Sort(t.names)
	return t
}

// link puts a pointer in the place of every name, and finds the names that name
// nothing. Parts of the spec are bound to the service they stand in.
func link(c *model.Cluster) diag.List {
	c.Services = withKinds(c.Services)
	for _, s := range c.Services {
		bind(s)
	}
	findings := applyDefaultStore(c)
	l := &linker{findings: findings, tables: map[reflect.Type]table{
		reflect.TypeFor[*model.VLAN]():            tableOf("VLAN", c.VLANs, func(v *model.VLAN) string { return v.Name.V }),
		reflect.TypeFor[*model.Pool]():            tableOf("pool", c.Pools, func(p *model.Pool) string { return p.Name.V }),
		reflect.TypeFor[*model.ChartRepository](): tableOf("chart repository", c.Charts, func(r *model.ChartRepository) string { return r.Name.V }),
		reflect.TypeFor[*model.Service]():         tableOf("service", c.Services, func(s *model.Service) string { return s.Name.V }),
		reflect.TypeFor[*model.Outpost]():         tableOf("outpost", c.Outposts(), func(o *model.Outpost) string { return o.Name.V }),
		reflect.TypeFor[*model.SecretStore]():     tableOf("secret store", stores(c), func(s *model.SecretStore) string { return s.Name.V }),
		reflect.TypeFor[*model.ObjectStore]():     tableOf("object store", c.ObjectStores, func(o *model.ObjectStore) string { return o.Name.V }),
		reflect.TypeFor[*model.Issuer]():          tableOf("issuer", issuers(c), func(i *model.Issuer) string { return i.Name.V }),
	}}
	l.walk(reflect.ValueOf(c))
	return l.findings
}

// bind tells the parts of a service which service they are of.
func bind(s *model.Service) {
	for _, x := range s.SecretStores {
		x.Service = s
	}
	for _, x := range s.Issuers {
		x.Service = s
	}
	for _, x := range s.Databases {
		x.Service = s
	}
	for _, x := range s.LoadBalancers {
		x.Service = s
	}
	for _, x := range s.Expose {
		x.Service = s
	}
	for _, k := range s.Manifests {
		for _, m := range k.Objects {
			m.Kind = k.Name
		}
	}
}

// stores are the secret stores that services make, and those that bootstrap does.
func stores(c *model.Cluster) []*model.SecretStore {
	var out []*model.SecretStore
	for _, s := range c.Services {
		out = append(out, s.SecretStores...)
		out = append(out, named(s.Provides.SecretStores, func(n model.At[string]) *model.SecretStore { return &model.SecretStore{Name: n} })...)
	}
	return append(out, named(c.Bootstrap.Provides.SecretStores, func(n model.At[string]) *model.SecretStore { return &model.SecretStore{Name: n} })...)
}

func issuers(c *model.Cluster) []*model.Issuer {
	var out []*model.Issuer
	for _, s := range c.Services {
		out = append(out, s.Issuers...)
		out = append(out, named(s.Provides.Issuers, func(n model.At[string]) *model.Issuer { return &model.Issuer{Name: n} })...)
	}
	return append(out, named(c.Bootstrap.Provides.Issuers, func(n model.At[string]) *model.Issuer { return &model.Issuer{Name: n} })...)
}

// named makes items of what a chart or bootstrap is said to bring.
func named[T any](names []model.At[string], item func(model.At[string]) *T) []*T {
	var out []*T
	for _, n := range names {
		out = append(out, item(n))
	}
	return out
}

// applyDefaultStore gives the cluster's store to every secret that names none.
func applyDefaultStore(c *model.Cluster) diag.List {
	var l diag.List
	for _, r := range c.SecretRefs() {
		if !r.IsSet() || r.Store.IsSet() {
			continue
		}
		r.Store = c.SecretStore
		if !r.Store.IsSet() {
			l = append(l, diag.Diagnostic{
				Code: codeNoStore, Severity: diag.Error, Pos: r.Item.Pos, Path: r.Item.Path,
				Message: fmt.Sprintf("the secret %q has no secret store", r.Item.V),
				Help:    "name a store with `store`, or a store for all secrets with `cluster: secretStore`",
			})
		}
	}
	return l
}

type linker struct {
	tables   map[reflect.Type]table
	findings diag.List
}

// walk finds the references in the model. What is not of the spec (pointers
// that linking makes, the units) is not walked.
func (l *linker) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && v.Type() != treeType {
			l.walk(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			l.walk(v.Index(i))
		}
	case reflect.Struct:
		if strings.HasPrefix(v.Type().Name(), "Ref[") {
			l.resolve(v)
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.Anonymous || f.Tag.Get("json") != "" && f.Tag.Get("json") != "-" {
				l.walk(v.Field(i))
			}
		}
	}
}

func (l *linker) resolve(ref reflect.Value) {
	name := ref.FieldByName("Name").Interface().(model.At[string])
	to := ref.FieldByName("To")
	if !name.IsSet() {
		return
	}
	t := l.tables[to.Type()]
	if item, ok := t.byKey[name.V]; ok {
		to.Set(item)
		return
	}
	l.findings = append(l.findings, diag.Diagnostic{
		Code: codeReference, Severity: diag.Error, Pos: name.Pos, Path: name.Path,
		Message: fmt.Sprintf("%s %q does not exist", t.noun, name.V),
		Help:    t.help(name.V),
	})
}

// help names what was meant, or all there is.
func (t table) help(name string) string {
	if near := diag.Nearest(name, t.names); len(near) > 0 {
		return "did you mean " + strings.Join(near, " or ") + "?"
	}
	if len(t.names) == 0 {
		return "the spec has no " + t.noun + " yet: add one"
	}
	return "the spec has " + strings.Join(t.names, ", ")
}
