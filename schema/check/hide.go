package check

import (
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/secret"
)

// hideSecrets keeps every finding from telling a secret: printers do not show
// the line where one stands, and no message quotes it.
func hideSecrets(literals []model.Literal, all diag.List) diag.List {
	type line struct {
		file string
		n    int
	}
	held := map[line]bool{}
	for _, d := range all {
		if d.Secret {
			held[line{d.Pos.File, d.Pos.Line}] = true
		}
	}
	if len(held) == 0 {
		return all
	}
	quoted := quotesOf(literals)
	for i, d := range all {
		all[i].Secret = d.Secret || held[line{d.Pos.File, d.Pos.Line}]
		all[i].Message = quoted.Replace(d.Message)
		all[i].Path = quoted.Replace(d.Path)
		all[i].Help = quoted.Replace(d.Help)
		for j, n := range d.Notes {
			all[i].Notes[j].Message = quoted.Replace(n.Message)
		}
	}
	return all
}

// quotesOf replaces every secret among the literals.
func quotesOf(literals []model.Literal) *strings.Replacer {
	var pairs []string
	for _, l := range literals {
		for _, f := range secretsIn(l) {
			if !l.Comment {
				pairs = append(pairs, f.Value, secret.Hidden)
			}
		}
	}
	return strings.NewReplacer(pairs...)
}
