package importer

import (
	"fmt"
	"strconv"
	"strings"

	"ichor/schema/secret"
)

// withoutSecrets gives the fields of a service with every secret in them replaced, and a
// comment on each: what is printed goes into a spec, and so into git.
func withoutSecrets(fields map[string]any) (map[string]any, []string) {
	found := map[string][]secret.Finding{}
	var comments []string
	for _, f := range secret.Tree(fields) {
		at := strings.Join(f.Path, "/")
		found[at] = append(found[at], f)
		comments = append(comments, fmt.Sprintf("ichor leaves out a secret, %s: keep it in the secret store, and change the secret itself, since the repository has a copy of it.", f.Subject()))
	}
	if len(found) == 0 {
		return fields, nil
	}
	return hidden(fields, "", found).(map[string]any), comments
}

// hidden copies a tree without its secrets, which are found by their paths.
func hidden(value any, path string, found map[string][]secret.Finding) any {
	below := func(part string) string { return strings.TrimPrefix(path+"/"+part, "/") }
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, x := range v {
			out[key] = hidden(x, below(key), found)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = hidden(x, below(strconv.Itoa(i)), found)
		}
		return out
	case string:
		for _, f := range found[path] {
			v = strings.ReplaceAll(v, f.Value, secret.Hidden)
		}
		return v
	}
	return value
}
