package cilium

import "testing"

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
        ichor.internal/advertise: load-balancers
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
    ichor.internal/advertise: load-balancers
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
