// Package schema is the language of the spec: the CUE files beside this one,
// embedded. Below it stands the front end, one stage a package.
package schema

import "embed"

// ImportPath is how a spec imports the language.
const ImportPath = "ichor.internal/schema"

// Files are the CUE files of the language.
//
//go:embed *.cue
var Files embed.FS
