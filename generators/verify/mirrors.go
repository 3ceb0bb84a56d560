package verify

import "strings"

// mirrors are the annotations by which a Secret or ConfigMap is copied to other
// namespaces: of Reflector, of Kubernetes Replicator, of Config Syncer.
var mirrors = []string{"reflector.v1.k8s.emberstack.com/", "replicator.v1.mittwald.de/", "kubed.appscode.com/"}

// mirrored reports whether something copies a Secret of that name to namespaces
// that are not seen.
func (o *objects) mirrored(name string) bool {
	for _, t := range o.things().named[[2]string{"Secret", name}] {
		if mentions(t.at.Object, copies) {
			return true
		}
	}
	for _, x := range o.of(groupExternalSecrets, "ClusterExternalSecret") {
		if mentions(x.Object, func(_, text string) bool { return text == name }) {
			return true
		}
	}
	return false
}

func copies(key, _ string) bool {
	for _, m := range mirrors {
		if strings.HasPrefix(key, m) {
			return true
		}
	}
	return false
}
