package main

import (
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// The document of `ichor graph -o json`.
type (
	graphDocument struct {
		Units []graphUnit `json:"units"`
		Edges []graphEdge `json:"edges"`
	}
	graphUnit struct {
		Name      string            `json:"name"`
		Namespace string            `json:"namespace,omitempty"`
		Directory string            `json:"directory,omitempty"`
		Pos       diag.Pos          `json:"pos,omitzero"`
		Provides  []graphCapability `json:"provides"`
		DependsOn []string          `json:"dependsOn"` // what is left of the hard edges after reduction
	}
	graphCapability struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	}
	graphEdge struct {
		From   string   `json:"from"`
		To     string   `json:"to"`
		Rule   string   `json:"rule"`
		Soft   bool     `json:"soft"`
		Reason string   `json:"reason"`
		Pos    diag.Pos `json:"pos,omitzero"`
	}
)

// graphJSON gives every edge with its rule, reason and place.
func graphJSON(all []*model.Unit) string {
	d := graphDocument{Units: []graphUnit{}, Edges: []graphEdge{}}
	for _, u := range all {
		d.Units = append(d.Units, unitJSON(u))
		for _, e := range u.Edges {
			d.Edges = append(d.Edges, graphEdge{diag.Plain(u.Name), diag.Plain(e.To.Name), e.Rule, e.Soft, diag.Plain(e.Reason), e.Pos.Plain()})
		}
	}
	var b strings.Builder
	if err := diag.WriteJSON(&b, d); err != nil {
		panic(err) // the document is made of strings
	}
	return b.String()
}

func unitJSON(u *model.Unit) graphUnit {
	g := graphUnit{
		Name: diag.Plain(u.Name), Namespace: diag.Plain(u.Namespace), Directory: diag.Plain(u.Directory), Pos: u.Pos.Plain(),
		Provides: []graphCapability{}, DependsOn: []string{},
	}
	for _, f := range u.Provides {
		if c := (graphCapability{f.Kind, diag.Plain(f.Name)}); !slices.Contains(g.Provides, c) {
			g.Provides = append(g.Provides, c)
		}
	}
	for _, e := range u.DependsOn {
		g.DependsOn = append(g.DependsOn, diag.Plain(e.To.Name))
	}
	return g
}
