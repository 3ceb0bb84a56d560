package scan

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"ichor/schema/diag"
)

// remotes tells of what is fetched from elsewhere.
func remotes(_ *Repository, all []*Kustomization, r *diag.Report) {
	seen := map[string]bool{}
	for _, k := range all {
		for _, m := range k.Fetched {
			at := m.Pos.String() + m.Entry
			if seen[at] || !isWeb(m.Entry) && !remotePattern.MatchString(m.Entry) {
				continue
			}
			seen[at] = true
			f := r.Add(m.Pos, k.id(), fmt.Sprintf("%s of %s has %q, which Flux fetches whenever it builds %s", m.Field, m.File, m.Entry, k.Applier())).
				Advise("commit a copy of one version, or get the resource from a source of Flux")
			if moves := moving(m.Entry); moves != "" {
				f.Severity = diag.Warning
				f.Message = fmt.Sprintf("%s of %s has %q, %s: what Flux applies changes without a commit", m.Field, m.File, m.Entry, moves)
				f.Advise("name a version, or commit a copy of one")
			}
		}
	}
}

var (
	// branches are names of branches that move on.
	branches = []string{"main", "master", "HEAD", "develop", "dev", "trunk", "latest"}
	// raw is a file of a repository at a branch, a tag or a commit.
	raw = regexp.MustCompile(`^https://(?:raw\.githubusercontent\.com/[^/]+/[^/]+|github\.com/[^/]+/[^/]+/(?:raw|blob))/(refs/heads/[^/]+|[^/]+)/`)
	// newest is a file of whatever release is the newest.
	newest = regexp.MustCompile(`^https://github\.com/[^/]+/[^/]+/releases/latest/`)
	// cloned is a repository that kustomize clones, without a file behind it.
	cloned = regexp.MustCompile(`^(git::|git@|ssh://|(https://)?github\.com/)`)
	// file is one that is fetched as it is.
	file = regexp.MustCompile(`\.ya?ml$`)
)

// moving says in a clause that an address has no fixed version; empty where it has
// one, or where nobody can tell.
func moving(entry string) string {
	if newest.MatchString(entry) {
		return "which is always the newest release"
	}
	if m := raw.FindStringSubmatch(entry); m != nil {
		return branch(strings.TrimPrefix(m[1], "refs/heads/"), strings.HasPrefix(m[1], "refs/heads/"))
	}
	address, query, _ := strings.Cut(entry, "?")
	if !cloned.MatchString(entry) || file.MatchString(address) {
		return ""
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	ref := values.Get("ref")
	if ref == "" {
		ref = values.Get("version")
	}
	if ref == "" {
		return "which names no version"
	}
	return branch(ref, strings.HasPrefix(ref, "refs/heads/"))
}

func branch(ref string, sure bool) string {
	if sure || slices.Contains(branches, ref) {
		return fmt.Sprintf("which is branch %q", ref)
	}
	return ""
}
