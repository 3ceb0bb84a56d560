package audit

import (
	"fmt"
	"path"

	"ichor/schema/diag"
	"ichor/schema/scan"
)

// It stays an info: people keep what they switched off, and what they apply by hand
// (a restore, a test), beside the rest; only they know.
var unreadRules = []rule{
	{diag.Rule{
		Code: "manifest-unread", Severity: diag.Info,
		Summary: "A file with Kubernetes objects, or a directory of them, lies where Flux looks, and no kustomization file names it: it is edited for nothing. Many keep so what they switched off, which the audit cannot tell from what was forgotten.",
		Wrong:   "resources: [./helmrelease.yaml]   # and backup.yaml beside it",
		Right:   "resources: [./backup.yaml, ./helmrelease.yaml]",
	}, unread},
}

// unread tells of files once, in the first cluster.
func unread(c *Cluster, r *diag.Report) {
	if c.Repository.Clusters[0] != c.Cluster {
		return
	}
	for _, u := range c.Repository.Unread {
		f := r.Add(diag.Pos{File: u.First, Line: 1, Column: 1}, "", fmt.Sprintf("no kustomization names %s, so Flux never applies %s", u.Path, what(u)))
		if u.Comment.IsValid() {
			f.Note(u.Comment, "a comment names it")
		}
		switch {
		case u.Beside != "":
			f.Advise("name it in %s, or delete it", u.Beside)
		case u.IsDir:
			f.Advise("point a Kustomization at it, or delete it")
		default:
			f.Advise("name it in %s, or delete it", path.Join(path.Dir(u.Path), "kustomization.yaml"))
		}
	}
}

func what(u scan.Unread) string {
	switch {
	case !u.IsDir:
		return "it"
	case len(u.Files) == 0:
		return "what it builds"
	}
	return "the " + counted(len(u.Files), "file") + " in it"
}
