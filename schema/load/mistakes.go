package load

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"ichor/schema"
	"ichor/schema/diag"
)

// mistake is one that people make who know YAML better than CUE.
type mistake struct {
	codes   string         // of the findings that it causes
	pattern *regexp.Regexp // of a finding's message, the line before its own, and its line
	help    string         // what to write instead, with the pattern's groups
}

// listHelp is for each item of a list of YAML.
const listHelp = `write a list in brackets, as ["a", "b"]`

// mistakes are tried in turn. Each says what to write instead of what CUE did not
// understand.
var mistakes = []mistake{
	{codeSyntax, line(`\s*#[^:]*|\s*#\s.*|.*\s#\s.*`), "begin a comment with // and not with #"},
	{codeSyntax, line(`(?:.*[\s{,])?([A-Za-z_]\w*(?:[-./]\w+)+)\s*:.*`), `write quotes around a name with a dash, a dot or a slash: "${1}": ...`},
	{codeInvalid, line(`\s*(#\w+)\s*`), "begin a comment with //; ${1} is the name of a definition"},
	{codeSyntax + codeInvalid, line(`\s*-\s.*`), listHelp},
	{codeSyntax, lines(`\s*"?([\w-]+)"?\s*=\s*(["'\d].*)`), "write a colon between a name and its value: ${1}: ${2}"},
	{codeInvalid, regexp.MustCompile(`reference "(?i:(true|yes|on|false|no|off))" not found`), "write true or false, in lower case and without quotes"},
	{codeInvalid, regexp.MustCompile(`reference "schema" not found`), `write import "` + schema.ImportPath + `" below the package clause`},
	{codeInvalid, regexp.MustCompile(`no package "[^"]*schema[^"]*"`), `the language is the package "` + schema.ImportPath + `"`},
	{codeInvalid, at(`reference "(\w+)" not found`, `[\w./:@-]*`), `write quotes around text: "${2}"; without quotes it is the name of another field`},
	{codeInvalid, at(` is '.*`, `'([^']*)'`), `write double quotes: "${2}"; single quotes are for bytes`},
	{codeInvalid, at(`(?:\d+ to \d+.*|must be a (?:whole )?number)`, `"(-?[\d.]+)"`), "write a number without quotes: ${2}"},
	{codeUnknown, regexp.MustCompile(`no field "dependsOn"`), "delete it: ichor computes dependsOn. If a service waits for something that it names nowhere else, name it in `after`"},
}

// line is the pattern of a finding's own line.
func line(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`\n.*\n(?:` + pattern + `)\n`)
}

// lines is the pattern of a finding's line, or of the one before it.
func lines(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`\n(?:` + pattern + `)\n`)
}

// at is the pattern of a message, and of what stands at the finding's column.
func at(message, pattern string) *regexp.Regexp {
	return regexp.MustCompile(`^[^\n]*` + message + `\n.*\n.*\n(` + pattern + `)`)
}

// advised adds what to write instead to findings about mistakes that many make. The
// items of a list of YAML are one mistake.
func advised(repository fs.FS, l diag.List) diag.List {
	for i, d := range l {
		if !d.Pos.IsValid() || d.Help != "" && d.Code != codeUnknown {
			continue
		}
		around := surroundings(repository, d)
		for _, m := range mistakes {
			if found := m.pattern.FindStringSubmatchIndex(around); found != nil && strings.Contains(m.codes, d.Code) {
				l[i].Help = string(m.pattern.ExpandString(nil, m.help, around, found))
				break
			}
		}
	}
	return slices.CompactFunc(l, func(a, b diag.Diagnostic) bool {
		return a.Help == listHelp && b.Help == listHelp && a.Pos.File == b.Pos.File
	})
}

// surroundings gives a finding's message, the line before its own, its line, and what
// stands there from its column on: four lines.
func surroundings(repository fs.FS, d diag.Diagnostic) string {
	data, _ := fs.ReadFile(repository, d.Pos.File) // CUE has read it before
	all := strings.Split("\n"+string(data), "\n")
	if d.Pos.Line < 1 || d.Pos.Line >= len(all) {
		return ""
	}
	own := all[d.Pos.Line]
	return strings.Join([]string{d.Message, all[d.Pos.Line-1], own, own[min(max(d.Pos.Column-1, 0), len(own)):]}, "\n")
}
