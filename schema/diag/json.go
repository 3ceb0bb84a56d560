package diag

import (
	"encoding/json"
	"io"
)

// document is what JSON prints.
type document struct {
	Errors   int  `json:"errors"`
	Warnings int  `json:"warnings"`
	Findings List `json:"findings"` // never null
}

func printJSON(w io.Writer, l List) error {
	d := document{Findings: l}
	if l == nil {
		d.Findings = List{}
	}
	d.Errors, d.Warnings = l.Count()
	return writeJSON(w, d)
}

// writeJSON writes one indented document, with < and & as they are.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
