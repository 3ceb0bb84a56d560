package release

import "slices"

// HasDocument reports whether this minor of Talos knows a kind of document of
// the machine configuration beside v1alpha1 itself, as LinkConfig. Talos's own
// library does not ask: it takes every kind that it was built with, for a
// release that will refuse it.
func (t Talos) HasDocument(kind string) bool {
	return slices.ContainsFunc(documentTable, func(d documents) bool {
		return t.Minor.Compare(d.Since) >= 0 && slices.Contains(d.Kinds, kind)
	})
}

// documents is the kinds that a minor of Talos brought.
type documents struct {
	Since Minor
	Kinds []string
}

// Source: pkg/machinery/config/schemas at v1.10.5, v1.11.6, v1.12.11 and
// v1.13.9; ImageVerificationConfig is missing in the last and stands in
// pkg/machinery/config/types/security.
var documentTable = []documents{
	{Minor{1, 10}, []string{
		"EthernetConfig", "EventSinkConfig", "ExtensionServiceConfig", "KmsgLogConfig", "KubeSpanEndpoints",
		"NetworkDefaultActionConfig", "NetworkRuleConfig", "PCIDriverRebindConfig", "SideroLinkConfig",
		"TrustedRootsConfig", "UserVolumeConfig", "VolumeConfig", "WatchdogTimerConfig",
	}},
	{Minor{1, 11}, []string{
		"ExistingVolumeConfig", "RawVolumeConfig", "SwapVolumeConfig", "ZswapConfig",
	}},
	{Minor{1, 12}, []string{
		"BondConfig", "BridgeConfig", "DHCPv4Config", "DHCPv6Config", "DummyLinkConfig", "HCloudVIPConfig",
		"HostnameConfig", "Layer2VIPConfig", "LinkAliasConfig", "LinkConfig", "OOMConfig", "RegistryAuthConfig",
		"RegistryMirrorConfig", "RegistryTLSConfig", "ResolverConfig", "StaticHostConfig", "TimeSyncConfig",
		"VLANConfig", "WireguardConfig",
	}},
	{Minor{1, 13}, []string{
		"BlackholeRouteConfig", "EnvironmentConfig", "ExternalVolumeConfig", "ImageVerificationConfig",
		"KubeSpanConfig", "RoutingRuleConfig", "TCPProbeConfig", "VRFConfig",
	}},
}
