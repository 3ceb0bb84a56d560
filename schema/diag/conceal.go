package diag

import (
	"cmp"
	"slices"
	"strings"
)

// concealed gives findings that tell no secret: none quotes one that another found, or
// what has the form of one, and a line on which one stands is shown by none.
func (p Printer) concealed(l List) List {
	type line struct {
		file string
		n    int
	}
	held := map[line]bool{}
	var values []string
	for _, d := range l {
		if d.Secret {
			held[line{d.Pos.File, d.Pos.Line}] = true
		}
		values = append(values, d.Hide...)
	}
	conceal := p.conceal(values)
	out := slices.Clone(l)
	for i := range out {
		d := &out[i]
		d.Secret = d.Secret || held[line{d.Pos.File, d.Pos.Line}]
		d.Message, d.Path, d.Help, d.Notes = conceal(d.Message), conceal(d.Path), conceal(d.Help), slices.Clone(d.Notes)
		for j := range d.Notes {
			d.Notes[j].Message = conceal(d.Notes[j].Message)
		}
	}
	return out
}

// conceal gives what takes secrets out of a text: some values, and what has the form of
// one.
func (p Printer) conceal(values []string) func(string) string {
	slices.SortFunc(values, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, v := range slices.Compact(values) {
		if v == "" {
			continue
		}
		pairs = append(pairs, v, Hidden)
	}
	known := strings.NewReplacer(pairs...)
	return func(text string) string {
		if len(pairs) > 0 {
			text = known.Replace(text)
		}
		if p.Conceal != nil {
			text = p.Conceal(text)
		}
		return text
	}
}

// Hidden stands in messages in the place of a secret.
const Hidden = "(hidden)"
