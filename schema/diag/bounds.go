package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
)

// Bounds of what is printed of one finding, in characters, and of all of them.
const (
	maxText  = 2000 // of a message, a note, a help
	maxNotes = 20
	// maxRepeated is how many findings of one code and severity are printed as text.
	maxRepeated = 100
	// maxFindings is how many are printed for programs: GitHub shows 5,000 results of a run.
	// Source: GitHub documentation, SARIF support for code scanning.
	maxFindings = 5000
)

const ellipsis = "…"

// LeftOut is the rule of the finding that says which others a form for programs leaves
// out.
var LeftOut = Rule{
	Code: "findings-left-out", Severity: Warning,
	Summary: "As json, github or sarif, ichor prints at most 5,000 findings, since GitHub shows no more. It prints the most severe findings, and the exit code counts the others too. --all prints all of them.",
	Source:  "GitHub documentation, SARIF support for code scanning: 5,000 results of a run are shown",
}

// cut gives the start of a text of more than some characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + ellipsis
		}
		n++
	}
	return s
}

// omission is how many findings of a code and severity are not printed.
type omission struct {
	code     string
	severity Severity
	n        int
}

func (o omission) String() string {
	return fmt.Sprintf("%s more of %s (%s)", humanize.Comma(int64(o.n)), o.code, o.severity)
}

// gravest parts findings into so many of the gravest, and how many more there are.
func (l List) gravest(most int) (List, []omission) {
	if len(l) <= most {
		return l, nil
	}
	left := map[Severity]int{}
	for _, s := range []Severity{Error, Warning, Info} {
		n := 0
		for _, d := range l {
			if d.Severity == s {
				n++
			}
		}
		left[s] = min(n, most)
		most -= left[s]
	}
	taken := map[Severity]int{}
	var kept, rest List
	for _, d := range l {
		if taken[d.Severity]++; taken[d.Severity] <= left[d.Severity] {
			kept = append(kept, d)
		} else {
			rest = append(rest, d)
		}
	}
	_, omitted := rest.first(0)
	return kept, omitted
}

// first parts findings into the first of each code and severity, and how many more there
// are of each.
func (l List) first(most int) (List, []omission) {
	type kind struct {
		code     string
		severity Severity
	}
	seen, left := map[kind]int{}, map[kind]int{}
	var kept List
	for _, d := range l {
		k := kind{d.Code, d.Severity}
		if seen[k] < most {
			kept = append(kept, d)
		} else {
			left[k]++
		}
		seen[k]++
	}
	var omitted []omission
	for k, n := range left {
		omitted = append(omitted, omission{k.code, k.severity, n})
	}
	slices.SortFunc(omitted, func(a, b omission) int {
		return cmp.Or(severityRank(a.severity)-severityRank(b.severity), cmp.Compare(a.code, b.code))
	})
	return kept, omitted
}

func severityRank(s Severity) int { return slices.Index([]Severity{Error, Warning, Info}, s) }

// leftOut is the finding that says which others are not printed. It is as grave as the
// gravest of them.
func leftOut(omitted []omission) Diagnostic {
	var all []string
	for _, o := range omitted {
		all = append(all, o.String())
	}
	return Diagnostic{
		Code: LeftOut.Code, Severity: omitted[0].severity,
		Message: "ichor does not print all findings: there are " + strings.Join(all, ", "), Help: "use --all to print them",
	}
}
