package main

import (
	"ichor/generators/output"
	"ichor/schema/diag"
)

// Codes of differences between the output and what the spec gives.
const (
	codeMissing = "output-missing"
	codeChanged = "output-changed"
	codeStale   = "output-stale"
)

// differenceRules gives what `ichor explain` tells of the codes.
func differenceRules() []diag.Rule {
	return []diag.Rule{
		{
			Code: codeMissing, Severity: diag.Error,
			Summary: "The output lacks a file that the spec produces: the spec changed, and ichor generate was not run, or its result is not committed.",
		},
		{
			Code: codeChanged, Severity: diag.Error,
			Summary: "A file of the output differs from what the spec produces now: the spec or ichor changed, and ichor generate was not run, or its result is not committed.",
		},
		{
			Code: codeStale, Severity: diag.Error,
			Summary: "The output has a file that the spec no longer produces. ichor generate deletes the file, and Flux then prunes what the file held.",
		},
	}
}

// differences tells every file that generate would touch. A missing file has
// the place in the spec that gives it; the others have their own.
func differences(p *output.Plan, dir string, files []output.File) diag.List {
	origins := map[string]diag.Pos{}
	for _, f := range files {
		origins[f.Path] = f.Origin
	}
	var l diag.List
	for _, c := range p.Changes {
		place := dir + "/" + c.Path
		d := diag.Diagnostic{Severity: diag.Error, Pos: diag.Pos{File: place, Line: 1, Column: 1}, Help: "run ichor generate"}
		switch c.Action {
		case output.Create:
			d.Code, d.Message, d.Pos = codeMissing, place+" is missing", origins[c.Path]
		case output.Update:
			d.Code, d.Message = codeChanged, place+" differs from what the spec produces"
			d.Notes = origin(origins[c.Path])
		case output.Delete:
			d.Code, d.Message = codeStale, place+" is a file that the spec no longer produces"
		default:
			continue
		}
		l = append(l, d)
	}
	return l
}

func origin(at diag.Pos) []diag.Note {
	if !at.IsValid() {
		return nil
	}
	return []diag.Note{{Message: "it comes from here", Pos: at}}
}

// listed gives a line for each difference.
func listed(l diag.List) string {
	text := ""
	for _, d := range l {
		text += diag.Line("%s", d.Message)
	}
	return text
}

// planned gives a line for each file that would be touched.
func planned(p *output.Plan) string {
	text := ""
	for _, c := range p.Changes {
		if c.Action != output.Unchanged {
			text += diag.Line("%s %s", c.Action, c.Path)
		}
	}
	return text
}
