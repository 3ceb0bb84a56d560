// Package output is what the generators hand over: files with their origin in
// the spec, the one YAML encoder, and the plan that compares what is wanted
// with what is there.
package output

import (
	"strings"

	"ichor/schema/diag"
)

// File is one file of the output.
type File struct {
	Path    string // relative to the output directory, with forward slashes
	Content []byte
	Origin  diag.Pos         // the place in the spec that caused the file
	Fields  map[string]Place // where the spec says single fields itself, by their path as spec.ports[0].name
	// Warnings are what the library of the file's target warns about; it accepts the file.
	Warnings diag.List
}

// Place is where the spec says something: the place, and the CUE path of what
// stands there.
type Place struct {
	Pos  diag.Pos
	Path string
}

// Place gives where the spec says a field, or the nearest one around it; the
// origin of the file where it says none of them. A label or a file name as a
// key may stand in brackets, as metadata.labels[app], or not.
func (f File) Place(field string) Place {
	field = dotted(field)
	for field != "" {
		if p, ok := f.Fields[field]; ok {
			return p
		}
		field = field[:max(0, strings.LastIndexAny(field, ".["))]
	}
	return Place{Pos: f.Origin}
}

// dotted writes keys as they stand in Fields: those in brackets that are no
// index follow a dot.
func dotted(field string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(field, "[")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		key, after, _ := strings.Cut(rest, "]")
		if strings.Trim(key, "0123456789") == "" {
			out.WriteString("[" + key + "]")
		} else {
			out.WriteString("." + strings.Trim(key, `"`))
		}
		field = after
	}
}

// Warnings gives the warnings about all files, each once.
func Warnings(files []File) diag.List {
	var found diag.List
	for _, f := range files {
		found = append(found, f.Warnings...)
	}
	return found.Sort()
}
