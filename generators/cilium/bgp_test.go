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

func TestReferenceBGP(t *testing.T) {
	files := generate(t, reference(t))
	expect(t, files, "manifests/cilium-pools/ciliumloadbalancerippool-bgp-ingress.yaml", `
apiVersion: cilium.io/v2alpha1
kind: CiliumLoadBalancerIPPool
metadata:
  name: bgp-ingress
spec:
  blocks:
  - start: 172.29.52.200
    stop: 172.29.52.220
  serviceSelector:
    matchLabels:
      io.cilium/lb-ipam-pool: bgp-ingress
`)
	expect(t, files, "manifests/cilium-bgp/ciliumbgpclusterconfig-home-ops.yaml", `
apiVersion: cilium.io/v2alpha1
kind: CiliumBGPClusterConfig
metadata:
  name: home-ops
spec:
  bgpInstances:
  - localASN: 64512
    name: home-ops
    peers:
    - name: udm-pro-ipv4
      peerASN: 64513
      peerAddress: 172.29.51.1
      peerConfigRef:
        name: udm-pro-ipv4
    - name: udm-pro-ipv6
      peerASN: 64513
      peerAddress: fd47:25e1:2f96:51::1
      peerConfigRef:
        name: udm-pro-ipv6
`)
	expect(t, files, "manifests/cilium-bgp/ciliumbgppeerconfig-udm-pro-ipv4.yaml", `
apiVersion: cilium.io/v2alpha1
kind: CiliumBGPPeerConfig
metadata:
  name: udm-pro-ipv4
spec:
  authSecretRef: bgp-udm-pro
  families:
  - advertisements:
      matchLabels:
        advertise: load-balancers
    afi: ipv4
    safi: unicast
  gracefulRestart:
    enabled: true
    restartTimeSeconds: 120
  timers:
    connectRetryTimeSeconds: 120
    holdTimeSeconds: 90
    keepAliveTimeSeconds: 30
  transport:
    peerPort: 179
`)
	expect(t, files, "manifests/cilium-bgp/ciliumbgpadvertisement-load-balancers.yaml", `
apiVersion: cilium.io/v2alpha1
kind: CiliumBGPAdvertisement
metadata:
  labels:
    advertise: load-balancers
  name: load-balancers
spec:
  advertisements:
  - advertisementType: Service
    attributes:
      communities:
        standard:
        - 64512:100
    selector:
      matchExpressions:
      - key: io.cilium/lb-ipam-pool
        operator: Exists
    service:
      addresses:
      - LoadBalancerIP
`)
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

func TestLegacyPolicyWhereTheReleaseHasIt(t *testing.T) {
	for _, version := range everyRelease {
		c := of(t, reference(t), version)
		c.BGP.Legacy = at(true)
		c.BGP.Peers[0].Multihop = at(2)
		c.BGP.Legacy.Pos = c.BGP.Pos
		files := generate(t, c)
		path := "manifests/cilium-bgp/ciliumbgppeeringpolicy-home-ops.yaml"
		has, later := files[path] != "", len(objects(t, files, "CiliumBGPClusterConfig")) > 0
		if want := c.Release.CiliumRow.PeeringPolicy; has != want || later == want {
			t.Errorf("Cilium %s: policy %t, later kinds %t", version, has, later)
		}
		if !has {
			continue
		}
		expect(t, files, path, legacyPolicy)
	}
}

const legacyPolicy = `
apiVersion: cilium.io/v2alpha1
kind: CiliumBGPPeeringPolicy
metadata:
  name: home-ops
spec:
  virtualRouters:
  - exportPodCIDR: false
    localASN: 64512
    neighbors:
    - advertisedPathAttributes:
      - communities:
          standard:
          - 64512:100
        selectorType: CiliumLoadBalancerIPPool
      authSecretRef: bgp-udm-pro
      connectRetryTimeSeconds: 120
      eBGPMultihopTTL: 2
      families:
      - afi: ipv4
        safi: unicast
      gracefulRestart:
        enabled: true
        restartTimeSeconds: 120
      holdTimeSeconds: 90
      keepAliveTimeSeconds: 30
      peerASN: 64513
      peerAddress: 172.29.51.1/32
      peerPort: 179
    - advertisedPathAttributes:
      - communities:
          standard:
          - 64512:100
        selectorType: CiliumLoadBalancerIPPool
      authSecretRef: bgp-udm-pro
      connectRetryTimeSeconds: 120
      eBGPMultihopTTL: 2
      families:
      - afi: ipv6
        safi: unicast
      gracefulRestart:
        enabled: true
        restartTimeSeconds: 120
      holdTimeSeconds: 90
      keepAliveTimeSeconds: 30
      peerASN: 64513
      peerAddress: fd47:25e1:2f96:51::1/128
      peerPort: 179
    serviceAdvertisements:
    - LoadBalancerIP
    serviceSelector:
      matchExpressions:
      - key: io.cilium/lb-ipam-pool
        operator: Exists
`

func TestNoCommunityIsNoAttribute(t *testing.T) {
	c := reference(t)
	c.BGP.Communities = model.Communities{}
	for name, a := range objects(t, generate(t, c), "CiliumBGPAdvertisement") {
		if d := cmp.Diff(map[string][]string(nil), a.Spec.Advertisements[0].Attributes.Communities); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
