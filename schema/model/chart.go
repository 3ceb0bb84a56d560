package model

import (
	"slices"
	"strings"
)

// ReleaseName is how Helm calls the release of a HelmRelease, by its own name and
// what its spec says of a name and a namespace. Source: helm-controller,
// HelmRelease.GetReleaseName.
func ReleaseName(name, said, target string) string {
	switch {
	case said != "":
		return said
	case target != "":
		return target + "-" + name
	}
	return name
}

// ReleaseNames gives how the names of what a HelmRelease makes begin: with that of
// the release, or with what its values say instead, in the chart or in one below
// it. It is false where not all values are seen. Source: the helpers that
// `helm create` writes, fullname.
func ReleaseNames(release map[string]any) (names []string, seen bool) {
	spec, _ := release["spec"].(map[string]any)
	metadata, _ := release["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	said, _ := spec["releaseName"].(string)
	target, _ := spec["targetNamespace"].(string)
	if from, _ := spec["valuesFrom"].([]any); len(from) > 0 {
		return nil, false
	}
	names = overrides(spec["values"], []string{ReleaseName(name, said, target)})
	return names, !slices.ContainsFunc(names, func(n string) bool { return n == "" || strings.ContainsAny(n, "${}") })
}

// overrides adds the names that values give in the place of the release's.
func overrides(values any, names []string) []string {
	switch v := values.(type) {
	case map[string]any:
		for key, value := range v {
			if text, ok := value.(string); ok && text != "" && slices.Contains([]string{"fullnameOverride", "nameOverride", "prefixOverride"}, key) {
				names = append(names, text)
			}
			names = overrides(value, names)
		}
	case []any:
		for _, item := range v {
			names = overrides(item, names)
		}
	}
	return names
}

// NamedFor reports whether a name is one of those, or begins with one and a
// hyphen.
func NamedFor(name string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return name == n || strings.HasPrefix(name, n+"-") })
}
