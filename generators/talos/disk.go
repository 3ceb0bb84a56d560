package talos

import (
	"strconv"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/cel"
	"github.com/siderolabs/talos/pkg/machinery/cel/celenv"

	"ichor/schema/model"
)

// selectDisk gives the expression by which Talos finds a volume's disk, in the
// environment that its library calls DiskLocator. The machine's own disk is
// never taken, however wide the pattern is.
//
// Source: pkg/machinery/cel/celenv and api/resource/definitions/block; Talos
// 1.10 has all of it (disk.symlinks holds the links under /dev/disk).
func selectDisk(d model.Disk) (cel.Expression, error) {
	text := diskTerm(d) + " && !system_disk"
	if _, err := cel.ParseBooleanExpression(text, celenv.DiskLocator()); err != nil {
		return cel.Expression{}, err
	}
	// The text is kept as it is: the library cannot print a parsed exists().
	var e cel.Expression
	err := e.UnmarshalText([]byte(text))
	return e, err
}

func diskTerm(d model.Disk) string {
	switch {
	case d.Model.IsSet():
		return match(d.Model.V, "disk.model")
	case !strings.HasPrefix(d.Path.V, "/dev/disk/"):
		return match(d.Path.V, "disk.dev_path")
	case isGlob(d.Path.V):
		return "disk.symlinks.exists(link, " + match(d.Path.V, "link") + ")"
	}
	return strconv.Quote(d.Path.V) + " in disk.symlinks"
}

// match compares a value with a pattern. CEL reads the escapes that Go writes.
func match(pattern, value string) string {
	if isGlob(pattern) {
		return "glob(" + strconv.Quote(pattern) + ", " + value + ")"
	}
	return value + " == " + strconv.Quote(pattern)
}

// isGlob reports whether a pattern has a wildcard; Talos knows the star alone.
func isGlob(pattern string) bool { return strings.Contains(pattern, "*") }
