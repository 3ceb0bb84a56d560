package audit

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/scan"
	"ichor/schema/secret"
)

var plainRules = []rule{
	{diag.Rule{
		Code: "secret-plain", Severity: diag.Warning,
		Summary: "A Secret stands in the repository as it is: whoever reads the repository, or any copy of its history, has it. base64 hides nothing. The finding names the place and never shows the value; an error is one by whose form nothing else can be meant.",
		Wrong:   `kind: Secret, stringData: {password: "..."}`,
		Right:   "the same file encrypted with SOPS, or an ExternalSecret that names the item",
		Source:  "Flux documentation, Manage Kubernetes secrets with SOPS",
	}, plain},
}

func plain(c *Cluster, r *diag.Report) {
	for _, k := range c.Kustomizations {
		for _, o := range k.Objects {
			if !o.Is("", "Secret") || o.Encrypted {
				continue
			}
			for _, v := range o.Body.Lookup("stringData").Fields() {
				value(r, k, o, v, v.Text())
			}
			for _, v := range o.Body.Lookup("data").Fields() {
				if text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(v.Text()), "")); err == nil && utf8.Valid(text) {
					value(r, k, o, v, string(text))
				}
			}
		}
	}
}

// standIn is a text in the place of a secret: an encrypted one, a variable, or a
// word that says that there is none.
var standIn = regexp.MustCompile(`(?i)ENC\[|\$\{|\{\{|<[^<>]+>|change.?me|placeholder|replace|example|dummy|redacted|todo|x{6}|\*{3}`)

func value(r *diag.Report, k *scan.Kustomization, o *scan.Object, v *model.Tree, text string) {
	what, sure := secret.Shape(text)
	switch {
	case standIn.MatchString(text), what == "a certificate":
		return
	case what == "" && secret.Looks(v.Key, text):
		what = "a secret"
	case what == "":
		return
	}
	f := r.Add(v.Pos, k.ID(), fmt.Sprintf("the value of %q in %s looks like %s, and is not encrypted", v.Key, o, what)).
		Advise("replace it where it is used, since git keeps this copy; encrypt the file with SOPS, or fetch it with an ExternalSecret")
	f.Secret = true
	if sure {
		f.Severity = diag.Error
	}
}
