package cilium

import "testing"

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
