package scan

import (
	"net/url"
	"path"
	"strings"
)

// isWeb reports whether kustomize fetches a path by HTTP. It asks so before it
// looks for a file. Source: kustomize, loader.IsRemoteFile.
func isWeb(entry string) bool {
	u, err := url.Parse(entry)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https")
}

// ambiguous reports whether kustomize could take a path for an address, whatever is
// there by that name. Every address has a scheme (ssh://, git::), a user (git@) or
// begins with GitHub's host. Source: kustomize, git.NewRepoSpecFromURL.
func ambiguous(entry string) bool {
	return strings.ContainsAny(entry, ":@") || strings.HasPrefix(strings.ToLower(entry), "github.com")
}

// asPath gives an entry as kustomize is to read it: as a path of the repository.
// What begins with ./ or ../ or / has no scheme, no user and no host.
func asPath(entry string) string {
	if !ambiguous(entry) || path.IsAbs(entry) || strings.HasPrefix(entry, "./") || strings.HasPrefix(entry, "../") {
		return entry
	}
	return "./" + entry
}
