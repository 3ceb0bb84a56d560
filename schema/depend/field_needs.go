package depend

import (
	"regexp"
	"strings"

	"ichor/schema/model"
	"ichor/schema/scan"
)

// networks finds the additional networks of a pod, by the annotation of the
// network plumbing working group: name, namespace/name, several with commas, or
// a list in JSON.
func (w *wants) networks(o *model.Object) {
	o.Body.Walk(func(t *model.Tree) {
		if t.Key != "k8s.v1.cni.cncf.io/networks" {
			return
		}
		names := strings.Split(t.Text(), ",")
		if strings.HasPrefix(strings.TrimSpace(t.Text()), "[") {
			names = namesInJSON(t.Text())
		}
		for _, name := range names {
			name, _, _ = strings.Cut(strings.TrimSpace(name), "@")
			if !strings.Contains(name, "/") {
				name = scan.ReleaseNamespace(o) + "/" + name
			}
			w.add(model.KindNetwork, name, o, t.Pos)
		}
	})
}

var (
	jsonName      = regexp.MustCompile(`"name"\s*:\s*"([^"]+)"`)
	jsonNamespace = regexp.MustCompile(`"namespace"\s*:\s*"([^"]+)"`)
)

// namesInJSON gives the networks of a list in JSON.
func namesInJSON(text string) []string {
	var out []string
	for _, item := range strings.Split(text, "}") {
		name := jsonName.FindStringSubmatch(item)
		if name == nil {
			continue
		}
		if namespace := jsonNamespace.FindStringSubmatch(item); namespace != nil {
			out = append(out, namespace[1]+"/"+name[1])
			continue
		}
		out = append(out, name[1])
	}
	return out
}

// devices finds the extended resources of containers, and the labels of nodes
// that a controller sets.
func (w *wants) devices(o *model.Object) {
	o.Body.Walk(func(t *model.Tree) {
		switch t.Key {
		case "limits", "requests":
			for _, r := range t.Map {
				if strings.Contains(r.Key, "/") {
					w.add(model.KindDevice, r.Key, o, r.Pos)
				}
			}
		case "nodeSelector":
			for _, l := range t.Map {
				w.label(o, l.Key, l)
			}
		case "key":
			w.label(o, t.Text(), t)
		}
	})
}

func (w *wants) label(o *model.Object, label string, t *model.Tree) {
	if prefix, _, ok := strings.Cut(label, "/"); ok {
		if strings.HasSuffix(prefix, ".feature.node.kubernetes.io") {
			prefix = "feature.node.kubernetes.io"
		}
		w.add(model.KindNodeLabel, prefix, o, t.Pos)
	}
}

// nameFields are the fields, in objects and in the values of charts, that hold
// the name of something.
var nameFields = map[string]string{
	"storageClass":            model.KindStorageClass,
	"storageClassName":        model.KindStorageClass,
	"cacheStorageClassName":   model.KindStorageClass,
	"volumeSnapshotClassName": model.KindSnapshotClass,
	"volumeSnapshotClass":     model.KindSnapshotClass,
	"snapshotClassName":       model.KindSnapshotClass,
	"ingressClassName":        model.KindIngressClass,
	"runtimeClassName":        model.KindRuntimeClass,
	"deviceClassName":         model.KindDeviceClass,
	"priorityClassName":       model.KindPriorityClass,
}

// namespacedFields are likewise, of what lives in the object's namespace.
var namespacedFields = []struct {
	pattern *regexp.Regexp
	kind    string
}{
	{regexp.MustCompile(`(?i)(existing)?claim(name)?$`), model.KindClaim},
	{regexp.MustCompile(`(?i)secret`), model.KindSecret},
	{regexp.MustCompile(`(?i)configmap`), model.KindConfigMap},
}

// fields finds the names that fields hold: of classes, and of Secrets, ConfigMaps
// and claims of the same namespace. Whether a field of a chart's values really
// means one, nobody tells: an order follows only where another unit brings one
// of that very name.
func (w *wants) fields(o *model.Object) {
	w.named(o, o.Body, "")
}

func (w *wants) named(o *model.Object, t *model.Tree, parent string) {
	if kind, ok := nameFields[t.Key]; ok && t.Text() != "" && t.Text() != "-" {
		w.add(kind, t.Text(), o, t.Pos)
	}
	if name, ok := t.Scalar.(string); ok && name != "" {
		key := t.Key
		if key == "name" || key == "" {
			key = parent
		}
		for _, f := range namespacedFields {
			if f.pattern.MatchString(key) && !ownName(o, t) {
				w.add(f.kind, scan.ReleaseNamespace(o)+"/"+name, o, t.Pos)
			}
		}
	}
	inner := t.Key
	if inner == "" || (t.Lookup("type").Text() != "" && t.Lookup("name") != nil) {
		inner = parent + t.Lookup("type").Text()
	}
	for _, c := range t.Map {
		w.named(o, c, inner)
	}
	for _, c := range t.List {
		w.named(o, c, inner)
	}
}

// ownName reports whether a field says what an object is to be called, or makes.
func ownName(o *model.Object, t *model.Tree) bool {
	return t == o.Body.Lookup("metadata", "name") || o.Group == "cert-manager.io" || o.Is("external-secrets.io", "ExternalSecret") ||
		o.Group == "" && (o.Kind == "Secret" || o.Kind == "ConfigMap")
}

// hostPattern is the name of a Service in the cluster's DNS: with its namespace,
// and mostly with svc behind it.
var hostPattern = regexp.MustCompile(`\b([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\.([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(\.svc\b)?`)

// urlPattern is the address of a Service of the same namespace.
var urlPattern = regexp.MustCompile(`\b[a-z][a-z0-9+]*://(?:[^/@\s"]*@)?([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?::[0-9]+|/|$)`)

// longText is the length in bytes of texts that are programs, dashboards or
// lists rather than settings.
const longText = 1 << 14

// names finds the Services that texts name.
func (w *wants) names(o *model.Object) {
	if watches(o) || o.Kind == "NetworkPolicy" || o.Kind == "CiliumNetworkPolicy" || isDashboard(o) {
		return
	}
	o.Body.Walk(func(t *model.Tree) {
		s, ok := t.Scalar.(string)
		if !ok || len(s) > longText || !strings.ContainsAny(s, ".:") {
			return
		}
		for _, m := range hostPattern.FindAllStringSubmatch(s, -1) {
			w.add(model.KindService, m[2]+"/"+m[1], o, t.Pos)
		}
		for _, m := range urlPattern.FindAllStringSubmatch(s, -1) {
			w.add(model.KindService, scan.ReleaseNamespace(o)+"/"+m[1], o, t.Pos)
		}
	})
}

func isDashboard(o *model.Object) bool {
	return o.Body.Lookup("metadata", "labels", "grafana_dashboard") != nil
}
