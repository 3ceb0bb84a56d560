package output

import (
	"fmt"

	"ichor/schema/diag"
)

// Codes of what stands in the way of a plan.
const (
	codeEdited    = "output-edited"
	codeForeign   = "output-foreign"
	codeInventory = "output-inventory"
	codeOwner     = "output-owner"
)

// Rules gives what `ichor explain` tells of the conflicts.
func Rules() []diag.Rule {
	return []diag.Rule{
		{
			Code: codeEdited, Severity: diag.Error,
			Summary: "A generated file was edited by hand. The next generate would undo the edit, so ichor leaves the file alone and writes nothing until the edit is moved into the spec or undone.",
		},
		{
			Code: codeForeign, Severity: diag.Error,
			Summary: "Something that ichor did not write is at the path of a generated file. ichor overwrites and deletes only files that its inventory lists with the content they have.",
		},
		{
			Code: codeInventory, Severity: diag.Error,
			Summary: "The list of generated files, inventory.json, cannot be read. Without it ichor cannot tell its own files from others, so it writes nothing.",
		},
		{
			Code: codeOwner, Severity: diag.Error,
			Summary: "The output directory holds the output of another cluster or of another spec, as its inventory.json records. Generating there would delete that cluster's machine configurations and units, so ichor writes nothing. ichor keeps using the directory where only the name of the cluster changes, or only the place of the spec.",
			Wrong:   "clusters/home and clusters/lab, both with the default flux.path",
			Right:   "cluster: flux: path: \"out/lab\"",
		},
	}
}

func conflict(code, message, help string) diag.Diagnostic {
	return diag.Diagnostic{Code: code, Severity: diag.Error, Message: message, Help: help}
}

// generatedFrom adds the place in the spec that wants the file.
func generatedFrom(d diag.Diagnostic, origin diag.Pos) diag.Diagnostic {
	if origin.IsValid() {
		d.Notes = append(d.Notes, diag.Note{Message: "the file is generated from here", Pos: origin})
	}
	return d
}

func edited(place string, origin diag.Pos) diag.Diagnostic {
	return generatedFrom(conflict(codeEdited,
		fmt.Sprintf("%s was edited by hand", place),
		fmt.Sprintf("make the change in the spec instead, and delete the file or undo the edit with `git checkout -- %s`", place)), origin)
}

func editedStale(place, dir string) diag.Diagnostic {
	return conflict(codeEdited,
		fmt.Sprintf("%s is no longer generated, but it was edited by hand", place),
		fmt.Sprintf("delete the file, or move it out of %s to keep it", dir))
}

func foreign(place, inventory string, origin diag.Pos) diag.Diagnostic {
	return generatedFrom(conflict(codeForeign,
		fmt.Sprintf("%s is in the way: ichor did not write it", place),
		fmt.Sprintf("move it or delete it; if ichor did write it, restore the list of its files with `git checkout -- %s`", inventory)), origin)
}

func inTheWay(place, kind string, origin diag.Pos) diag.Diagnostic {
	return generatedFrom(conflict(codeForeign,
		fmt.Sprintf("%s is in the way: it is %s, and ichor did not create it", place, kind),
		"move it or delete it"), origin)
}

func unreadable(place string, reason inventoryError) diag.Diagnostic {
	help := "restore it with `git checkout -- " + place + "`; or delete it: ichor then adopts the files that already have the generated content"
	if reason.newer {
		help = "run the version of ichor that wrote it, or a newer version"
	}
	return conflict(codeInventory, fmt.Sprintf("%s cannot be read: %s", place, reason), help)
}
