package release

// Talos is what a minor release of Talos can do.
type Talos struct {
	Minor      Minor
	Kubernetes Range // pkg/machinery/compatibility
	// HostnameDocument: HostnameConfig replaces machine.network.hostname.
	HostnameDocument bool
	// NetworkDocuments: LinkConfig, DHCPv4Config, Layer2VIPConfig, ResolverConfig
	// and TimeSyncConfig replace machine.network and machine.time.
	NetworkDocuments bool
	// EncryptionInVolumes: VolumeConfig carries the encryption of STATE and
	// EPHEMERAL; before, machine.systemDiskEncryption does.
	EncryptionInVolumes bool
}

func (t Talos) minor() Minor { return t.Minor }

// FindTalos gives the row of a version as v1.10.5.
func FindTalos(version string) (*Talos, error) { return find("Talos", version, talosTable) }

// Source of the Kubernetes ranges: pkg/machinery v1.13.9, compatibility/talos1xx.
// Source of the documents: pkg/machinery/config/schemas at each tag.
var talosTable = []Talos{
	{Minor: Minor{1, 10}, Kubernetes: Range{Minor{1, 28}, Minor{1, 33}}},
	{Minor: Minor{1, 11}, Kubernetes: Range{Minor{1, 29}, Minor{1, 34}}, EncryptionInVolumes: true},
	{Minor: Minor{1, 12}, Kubernetes: Range{Minor{1, 30}, Minor{1, 35}}, EncryptionInVolumes: true, HostnameDocument: true, NetworkDocuments: true},
	{Minor: Minor{1, 13}, Kubernetes: Range{Minor{1, 31}, Minor{1, 36}}, EncryptionInVolumes: true, HostnameDocument: true, NetworkDocuments: true},
}

// Kubernetes is a minor release of Kubernetes.
type Kubernetes struct {
	Minor Minor
	// NodesReadNodes: a node's credentials may read the objects of other nodes,
	// which Talos's discovery through Kubernetes needs. From 1.32 on the
	// feature AuthorizeNodeWithSelectors denies it.
	NodesReadNodes bool
	// RelaxedServiceNames: the name of a Service may begin with a digit.
	RelaxedServiceNames bool
}

func (k Kubernetes) minor() Minor { return k.Minor }

// FindKubernetes gives the row of a version as v1.31.1.
func FindKubernetes(version string) (*Kubernetes, error) {
	return find("Kubernetes", version, kubernetesTable)
}

// KubernetesMinors are the oldest and the newest that ichor knows.
func KubernetesMinors() Range {
	return Range{kubernetesTable[0].Minor, kubernetesTable[len(kubernetesTable)-1].Minor}
}

// The minors that a Talos release of talosTable runs. Source of NodesReadNodes:
// pkg/features/kube_features.go, AuthorizeNodeWithSelectors, beta and on in
// 1.32; Talos documentation, discovery service; of RelaxedServiceNames, the same
// file, RelaxedServiceNameValidation, beta and on in 1.36.
var kubernetesTable = []Kubernetes{
	{Minor: Minor{1, 28}, NodesReadNodes: true}, {Minor: Minor{1, 29}, NodesReadNodes: true}, {Minor: Minor{1, 30}, NodesReadNodes: true}, {Minor: Minor{1, 31}, NodesReadNodes: true},
	{Minor: Minor{1, 32}}, {Minor: Minor{1, 33}}, {Minor: Minor{1, 34}}, {Minor: Minor{1, 35}}, {Minor: Minor{1, 36}, RelaxedServiceNames: true},
}
