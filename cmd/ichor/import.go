package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ichor/schema/audit"
	"ichor/schema/depend"
	"ichor/schema/load"
	"ichor/schema/model"
	"ichor/schema/scan"
)

func (a *app) importing() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Begin a spec from what is there",
		Long:  "import prints a part of a spec that says what something else said before.",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.importFlux())
	return cmd
}

func (a *app) importFlux() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "flux [DIR]",
		Short: "Print a service for every Kustomization of a Flux repository",
		Long: `flux prints the CUE of a service for every Kustomization of the repository in DIR
that applies anything but other Kustomizations: its directory, and what Flux does with
it beside (components, variables, patches). The order is left out, since it follows;
what is there before Flux stands in bootstrap. A spec can grow from there, one service
after the other.`,
		Example: `  ichor import flux ~/home-ops > spec/services.cue
  ichor import flux . --cluster kubernetes/main/flux/cluster`,
		Args: atMostOneDirectory,
	}
	cluster := clusterFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		r, err := a.repository(directoryOf(args))
		if err != nil {
			return err
		}
		c, err := r.cluster(*cluster)
		if err != nil {
			return err
		}
		text, err := imported(c, depend.Before(r.read.Bootstrap))
		if err != nil {
			return err
		}
		return a.print(text)
	}
	return cmd
}

// imported gives the CUE of a cluster's services.
func imported(c *audit.Cluster, before []model.Fact) (string, error) {
	services := map[string]any{}
	var left []string
	for i, k := range c.Kustomizations {
		switch why := unimportable(k); why {
		case "":
			services[strings.ReplaceAll(c.Units[i].Name, "/", "-")] = service(k)
		default:
			left = append(left, fmt.Sprintf("// %s is left out: %s.", k.ID(), why))
		}
	}
	cluster := map[string]any{"services": services}
	if groups := crdsOf(before, c.Units); len(groups) > 0 {
		cluster["bootstrap"] = map[string]any{"provides": map[string]any{"crds": groups}}
	}
	if len(left) > 0 {
		left = append(left, "", "")
	}
	data, err := load.Write(map[string]any{"cluster": cluster})
	return strings.Join(left, "\n") + string(data), err
}

// crdsOf gives the API groups among facts that a unit needs.
func crdsOf(facts []model.Fact, units []*model.Unit) []string {
	needed := map[model.Capability]bool{}
	for _, u := range units {
		for _, n := range u.Needs {
			needed[n.Capability] = true
		}
	}
	var out []string
	for _, f := range facts {
		if f.Kind == model.KindCRD && needed[f.Capability] {
			out = append(out, f.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unimportable says in a clause why a Kustomization becomes no service.
func unimportable(k *scan.Kustomization) string {
	switch {
	case k.External:
		return "its files come from another repository"
	case k.Path == ".":
		return "it applies the whole repository"
	case slices.ContainsFunc(k.Objects, isKustomization):
		return "it applies other Kustomizations" + beside(k.Objects)
	case len(k.Objects) == 0:
		return "it applies nothing"
	}
	return ""
}

func isKustomization(o *scan.Object) bool { return o.Is(scan.KustomizeGroup, "Kustomization") }

// beside names the objects among Kustomizations, which need a service too.
func beside(objects []*scan.Object) string {
	var out []string
	for _, o := range objects {
		if !isKustomization(o) {
			out = append(out, o.String())
		}
	}
	switch {
	case len(out) == 0:
		return ""
	case len(out) > maxBeside:
		out = append(out[:maxBeside], fmt.Sprintf("%d more", len(out)-maxBeside))
	}
	return ", and " + strings.Join(out, ", ") + ", which want a directory and a service of their own"
}

// maxBeside is how many objects a comment names.
const maxBeside = 8

// kept are the fields of a Kustomization that a service says too.
var kept = []string{
	"components", "ignoreMissingComponents", "targetNamespace", "namePrefix", "nameSuffix", "patches", "images", "commonMetadata",
	"postBuild", "decryption", "force",
}

// service gives the fields of a service of kind path.
func service(k *scan.Kustomization) map[string]any {
	namespace := k.Spec.TargetNamespace
	if namespace == "" {
		namespace = k.Namespace
	}
	out := map[string]any{"namespace": namespace, "path": k.Path}
	spec, _ := k.Content["spec"].(map[string]any)
	said := map[string]any{}
	for _, field := range kept {
		if v, ok := spec[field]; ok && !empty(v) {
			said[field] = v
		}
	}
	if len(said) > 0 {
		out["kustomization"] = said
	}
	if k.Spec.Timeout != nil {
		out["timeout"] = k.Spec.Timeout.Duration.String()
	}
	return out
}

// empty reports whether a value says nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return v == nil || v == false || v == ""
}
