package verify

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"ichor/schema/diag"
)

var secretTemplateRules = []rule{
	{diag.Rule{
		Code: "template-key-missing", Severity: diag.Error,
		Summary: "The template of an ExternalSecret uses a key that its data does not fetch. External Secrets creates no Secret, and whatever reads the Secret does not start.",
		Wrong:   `cluster: services: web: {namespace: "web", manifests: ExternalSecret: web: spec: {data: [{secretKey: "token", remoteRef: {key: "Web", property: "token"}}], target: template: data: config: "{{ .tokens }}"}}`,
		Right:   `cluster: services: web: {namespace: "web", manifests: ExternalSecret: web: spec: {data: [{secretKey: "token", remoteRef: {key: "Web", property: "token"}}], target: template: data: config: "{{ .token }}"}}`,
		Source:  "External Secrets documentation, Advanced Templating",
	}, secretTemplates},
}

// secretTemplates looks at ExternalSecrets whose keys all stand in data: those of
// dataFrom are in the vault.
func secretTemplates(o *objects, r *diag.Report) {
	for _, x := range o.of("external-secrets.io", "ExternalSecret") {
		version := x.text("spec", "target", "template", "engineVersion")
		if x.value("spec.dataFrom") != nil || x.value("spec.data") == nil || version != "" && version != "v2" {
			continue
		}
		data, _ := x.tree("spec", "target", "template", "data")
		for _, name := range slices.Sorted(maps.Keys(data)) {
			template, _ := data[name].(string)
			templateKeys(r, x, "spec.target.template.data."+name, template)
		}
	}
}

var (
	action = regexp.MustCompile(`\{\{.*?\}\}`)
	// datum is a field of the data that the template gets; after a closing bracket
	// or a name it is one of something else.
	datum = regexp.MustCompile(`(?:^|[\s({|])\.([A-Za-z_][A-Za-z0-9_]*)`)
	// ownScope is where a dot may mean something else than the data.
	ownScope = regexp.MustCompile(`\{\{-?\s*(?:range|with|define|template|block)\b`)
)

func templateKeys(r *diag.Report, x *Object, field, template string) {
	var keys []string
	for _, d := range list(x, "spec", "data") {
		keys = append(keys, text(d, "secretKey"))
	}
	if ownScope.MatchString(template) || slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(k, "${") }) {
		return
	}
	for _, a := range action.FindAllString(template, -1) {
		for _, m := range datum.FindAllStringSubmatch(a, -1) {
			if !slices.Contains(keys, m[1]) {
				at(r, x, field, "the template of %s uses .%s, which its data does not fetch", x, m[1]).
					Advise("fetch the value under that secretKey, or use one of %s", strings.Join(keys, ", ")).Propose(m[1], keys)
			}
		}
	}
}
