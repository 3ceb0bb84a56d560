package diag

import (
	"fmt"
	"strings"
)

// Report collects the findings of one rule.
type Report struct {
	Rule  Rule
	Found []*Finding
}

// Finding is a diagnostic in the making.
type Finding struct{ Diagnostic }

// Add reports a finding at a place and the CUE path of what stands there, with
// the code and severity of the rule.
func (r *Report) Add(pos Pos, path, message string) *Finding {
	f := &Finding{Diagnostic{
		Code: r.Rule.Code, Severity: r.Rule.Severity, Message: message, Pos: pos, Path: path,
	}}
	r.Found = append(r.Found, f)
	return f
}

// Merged gives the findings. What stands in a template is found once for each
// thing made of it: the first is kept, with the paths of the others.
func (r *Report) Merged() List {
	var out List
	first := map[Pos]int{}
	for _, f := range r.Found {
		i, seen := first[f.Pos]
		if !seen || f.Path == "" || f.Path == out[i].Path || !f.Pos.IsValid() {
			if !seen {
				first[f.Pos] = len(out)
			}
			out = append(out, f.Diagnostic)
			continue
		}
		out[i].Notes = append(out[i].Notes, Note{Message: "the same holds for " + f.Path})
	}
	return out
}

// Note adds a second place.
func (f *Finding) Note(pos Pos, format string, args ...any) *Finding {
	f.Notes = append(f.Notes, Note{Message: fmt.Sprintf(format, args...), Pos: pos})
	return f
}

// Advise says what to do.
func (f *Finding) Advise(format string, args ...any) *Finding {
	f.Help = fmt.Sprintf(format, args...)
	return f
}

// Propose advises the names that a mistyped one may have meant; where none is
// near, the advice stays as it is.
func (f *Finding) Propose(name string, names []string) *Finding {
	if near := Nearest(name, names); len(near) > 0 {
		return f.Advise("did you mean %s?", OneOf(near))
	}
	return f
}

// OneOf joins names for a sentence: "a", "b" or "c".
func OneOf(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	last := len(quoted) - 1
	if last < 1 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
