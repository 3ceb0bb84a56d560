package cilium

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"ichor/schema/model"
)

// chosen evaluates a selector as it is written. None selects nothing, as the
// agent has it for Services to announce.
func chosen(t *testing.T, selector any, set labels.Set) bool {
	t.Helper()
	raw, err := json.Marshal(selector)
	if err != nil {
		t.Fatal(err)
	}
	var s *metav1.LabelSelector
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	parsed, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Matches(set)
}

// written is what the tests read of any of the objects.
type written struct {
	APIVersion, Kind string
	Metadata         metav1.ObjectMeta
	Spec             struct {
		BGPInstances []struct {
			LocalASN int64
			Peers    []struct {
				Name, PeerAddress string
				PeerASN           int64
				PeerConfigRef     map[string]string
			}
		}
		AuthSecretRef string
		EBGPMultihop  int
		Families      []struct {
			Afi, Safi      string
			Advertisements any
		}
		Advertisements  []advertised
		ServiceSelector any
		Blocks          []map[string]string
	}
}

// advertised is one entry of a CiliumBGPAdvertisement.
type advertised struct {
	AdvertisementType string
	Service           struct{ Addresses []string }
	Selector          any
	Attributes        struct{ Communities map[string][]string }
}

func (a advertised) takes(t *testing.T, service labels.Set) bool {
	return a.AdvertisementType == "Service" && slices.Contains(a.Service.Addresses, "LoadBalancerIP") && chosen(t, a.Selector, service)
}

func objects(t *testing.T, files map[string]string, kind string) map[string]written {
	t.Helper()
	out := map[string]written{}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		var w written
		if err := yaml.Unmarshal([]byte(files[path]), &w); err != nil {
			t.Fatal(err)
		}
		if w.Kind == kind {
			out[w.Metadata.Name] = w
		}
	}
	return out
}

// The whole chain by which an address reaches the router: the Service's label
// chooses its pool and the advertisement, a session's family chooses the
// advertisement, and the cluster's configuration names the session's.
func TestAServiceOfEachPoolIsAnnounced(t *testing.T) {
	for _, version := range everyRelease {
		c := of(t, reference(t), version)
		files := generate(t, c)
		pools := objects(t, files, "CiliumLoadBalancerIPPool")
		for _, p := range c.Pools {
			service := labels.Set{model.PoolLabel: p.Name.V}
			var givers []string
			for name, w := range pools {
				if chosen(t, w.Spec.ServiceSelector, service) {
					givers = append(givers, name)
				}
			}
			if !slices.Equal(givers, []string{p.Name.V}) {
				t.Errorf("Cilium %s: a Service of pool %s gets its address from %v", version, p.Name.V, givers)
			}
			if !isAnnounced(t, files, service, p) {
				t.Errorf("Cilium %s: a Service of pool %s is not announced", version, p.Name.V)
			}
		}
		if isAnnounced(t, files, labels.Set{"app": "a"}, c.Pools[0]) {
			t.Errorf("Cilium %s: a Service without a pool is announced, though no pool is the default", version)
		}
	}
}

func isAnnounced(t *testing.T, files map[string]string, service labels.Set, p *model.Pool) bool {
	t.Helper()
	afi := "ipv6"
	if p.First().Is4() {
		afi = "ipv4"
	}
	configs := objects(t, files, "CiliumBGPPeerConfig")
	for _, cluster := range objects(t, files, "CiliumBGPClusterConfig") {
		for _, peer := range cluster.Spec.BGPInstances[0].Peers {
			for _, f := range configs[peer.PeerConfigRef["name"]].Spec.Families {
				if f.Afi == afi && f.Safi == "unicast" && anyTakes(t, files, f.Advertisements, service) {
					return true
				}
			}
		}
	}
	return false
}

// anyTakes reports whether an advertisement that the selector finds announces
// the Service.
func anyTakes(t *testing.T, files map[string]string, selector any, service labels.Set) bool {
	t.Helper()
	for _, a := range objects(t, files, "CiliumBGPAdvertisement") {
		takes := func(e advertised) bool { return e.takes(t, service) }
		if chosen(t, selector, a.Metadata.Labels) && slices.ContainsFunc(a.Spec.Advertisements, takes) {
			return true
		}
	}
	return false
}

func TestADefaultPoolTakesWhatNamesNone(t *testing.T) {
	c := reference(t)
	c.Pools[0].Default = at(true)
	files := generate(t, c)
	for name, want := range map[string]bool{"": true, c.Pools[0].Name.V: true, c.Pools[1].Name.V: false} {
		set := labels.Set{}
		if name != "" {
			set[model.PoolLabel] = name
		}
		got := chosen(t, objects(t, files, "CiliumLoadBalancerIPPool")[c.Pools[0].Name.V].Spec.ServiceSelector, set)
		if got != want {
			t.Errorf("the default pool takes a Service of pool %q: %t, want %t", name, got, want)
		}
		if !isAnnounced(t, files, set, c.Pools[0]) {
			t.Errorf("a Service of pool %q is not announced", name)
		}
	}
	c.Pools = c.Pools[:1]
	if text := generate(t, c)["manifests/cilium-pools/ciliumloadbalancerippool-"+c.Pools[0].Name.V+".yaml"]; text == "" || strings.Contains(text, "serviceSelector") {
		t.Errorf("the only pool, a default, chooses among Services:\n%s", text)
	}
}

func TestKindsAreThoseOfTheRelease(t *testing.T) {
	for _, version := range everyRelease {
		c := of(t, reference(t), version)
		files := generate(t, c)
		for _, kind := range []string{"CiliumLoadBalancerIPPool", "CiliumBGPClusterConfig", "CiliumBGPPeerConfig", "CiliumBGPAdvertisement"} {
			served, _ := c.Release.CiliumRow.Kind(kind)
			found := objects(t, files, kind)
			if len(found) == 0 {
				t.Errorf("Cilium %s: no %s", version, kind)
			}
			for name, w := range found {
				if w.APIVersion != served.APIVersion || w.Metadata.Namespace != "" {
					t.Errorf("Cilium %s: %s %s is %s in namespace %q", version, kind, name, w.APIVersion, w.Metadata.Namespace)
				}
			}
		}
	}
}

// The Secret that a session names is made where Cilium looks for it, with the
// key that Cilium reads.
func TestThePasswordIsWhereCiliumLooks(t *testing.T) {
	c := reference(t)
	files := generate(t, c)
	secret := read[struct {
		Metadata metav1.ObjectMeta
		Spec     struct {
			Target struct{ Name string }
			Data   []struct{ SecretKey string }
		}
	}](t, files, "manifests/cilium-bgp/externalsecret-bgp-udm-pro.yaml")
	values := read[section](t, files, "cilium/values.yaml")
	looks := values["bgpControlPlane"].(section)["secretsNamespace"].(section)["name"]
	if secret.Metadata.Namespace != looks || len(secret.Spec.Data) != 1 || secret.Spec.Data[0].SecretKey != "password" {
		t.Errorf("%+v, and Cilium looks in %v", secret, looks)
	}
	for name, w := range objects(t, files, "CiliumBGPPeerConfig") {
		if w.Spec.AuthSecretRef != secret.Spec.Target.Name {
			t.Errorf("session %s takes its password from %q, not %q", name, w.Spec.AuthSecretRef, secret.Spec.Target.Name)
		}
	}
	c.BGP.Peers[0].Password = model.SecretRef{}
	files = generate(t, c)
	for name, w := range objects(t, files, "CiliumBGPPeerConfig") {
		if w.Spec.AuthSecretRef != "" {
			t.Errorf("session %s has a password that the spec does not give", name)
		}
	}
	if len(objects(t, files, "ExternalSecret")) > 0 {
		t.Error("a Secret for no password")
	}
}

func TestHopsAreWrittenWhereTheSpecGivesThem(t *testing.T) {
	c := reference(t)
	for _, hops := range []int{0, 3} {
		if hops > 0 {
			c.BGP.Peers[0].Multihop = at(hops)
		}
		for name, w := range objects(t, generate(t, c), "CiliumBGPPeerConfig") {
			if w.Spec.EBGPMultihop != hops {
				t.Errorf("session %s: %d hops, want %d", name, w.Spec.EBGPMultihop, hops)
			}
		}
	}
}

func TestNoCommunityIsNoAttribute(t *testing.T) {
	c := reference(t)
	c.BGP.Communities = model.Communities{}
	for name, a := range objects(t, generate(t, c), "CiliumBGPAdvertisement") {
		if d := cmp.Diff(map[string][]string(nil), a.Spec.Advertisements[0].Attributes.Communities); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
