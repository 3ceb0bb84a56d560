package talos

import (
	"net/netip"
	"strings"

	machinery "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	machinetype "github.com/siderolabs/talos/pkg/machinery/config/machine"
	"github.com/siderolabs/talos/pkg/machinery/config/types/v1alpha1"
	"github.com/siderolabs/talos/pkg/machinery/constants"

	"ichor/schema/model"
)

// newInput gives the library what all nodes share. The contract is always
// passed: without one the library writes for the newest release it knows. Pod
// and service ranges are always set: the library's choice of a family looks at
// the endpoint as if it were an address, and never finds IPv6. No secret is
// made: the bundle holds markers.
func newInput(c *model.Cluster, secrets markers) (*generate.Input, error) {
	contract, err := machinery.ParseContractFromVersion(c.Release.Talos.V)
	if err != nil {
		return nil, err
	}
	options := []generate.Option{
		generate.WithVersionContract(contract),
		generate.WithSecretsBundle(secrets.bundle()),
		generate.WithClusterCNIConfig(&v1alpha1.CNIConfig{CNIName: constants.NoneCNI}), // Cilium is the network
		generate.WithAllowSchedulingOnControlPlanes(c.Talos.ScheduleOnControlPlanes.V),
		generate.WithClusterDiscovery(c.Talos.Discovery.Kubernetes.V || c.Talos.Discovery.Service.V),
		generate.WithKubePrismPort(kubePrismPort(c.Talos.KubePrism)),
	}
	if c.DNSDomain.IsSet() {
		options = append(options, generate.WithDNSDomain(c.DNSDomain.V))
	}
	kubernetes := strings.TrimPrefix(c.Release.Kubernetes.V, "v")
	input, err := generate.NewInput(c.Name.V, c.APIServerURL(), kubernetes, options...)
	if err != nil {
		return nil, err
	}
	input.PodNet = ranges(c.PodNetwork.CIDRs)
	input.ServiceNet = ranges(c.ServiceNetwork.CIDRs)
	return input, nil
}

// kubePrismPort gives KubePrism's port, or 0, by which the library leaves it out.
func kubePrismPort(k model.KubePrism) int {
	if !k.Enabled.V {
		return 0
	}
	return k.Port.V
}

func ranges(cidrs []model.At[netip.Prefix]) []string {
	out := make([]string, len(cidrs))
	for i, p := range cidrs {
		out[i] = p.V.String()
	}
	return out
}

func (m *machine) machineType() machinetype.Type {
	if m.node.IsControlPlane() {
		return machinetype.TypeControlPlane
	}
	return machinetype.TypeWorker
}
