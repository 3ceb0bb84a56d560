package scan

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/secret"
)

// Codes of what is wrong with charts.
const (
	ChartMissing  = "chart-missing"
	ChartTemplate = "chart-template"
	ChartYAML     = "chart-yaml"
	ChartValues   = "chart-values"
	HookOrder     = "hook-order"
)

// chartHelp is what to do about each.
var chartHelp = map[string]string{
	ChartMissing:  "name a directory with a Chart.yaml, a packed chart, or a file of values, relative to the root of the repository",
	ChartTemplate: "correct the template, or set the value that it requires; `helm template` reports the same",
	ChartYAML:     "look at the output of `helm template`, mainly at the indent of inserted text: use nindent",
	ChartValues:   "correct the value or the schema",
	HookOrder:     "make what it uses a hook with the same event and a lower weight",
}

// flaw adds what is wrong with a chart, and may be told more of it. What Helm and the
// author of a template say may quote values.
func (c *Chart) flaw(code string, pos diag.Pos, format string, args ...any) *diag.Finding {
	r := diag.Report{Rule: diag.Rule{Code: code, Severity: diag.Error}}
	if code == HookOrder {
		r.Rule.Severity = diag.Warning
	}
	f := r.Add(pos, "", secret.QuotedOf(c.given...).Hide(fmt.Sprintf(format, args...))).Advise("%s", chartHelp[code])
	if pos.File != c.Release.File {
		f.Note(c.Release.Pos, "%s installs it", c.Release)
	}
	c.Flaws = append(c.Flaws, f)
	return f
}

// templatePlace is where Helm says that an error lies, as web/templates/a.yaml:3:5.
var templatePlace = regexp.MustCompile(`([\w./-]+/[\w.-]+):(\d+)(?::(\d+))?`)

// brokenTemplate tells of an error of Helm at the innermost place that it names.
func (r *reader) brokenTemplate(c *Chart, err error) {
	text := plain(err)
	pos := c.named()
	if !r.tree.isFile(c.Dir) {
		pos = diag.Pos{File: path.Join(c.Dir, "Chart.yaml"), Line: 1, Column: 1}
	}
	for _, m := range templatePlace.FindAllStringSubmatch(text, -1) {
		_, inside, _ := strings.Cut(m[1], "/")
		file := path.Join(c.Dir, inside)
		if !r.tree.isFile(file) {
			continue
		}
		pos.File = file
		pos.Line, _ = strconv.Atoi(m[2])
		if column, err := strconv.Atoi(m[3]); err == nil {
			pos.Column = column + 1
		}
	}
	f := c.flaw(ChartTemplate, pos, "Helm cannot render %s for %s: %s", c.Dir, c.Release, text)
	switch {
	case errors.Is(err, errPointer):
		f.Advise("commit the file itself, or name the directory of the chart")
	case r.tree.isFile(c.Dir):
		f.Advise("correct the chart, or set the value that it requires, and pack the chart again with `helm package`")
	}
}

// refusedValues tells what the schema of a chart says of its values. Of a chart
// in it, the lines are about the values of that one.
func (c *Chart) refusedValues(root string, err error) {
	below := ""
	for line := range strings.Lines(err.Error()) {
		if name, isHead := strings.CutSuffix(line, ":\n"); isHead && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "-") {
			if below = ""; name != root {
				below = "." + name
			}
		}
		field, ok := schemaField(line)
		if !ok {
			continue
		}
		pos := c.Release.Place("spec.values" + below + field)
		c.flaw(ChartValues, pos, "values.schema.json of %s rejects the values of %s: %s", c.Dir, c.Release, strings.TrimPrefix(strings.TrimSpace(line), "- "))
	}
}

// schemaPlace is the place in the values that the validator names, as at '/a/b'.
var schemaPlace = regexp.MustCompile(`at '([^']*)'`)

// schemaField gives the field that a line of the validator tells of.
func schemaField(line string) (string, bool) {
	m := schemaPlace.FindStringSubmatch(line)
	if m == nil {
		return "", false
	}
	return strings.ReplaceAll(m[1], "/", "."), true
}
