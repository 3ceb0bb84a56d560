// Package output is what the generators hand over: files with their origin in
// the spec, the one YAML encoder, and the plan that compares what is wanted
// with what is there.
package output

import "ichor/schema/diag"

// File is one file of the output.
type File struct {
	Path    string // relative to the output directory, with forward slashes
	Content []byte
	Origin  diag.Pos // the place in the spec that caused the file
}
