package audit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
)

var secretRules = []rule{
	{diag.Rule{
		Code: "template-key-missing", Severity: diag.Error,
		Summary: "The template of an ExternalSecret uses a key that its data does not fetch: External Secrets makes no Secret, and what reads it does not start.",
		Wrong:   `data: [{secretKey: token, ...}], target: template: data: {config: "{{ .tokens }}"}`,
		Right:   `data: [{secretKey: token, ...}], target: template: data: {config: "{{ .token }}"}`,
		Source:  "External Secrets documentation, Advanced Templating",
	}, templates},
}

// templates looks at ExternalSecrets whose keys all stand in data: those of
// dataFrom are in the vault.
func templates(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			spec := o.Body.Lookup("spec")
			if !o.Is("external-secrets.io", "ExternalSecret") || spec.Lookup("dataFrom") != nil || spec.Lookup("data") == nil {
				continue
			}
			template := spec.Lookup("target", "template")
			if v := template.Lookup("engineVersion").Text(); v != "" && v != "v2" {
				continue
			}
			keys := fetched(spec.Lookup("data"))
			template.Lookup("data").Walk(func(t *model.Tree) { templateKeys(r, k, o, t, keys) })
		}
	}
}

func fetched(data *model.Tree) []string {
	var out []string
	for _, d := range data.List {
		out = append(out, d.Lookup("secretKey").Text())
	}
	return out
}

var (
	action = regexp.MustCompile(`\{\{.*?\}\}`)
	// fieldOf is a field of the data that the template gets; after a closing
	// bracket or a name it is one of something else.
	fieldOf = regexp.MustCompile(`(?:^|[\s({|])\.([A-Za-z_][A-Za-z0-9_]*)`)
	// scope is where a dot may mean something else than the data.
	scope = regexp.MustCompile(`\{\{-?\s*(?:range|with|define|template|block)\b`)
)

func templateKeys(r *diag.Report, k *scan.Kustomization, o *scan.Object, t *model.Tree, keys []string) {
	text, ok := t.Scalar.(string)
	if !ok || scope.MatchString(text) || slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(k, "${") }) {
		return
	}
	for _, a := range action.FindAllString(text, -1) {
		for _, m := range fieldOf.FindAllStringSubmatch(a, -1) {
			if !slices.Contains(keys, m[1]) {
				r.Add(t.Pos, k.ID(), fmt.Sprintf("the template of %s uses .%s, which its data does not fetch", o, m[1])).
					Advise("fetch it under that secretKey, or use one of %s", strings.Join(keys, ", ")).Propose(m[1], keys)
			}
		}
	}
}
