package object

import (
	"ichor/generators/output"
	"ichor/schema/diag"
)

// Placed is an object, the unit that it belongs to, and the place in the spec
// that caused it.
type Placed struct {
	Unit   string
	Object any
	Origin diag.Pos
}

// Files encodes objects into the files of their units, in the order given.
func Files(objects []Placed) ([]output.File, error) {
	files := make([]output.File, 0, len(objects))
	for _, o := range objects {
		f, err := output.Object(o.Unit, o.Object, o.Origin)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}
