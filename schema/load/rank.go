package load

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"

	"ichor/schema/diag"
)

// How structs and lists stand among the values of an index.
const (
	structValue = "{...}"
	listValue   = "[...]"
)

// How much a place tells a reader: anything, a name, a struct or list, the
// value itself.
const (
	rankPlace = iota + 1
	rankName
	rankComposite
	rankLiteral
)

func (x *index) rank(p diag.Pos) int {
	v := x.values[p]
	switch kindOf(v) {
	case "":
		if v == "" {
			return rankPlace
		}
		return rankName
	case "struct", "list":
		return rankComposite
	}
	return rankLiteral
}

// kindOf gives CUE's name for the kind of a value as it stands in a file, and
// nothing for a name.
func kindOf(value string) string {
	switch {
	case value == "":
		return ""
	case value == structValue:
		return "struct"
	case value == listValue:
		return "list"
	case value == "null":
		return "null"
	case value == "true", value == "false":
		return "bool"
	case strings.HasPrefix(value, "'"):
		return "bytes"
	case value[0] == '"', value[0] == '#':
		return "string"
	}
	return numberKind(value)
}

func numberKind(value string) string {
	if _, err := strconv.ParseInt(value, 0, 64); err == nil {
		return "int"
	}
	if _, err := strconv.ParseFloat(value, 64); err != nil {
		return ""
	}
	if strings.ContainsAny(value, ".eE") {
		return "float"
	}
	return "int"
}

// addSigned records a number with its sign.
func (x *index) addSigned(e *ast.UnaryExpr) {
	if lit, ok := e.X.(*ast.BasicLit); ok {
		x.values[x.pos(e.Pos())] = e.Op.String() + lit.Value
	}
}
