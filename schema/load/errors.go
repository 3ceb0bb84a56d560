package load

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"

	"ichor/schema/diag"
)

// Codes of what this package finds.
const (
	codeUnreadable  = "spec-unreadable"
	codeUnread      = "file-unread"
	codeSyntax      = "cue-syntax"
	codeNoCluster   = "no-cluster"
	codeStrayField  = "stray-field"
	codeUnknown     = "unknown-field"
	codeMissing     = "missing-field"
	codeInvalid     = "invalid-value"
	codeConflict    = "conflicting-values"
	codeReference   = "unknown-reference"
	codeIncomplete  = "incomplete-value"
	codeCopy        = "schema-copy"
	codeNoStore     = "secret-without-store"
	codeCUEVersion  = "cue-version"
	codeCRDs        = "crds-unreadable"
	codeMissingDir  = "path-missing"
	codeUnbuildable = "path-unbuildable"
	codeUntracked   = "path-untracked"
	codeInside      = "path-inside"
	codeFluxPath    = "flux-path"
)

// noPackage finds the file in what CUE's loader says of one without a package clause.
var noPackage = regexp.MustCompile(`(?m)^ *(\S.*\.cue): no package name`)

// loadErrors are those of reading and parsing: the package cannot be evaluated. Of
// each file only the first is reported: the others follow from it as a rule.
func (x *index) loadErrors(err error, dir string) diag.List {
	var l diag.List
	seen := map[string]bool{}
	for _, e := range errors.Errors(err) {
		d := diag.Diagnostic{Code: codeSyntax, Severity: diag.Error, Message: strings.ReplaceAll(e.Error(), root+"/", "")}
		d.Pos, _ = x.best(errors.Positions(e))
		if at := noPackage.FindStringSubmatch(d.Message); at != nil {
			d.Pos = diag.Pos{File: at[1], Line: 1, Column: 1}
			d.Message, d.Help = at[1]+" has no package clause", "begin the file with `package spec`"
		}
		if !d.Pos.IsValid() {
			d.Code, d.Help = codeUnreadable, ruleHelp[codeUnreadable]
			d.Message = fmt.Sprintf("cannot load the spec in %s: %s", dir, d.Message)
		}
		if d.Pos.IsValid() && seen[d.Pos.File] {
			continue
		}
		seen[d.Pos.File] = true
		l = append(l, d)
	}
	return l
}

// cueErrors turns what CUE says into sentences at the user's lines. What only
// follows from another error is left out, and so is an unknown field that is
// among the findings already.
func (x *index) cueErrors(spec cue.Value, err error, known diag.List) diag.List {
	var l, tried, unplaced diag.List
	for _, e := range errors.Errors(err) {
		d, ok := x.diagnose(e)
		d = x.explain(spec, d)
		switch {
		case !ok || d.Code == codeUnknown && covered(d, known):
		case !d.Pos.IsValid():
			unplaced = append(unplaced, d)
		case isConflict(e) && x.written(e) < 2:
			tried = append(tried, d)
		default:
			l = append(l, d)
		}
	}
	l = beside(l, tried)
	if len(l) == 0 && !known.HasErrors() {
		return x.place(unplaced)
	}
	return l
}

// beside adds to findings those conflicts with a choice of the language of
// whose value nothing else is said: CUE tells of each choice that it was tried
// against, beside the language's own sentence.
func beside(l, tried diag.List) diag.List {
	said := map[string]bool{}
	for _, d := range l {
		said[d.Path] = true
	}
	return append(l, slices.DeleteFunc(tried, func(d diag.Diagnostic) bool { return said[d.Path] })...)
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
	case strings.HasPrefix(message, "builtin package "):
		d.Code, d.Message = codeInvalid, fmt.Sprintf("there is no package %s", value)
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
		if d.Notes = x.others(e, d.Pos); len(d.Notes) > 0 {
			d.Message = fmt.Sprintf("%s is given twice: %s and %s", d.Path, value, x.values[d.Notes[0].Pos])
		}
	case strings.Contains(message, "incomplete value"), strings.Contains(message, "non-concrete value"):
		d.Code, d.Message = codeIncomplete, d.Path+" has no value: it only says which values are possible"
		d.Pos = x.nearest(cue.ParsePath(d.Path).Selectors())
		d.Help = "write one value: a type, or several values to choose from, is not a value"
	default:
		d.Code, d.Message = codeInvalid, fmt.Sprintf("%s: %s", last(e.Path()), message)
		if x.rank(d.Pos) == rankLiteral {
			d.Message = fmt.Sprintf("%s is %s: %s", last(e.Path()), value, message)
		}
	}
	return d, true
}

func isConflict(e errors.Error) bool {
	format, _ := e.Msg()
	return strings.Contains(format, "conflicting values")
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

// written counts the values of the user among the places of an error.
func (x *index) written(e errors.Error) int {
	seen := map[diag.Pos]bool{}
	for _, t := range errors.Positions(e) {
		if p := x.pos(t); x.rank(p) >= rankComposite {
			seen[p] = true
		}
	}
	return len(seen)
}

// others are the further places of a conflict: of values where there are any,
// else of structs and lists.
func (x *index) others(e errors.Error, not diag.Pos) []diag.Note {
	var values, composites []diag.Note
	for _, t := range errors.Positions(e) {
		p := x.pos(t)
		note := diag.Note{Message: "the other value is here", Pos: p}
		switch rank := x.rank(p); {
		case p == not:
		case rank == rankLiteral:
			values = append(values, note)
		case rank == rankComposite:
			composites = append(composites, note)
		}
	}
	if len(values) > 0 {
		return values
	}
	return composites
}

// last names what a path leads to; an element of a list by the list.
func last(path []string) string {
	n := len(path)
	if n == 0 {
		return field
	}
	if _, err := strconv.Atoi(path[n-1]); err == nil && n > 1 {
		return fmt.Sprintf("%s[%s]", last(path[:n-1]), path[n-1])
	}
	return strings.Trim(path[n-1], `"`)
}

func parentOf(path []string) string {
	if len(path) < 2 {
		return "the spec"
	}
	return joinPath(path[:len(path)-1])
}

// joinPath writes a path as CUE does.
func joinPath(path []string) string { return strings.Join(path, ".") }
