package output

import "ichor/schema/diag"

// Refusal is the error of a generator whose library refuses what the spec hands
// to it as it is: a finding about the spec, where every other error of a
// generator is a bug of ichor's.
type Refusal struct{ diag.Diagnostic }

func (r *Refusal) Error() string { return r.Pos.String() + ": " + r.Message }

// Refusals gives the refusals in an error of generators, each once.
func Refusals(err error) diag.List {
	switch e := err.(type) {
	case *Refusal:
		return diag.List{e.Diagnostic}
	case interface{ Unwrap() error }:
		return Refusals(e.Unwrap())
	case interface{ Unwrap() []error }:
		var found diag.List
		for _, part := range e.Unwrap() {
			found = append(found, Refusals(part)...)
		}
		return found.Sort()
	}
	return nil
}
