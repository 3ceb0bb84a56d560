package check

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
	"ichor/schema/secret"
)

// from says where an object of the files of a service comes from.
func from(s *model.Service, o *model.Object) string {
	if o.Release != nil {
		return fmt.Sprintf("the chart of %s", o.Release)
	}
	return fmt.Sprintf("the directory of service %q", s.Name.V)
}

// rawDirectorySecrets finds the Secrets in directories and charts whose values
// anybody can read: one that is encrypted, or filled by variables, holds none.
func rawDirectorySecrets(s *model.Service, r *diag.Report) {
	for _, o := range s.Objects {
		if !o.Is("", "Secret") {
			continue
		}
		if o.Encrypted {
			leftPlain(s, o, r)
			continue
		}
		values := slices.DeleteFunc(valuesOf(o), public)
		if len(values) == 0 {
			continue
		}
		f := r.Add(o.Pos, "", fmt.Sprintf("%s in %s contains its values without encryption", o, from(s, o))).
			Advise("%s", unwritten(o))
		f.Secret = slices.ContainsFunc(values, func(v *model.Tree) bool { return v.Pos.Line == o.Pos.Line })
	}
}

// leftPlain finds the secrets that SOPS left as they are, since its rules name other
// fields.
func leftPlain(s *model.Service, o *model.Object, r *diag.Report) {
	for _, f := range secret.Object(o.Kind, true, o.Content) {
		secret.Report(r, o.Body.Follow(f.Path).Pos, fmt.Sprintf("%s in %s", o, from(s, o)), f).
			Advise("change the secret itself, since git keeps this copy; then encrypt this field too (encrypted_regex in .sops.yaml)")
	}
}

// unwritten proposes where the values of a Secret can stand. Flux decrypts no files of
// charts.
func unwritten(o *model.Object) string {
	const keep = "keep its values in the secret store and name them in an ExternalSecret"
	if o.Release != nil {
		return keep
	}
	return keep + ", or encrypt the file with SOPS"
}

// undecrypted finds the Secrets that Flux would refuse to apply as they are. Those
// of charts it does not read.
func undecrypted(c *model.Cluster, r *diag.Report) {
	for _, s := range c.Services {
		if s.Kustomization.Lookup("decryption") != nil {
			continue
		}
		for _, o := range s.Objects {
			kept := strings.EqualFold(o.Text("metadata", "annotations", "kustomize.toolkit.fluxcd.io/decrypt"), "disabled")
			if o.Is("", "Secret") && o.Encrypted && !kept && o.Release == nil {
				r.Add(o.Pos, "", fmt.Sprintf("%s is encrypted, but the spec does not let Flux decrypt the directory of service %q", o, s.Name.V)).
					Note(s.Directory.Pos, "the service applies it").
					Advise("write `kustomization: decryption: {provider: \"sops\", secretRef: name: \"sops-age\"}` in the service, with the Secret that has the key")
			}
		}
	}
}

// valuesOf gives the values of a Secret.
func valuesOf(o *model.Object) []*model.Tree {
	var out []*model.Tree
	for _, field := range []string{"data", "stringData"} {
		if t := o.Body.Lookup(field); t != nil {
			out = append(out, t.Map...)
		}
	}
	return out
}

// public reports whether a value of a Secret tells nothing: it is empty, encrypted
// before kustomize read it, a variable, a certificate without its key, or the name
// of an image or a file.
func public(v *model.Tree) bool {
	text := v.Text()
	if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
		text = string(decoded)
	}
	certificate := strings.Contains(text, "-----BEGIN CERTIFICATE") && !strings.Contains(text, "PRIVATE KEY")
	name := strings.Contains(text, "/") && secret.IsName(text)
	return text == "" || certificate || name || strings.Contains(text, "ENC[") || strings.Contains(text, "${")
}

// directoryLiterals gives the secrets in the objects of a directory that are no Secrets.
func directoryLiterals(s *model.Service) []placed {
	var out []placed
	for _, o := range s.Objects {
		if o.Is("", "Secret") {
			continue // secret-plain
		}
		told := textsOf(s, o)
		_, builtin := release.BuiltinKind(o.Kind)
		for _, f := range secret.Object(o.Kind, builtin, o.Content) {
			if at := o.Body.Follow(f.Path); !told[at.Text()] && !told[f.Value] {
				out = append(out, placed{f, at.Pos})
			}
		}
	}
	return out
}

// textsOf gives the values in the spec that the chart which makes an object has:
// there they are found already.
func textsOf(s *model.Service, o *model.Object) map[string]bool {
	out := map[string]bool{}
	if o.Release != nil && s.Helm != nil {
		s.Helm.Values.Walk(func(v *model.Tree) { out[v.Text()] = true })
	}
	return out
}

// directorySecrets gives the Secrets that the objects of a directory make.
func directorySecrets(s *model.Service) []madeSecret {
	var out []madeSecret
	for _, o := range s.Objects {
		if name := secretOf(o.Kind, o.Name, o.Body); name != "" {
			out = append(out, madeSecret{o.Namespace, name, o.Pos})
		}
		out = append(out, issuedSecrets(o.Namespace, o.Body)...)
	}
	return out
}

// directoryObjects gives what the directory of a service makes, or its chart. What
// says that others may write it too has no owner, and a hook is made anew each time.
func directoryObjects(s *model.Service) []owned {
	var out []owned
	for _, o := range s.Objects {
		if ssa := o.Text("metadata", "annotations", "kustomize.toolkit.fluxcd.io/ssa"); ssa != "" && ssa != "Override" {
			continue
		}
		if o.Release != nil && o.Text("metadata", "annotations", "helm.sh/hook") != "" {
			continue
		}
		by := from(s, o)
		add := func(kind, name string) {
			out = append(out, owned{kind: kind, namespace: o.Namespace, name: name, by: by, at: model.At[string]{V: name, Pos: o.Pos}, object: o})
		}
		switch target := secretOf(o.Kind, o.Name, o.Body); {
		case slices.Contains(capable, o.Kind) && o.Kind != "Secret":
		case o.Kind != "ExternalSecret":
			add(familyOf(o.Group, o.Kind), o.Name)
		case target == o.Name && owner(o):
			add("Secret", target)
		default:
			add(familyOf(o.Group, o.Kind), o.Name)
			if by = fmt.Sprintf("%s in %s", o, by); owner(o) {
				add("Secret", target)
			}
		}
	}
	return out
}

// owner reports whether an ExternalSecret makes its Secret, and does not only fill
// one. Source: External Secrets documentation, creationPolicy.
func owner(o *model.Object) bool {
	policy := o.Text("spec", "target", "creationPolicy")
	return policy == "" || policy == "Owner"
}

// familyOf tells kinds of one name apart: with their API group, where that is not
// the one which everybody means.
func familyOf(group, kind string) string {
	usual, known := groupIn("helm.toolkit.fluxcd.io/v2"), kind == "HelmRelease"
	if k, builtin := release.BuiltinKind(kind); builtin {
		usual, known = groupIn(k.APIVersion), true
	}
	if known && group == usual {
		return kind
	}
	return kind + "." + group
}

// groupIn gives the API group of a version; empty for Kubernetes' core.
func groupIn(apiVersion string) string {
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return ""
	}
	return group
}
