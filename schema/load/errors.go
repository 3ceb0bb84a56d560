package load

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"

	"ichor/schema/diag"
)

// Codes of what this package finds.
const (
	codeUnreadable = "spec-unreadable"
	codeSyntax     = "cue-syntax"
	codeNoCluster  = "no-cluster"
	codeStrayField = "stray-field"
	codeUnknown    = "unknown-field"
	codeMissing    = "missing-field"
	codeInvalid    = "invalid-value"
	codeConflict   = "conflicting-values"
	codeReference  = "unknown-reference"
	codeIncomplete = "incomplete-value"
	codeCopy       = "schema-copy"
	codeNoStore    = "secret-without-store"
)

// loadErrors are those of reading and parsing: the package cannot be evaluated.
func (x *index) loadErrors(err error, dir string) diag.List {
	var l diag.List
	for _, e := range errors.Errors(err) {
		d := diag.Diagnostic{Code: codeSyntax, Severity: diag.Error, Message: strings.ReplaceAll(e.Error(), root+"/", "")}
		d.Pos, _ = x.best(errors.Positions(e))
		if !d.Pos.IsValid() {
			d.Code, d.Help = codeUnreadable, ruleHelp[codeUnreadable]
			d.Message = fmt.Sprintf("cannot load the spec in %s: %s", dir, d.Message)
		}
		l = append(l, d)
	}
	return l
}

// cueErrors turns what CUE says into sentences at the user's lines. What only
// follows from another error is left out, and so is an unknown field that is
// among the findings already.
func (x *index) cueErrors(err error, known diag.List) diag.List {
	var l, unplaced diag.List
	for _, e := range errors.Errors(err) {
		d, ok := x.diagnose(e)
		switch {
		case !ok || d.Code == codeUnknown && covered(d, known):
		case d.Pos.IsValid() && d.Severity == diag.Error:
			l = append(l, d)
		default:
			unplaced = append(unplaced, d)
		}
	}
	if len(l) == 0 && !known.HasErrors() {
		return x.place(unplaced)
	}
	return l
}

// place gives findings without a place that of the nearest field around them.
func (x *index) place(l diag.List) diag.List {
	for i := range l {
		l[i].Pos = x.nearest(cue.ParsePath(l[i].Path).Selectors())
	}
	return l
}

// covered reports whether an unknown field lies at or below one that is known.
func covered(d diag.Diagnostic, known diag.List) bool {
	return slices.ContainsFunc(known, func(k diag.Diagnostic) bool {
		return k.Code == codeUnknown && (k.Pos == d.Pos || d.Path == k.Path || strings.HasPrefix(d.Path, k.Path+"."))
	}) || slices.ContainsFunc(known, func(k diag.Diagnostic) bool {
		return k.Code == codeUnknown && strings.HasPrefix(k.Path, "_") && k.Pos.File == d.Pos.File && k.Pos.Line <= d.Pos.Line
	})
}

// diagnose classifies one error of CUE.
func (x *index) diagnose(e errors.Error) (diag.Diagnostic, bool) {
	format, args := e.Msg()
	message := fmt.Sprintf(format, args...)
	d := diag.Diagnostic{Severity: diag.Error, Path: joinPath(e.Path())}
	var value string
	d.Pos, value = x.best(errors.Positions(e))
	switch {
	case strings.Contains(format, "errors in empty disjunction"), strings.Contains(message, "invalid interpolation"):
		return d, false // follows from the error it names, which is reported too
	case strings.Contains(message, "field not allowed"):
		d.Code, d.Message = codeUnknown, fmt.Sprintf("there is no field %q here", last(e.Path()))
	case strings.Contains(message, "required but not present"):
		d.Code, d.Message = codeMissing, fmt.Sprintf("%s lacks the field %q", parentOf(e.Path()), last(e.Path()))
		d.Pos = x.nearest(cue.ParsePath(d.Path).Selectors())
		d.Help = fmt.Sprintf("add `%s: ...` here", last(e.Path()))
	case strings.Contains(format, "mismatched types") && x.typeWanted(e, value) != "":
		d.Code, d.Message = codeInvalid, fmt.Sprintf("%s must be %s", last(e.Path()), x.typeWanted(e, value))
	case strings.Contains(message, "conflicting values"):
		d.Code, d.Message = codeConflict, fmt.Sprintf("%s is given twice: %s", d.Path, message)
		d.Notes = x.others(e, d.Pos)
	case strings.Contains(message, "incomplete value"), strings.Contains(message, "non-concrete value"):
		d.Code, d.Message = codeIncomplete, fmt.Sprintf("%s has no definite value: %s", d.Path, message)
		d.Pos = x.nearest(cue.ParsePath(d.Path).Selectors())
	default:
		d.Code, d.Message = codeInvalid, fmt.Sprintf("%s: %s", last(e.Path()), message)
		if value != "" && value != "[" && value != "{" {
			d.Message = fmt.Sprintf("%s is %s: %s", last(e.Path()), value, message)
		}
	}
	return d, true
}

// wanted are kinds of CUE as a person calls them.
var wanted = map[string]string{
	"string": "a text in quotes", "int": "a whole number", "float": "a number", "number": "a number",
	"bool": "true or false", "list": "a list, [...]", "struct": "a struct, {...}",
}

// typeWanted reads `conflicting values v and w (mismatched types t and u)`:
// where the user wrote one of the two, the language wants the type of the other.
func (x *index) typeWanted(e errors.Error, value string) string {
	_, args := e.Msg()
	if len(args) != 4 || x.written(e) > 1 {
		return ""
	}
	one, other := fmt.Sprint(args[2]), fmt.Sprint(args[3])
	switch kindOf(value) {
	case one:
		return wanted[other]
	case other:
		return wanted[one]
	}
	return ""
}

// written counts the values among the places of an error.
func (x *index) written(e errors.Error) int {
	seen := map[diag.Pos]bool{}
	for _, t := range errors.Positions(e) {
		if p := x.pos(t); x.rank(p) == rankLiteral {
			seen[p] = true
		}
	}
	return len(seen)
}

// kindOf gives the kind of a value by how it begins.
func kindOf(value string) string {
	switch {
	case value == "":
		return ""
	case value == "true" || value == "false":
		return "bool"
	case value[0] == '[':
		return "list"
	case value[0] == '{':
		return "struct"
	case isNumber(value):
		return "int"
	}
	return "string"
}

// others are the further places of a conflict.
func (x *index) others(e errors.Error, not diag.Pos) []diag.Note {
	var notes []diag.Note
	for _, t := range errors.Positions(e) {
		if p := x.pos(t); p.IsValid() && p != not && x.rank(p) == rankLiteral {
			notes = append(notes, diag.Note{Message: "the other value stands here", Pos: p})
		}
	}
	return notes
}

func last(path []string) string {
	if len(path) == 0 {
		return field
	}
	return strings.Trim(path[len(path)-1], `"`)
}

func parentOf(path []string) string {
	if len(path) < 2 {
		return "the spec"
	}
	return joinPath(path[:len(path)-1])
}

// joinPath writes a path as CUE does.
func joinPath(path []string) string { return strings.Join(path, ".") }
