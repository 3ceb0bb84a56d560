package main

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"ichor/generators"
	"ichor/generators/output"
	"ichor/generators/verify"
	"ichor/schema/model"
)

// mutation is one change of one field of an object.
type mutation struct {
	class string // drop, rename, retype, port, label, namespace, name
	file  string
	field string // as spec.ports[0].port
	tree  map[string]any
}

func (m mutation) String() string { return fmt.Sprintf("%s %s in %s", m.class, m.field, m.file) }

// atLeast is how many mutations each generator's objects get, and share is how
// many of a hundred must be noticed.
const (
	perClass = 40
	atLeast  = 40
	share    = 95
)

// unnoticed says why a mutation cannot be noticed: a pattern of what
// mutation.String gives, and the reason.
var unnoticed = []struct{ pattern, reason string }{
	{`^label spec\.serviceSelector\..*-(default-ipv6|reserved)\.yaml`, "no Service of the reference cluster asks for the pool"},
	{`^drop spec\.secretStoreRef\.kind .*/externalsecret-bgp-`, "kube-system is older than the output, and may have a SecretStore of that name"},
	{`^drop .*\.peerASN `, "the CRD lets a peer be of any ASN"},
	{`^drop .*\.advertisements\.matchLabels `, "an empty selector takes every advertisement, and works"},
	{`^drop spec\.target\.name `, "the Secret has the name of the ExternalSecret then, which is the same"},
	{`^drop spec\.interval in .*/helmrepository-`, "the source-controller has a default"},
	{`^drop spec in .*/namespace-`, "a Namespace needs none"},
	{`^drop .*\.httpGet\.path `, "the API server asks for / then, which is an answer too"},
	{`^(drop|label|port) spec\..*/service-longhorn-ui\.yaml`, "the pods are a chart's, which is not rendered"},
	{`^(name|port) spec\.rules.*/ingress-authentik\.yaml`, "the Service is a chart's, which is not rendered"},
	{`^port .*\.containerPort `, "what a program listens on is known to its image alone; the name of the port goes with it"},
	{`^port spec\.ports\[[12]\]\.port in .*/service-authentik-proxy\.yaml`, "nothing of the cluster calls the port"},
	{`^name spec\.tls\[0\]\.secretName .*/ingress-`, "cert-manager makes the Secret under whatever name the Ingress gives"},
}

// What a generator could write wrong is noticed by the judge of its objects: a
// field that is dropped, misspelt or of another type, a port, a label, a
// namespace or a name that does not fit the others.
func TestMutations(t *testing.T) {
	c := accepted(t, os.DirFS(repository))
	for _, g := range generators.Table() {
		if g.Name == "talos" || g.Name == "router" {
			continue // no objects of Kubernetes: generators/talos and generators/router have judges of their own
		}
		t.Run(g.Name, func(t *testing.T) {
			t.Parallel()
			own, err := g.Generate(c)
			if err != nil {
				t.Fatal(err)
			}
			hold(t, c, sample(mutationsOf(t, own)))
		})
	}
}

// hold counts the mutations that are noticed, and asks for a reason for those
// that are not.
func hold(t *testing.T, c *model.Cluster, all []mutation) {
	t.Helper()
	files, err := generators.Run(c)
	if err != nil {
		t.Fatal(err)
	}
	p := project{spec: "spec", fsys: os.DirFS(repository)}
	world := p.world(c, "")
	noticed := 0
	for _, m := range all {
		if notices(t, world, files, m) {
			noticed++
		} else if reason := reasonFor(m); reason == "" {
			t.Errorf("nothing notices: %s", m)
		} else {
			t.Logf("unnoticed: %s: %s", m, reason)
		}
	}
	t.Logf("%d of %d noticed", noticed, len(all))
	if len(all) < atLeast || noticed*100 < share*len(all) {
		t.Errorf("%d of %d mutations are noticed: at least %d %% of %d are to be", noticed, len(all), share, atLeast)
	}
}

// notices reports whether the judge finds fault with the files once one of them
// is mutated.
func notices(t *testing.T, w verify.World, files []output.File, m mutation) bool {
	t.Helper()
	content, err := yaml.Marshal(m.tree)
	if err != nil {
		t.Fatal(err)
	}
	files = slices.Clone(files)
	i := slices.IndexFunc(files, func(f output.File) bool { return f.Path == m.file })
	files[i].Content = content
	found, err := verify.Files(w, files)
	return err != nil || len(found) > 0
}

func reasonFor(m mutation) string {
	for _, u := range unnoticed {
		if regexp.MustCompile(u.pattern).MatchString(m.String()) {
			return u.reason
		}
	}
	return ""
}

// sample takes a few mutations of each class, spread over all of them.
func sample(all []mutation) []mutation {
	byClass := map[string][]mutation{}
	for _, m := range all {
		byClass[m.class] = append(byClass[m.class], m)
	}
	var out []mutation
	for _, class := range sortedKeys(byClass) {
		of := byClass[class]
		step := max(1, len(of)/perClass)
		for i := 0; i < len(of); i += step {
			out = append(out, of[i])
		}
	}
	return out
}

// mutationsOf gives all mutations of the objects among the files.
func mutationsOf(t *testing.T, files []output.File) []mutation {
	t.Helper()
	var out []mutation
	for _, f := range files {
		if path.Ext(f.Path) != ".yaml" || path.Dir(f.Path) != output.Flux && path.Dir(path.Dir(f.Path)) != output.Manifests {
			continue
		}
		walkFields(read(t, f), "", func(field string, parent map[string]any, key string) {
			for _, class := range classesOf(field, parent[key]) {
				out = append(out, mutated(t, f, class, field))
			}
		})
	}
	return out
}

func read(t *testing.T, f output.File) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := yaml.Unmarshal(f.Content, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// freeform are the places where any field may stand, and any text.
var freeform = regexp.MustCompile(`^(metadata\.annotations|spec\.values|data|stringData|parameters)\b`)

// walkFields visits every field of an object, in order.
func walkFields(tree any, at string, visit func(field string, parent map[string]any, key string)) {
	switch x := tree.(type) {
	case map[string]any:
		for _, key := range sortedKeys(x) {
			field := strings.TrimPrefix(at+"."+key, ".")
			if freeform.MatchString(field) {
				continue
			}
			visit(field, x, key)
			walkFields(x[key], field, visit)
		}
	case []any:
		for i, e := range x {
			walkFields(e, fmt.Sprintf("%s[%d]", at, i), visit)
		}
	}
}

var (
	needed     = regexp.MustCompile(`^(kind|apiVersion|metadata\.name|spec|metadata)$|\.(name|kind|port|number|interval|prune|sourceRef|path|selector|matchLabels|template|containers|image|chart|secretKey|remoteRef|localASN|peerASN|url|provider|storage|pathType|backend|service|containerPort|afi|safi|advertisementType|claimName|mountPath)$`)
	labelField = regexp.MustCompile(`(matchLabels|spec\.selector|template\.metadata\.labels|advertisements\.matchLabels)\.[^.]+(\.[^.]+)*$`)
	portField  = regexp.MustCompile(`(\.port|\.number|\.targetPort|\.containerPort)$`)
	nameField  = regexp.MustCompile(`(secretStoreRef|secretKeyRef|configMapKeyRef|secretRef|configMapRef|sourceRef|dependsOn\[\d+\]|issuerRef|peerConfigRef|service|superuserSecret|secret)\.name$|(storageClass|storageClassName|ingressClassName|secretName|serviceAccountName|claimName)$`)
)

// classesOf gives what can be done to a field.
func classesOf(field string, value any) []string {
	if strings.Contains(field, "abels.") || strings.HasPrefix(field, "spec.selector.") {
		if labelField.MatchString(field) {
			return []string{"label"}
		}
		return nil
	}
	out := []string{"rename"}
	switch value.(type) {
	case string, float64, bool:
		out = append(out, "retype")
	}
	for class, fields := range map[string]*regexp.Regexp{"drop": needed, "port": portField, "name": nameField} {
		if fields.MatchString(field) {
			out = append(out, class)
		}
	}
	if field == "metadata.namespace" {
		out = append(out, "namespace")
	}
	slices.Sort(out)
	return out
}

// mutated gives a file's object with one field changed.
func mutated(t *testing.T, f output.File, class, field string) mutation {
	t.Helper()
	tree := read(t, f)
	walkFields(tree, "", func(at string, parent map[string]any, key string) {
		if at == field {
			change(class, parent, key)
		}
	})
	return mutation{class, f.Path, field, tree}
}

func change(class string, parent map[string]any, key string) {
	value := parent[key]
	switch class {
	case "drop":
		delete(parent, key)
	case "rename":
		delete(parent, key)
		parent[key+"x"] = value
	case "retype":
		parent[key] = retyped(value)
	case "port":
		parent[key] = shifted(value)
	case "namespace":
		parent[key] = "elsewhere"
	default:
		parent[key] = fmt.Sprintf("%vx", value)
	}
}

func retyped(value any) any {
	if _, text := value.(string); text {
		return map[string]any{"value": value}
	}
	return fmt.Sprintf("is %v", value)
}

func shifted(value any) any {
	if n, ok := value.(float64); ok {
		return n + 1
	}
	return fmt.Sprintf("%vx", value)
}
