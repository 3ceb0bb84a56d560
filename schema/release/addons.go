package release

// Authentik is what a minor release of authentik can do.
type Authentik struct {
	Minor Minor
	// ServerUsesRedis: the server needs a Redis. No external proxy outpost of
	// any release does: it keeps sessions in its own file system.
	ServerUsesRedis bool
	// MinKubernetes is what the chart's kubeVersion asks for.
	MinKubernetes Minor
}

func (a Authentik) minor() Minor { return a.Minor }

// FindAuthentik gives the row of a version as 2025.6.4.
func FindAuthentik(version string) (*Authentik, error) {
	return find("authentik", version, authentikTable)
}

// Source: release notes 2025.8 and 2025.10 ("authentik no longer uses Redis at
// all"); internal/outpost/proxyv2/application/session.go for the outposts;
// charts/authentik/Chart.yaml for Kubernetes (kubeVersion >=1.25 or lower).
var authentikTable = []Authentik{
	{Minor: Minor{2024, 12}, ServerUsesRedis: true, MinKubernetes: Minor{1, 19}},
	{Minor: Minor{2025, 2}, ServerUsesRedis: true, MinKubernetes: Minor{1, 19}},
	{Minor: Minor{2025, 4}, ServerUsesRedis: true, MinKubernetes: Minor{1, 19}},
	{Minor: Minor{2025, 6}, ServerUsesRedis: true, MinKubernetes: Minor{1, 19}},
	{Minor: Minor{2025, 8}, ServerUsesRedis: true, MinKubernetes: Minor{1, 19}},
	{Minor: Minor{2025, 10}, MinKubernetes: Minor{1, 19}},
	{Minor: Minor{2025, 12}, MinKubernetes: Minor{1, 19}},
	{Minor: Minor{2026, 2}, MinKubernetes: Minor{1, 19}},
	{Minor: Minor{2026, 5}, MinKubernetes: Minor{1, 19}},
	{Minor: Minor{2026, 8}, MinKubernetes: Minor{1, 19}},
}

// ExternalSecrets is what a minor release of External Secrets can do.
type ExternalSecrets struct {
	Minor Minor
	// API is the served and stored version of ExternalSecret and ClusterSecretStore.
	API string
}

func (e ExternalSecrets) minor() Minor { return e.Minor }

// FindExternalSecrets gives the row of a version as 0.18.2.
func FindExternalSecrets(version string) (*ExternalSecrets, error) {
	return find("External Secrets", version, externalSecretsTable)
}

// Source: config/crds/bases at each tag: v1 is stored from 0.16 on, and v1beta1
// is not served any more from 0.17 on.
var externalSecretsTable = []ExternalSecrets{
	{Minor{0, 14}, "external-secrets.io/v1beta1"}, {Minor{0, 15}, "external-secrets.io/v1beta1"},
	{Minor{0, 16}, "external-secrets.io/v1"}, {Minor{0, 17}, "external-secrets.io/v1"},
	{Minor{0, 18}, "external-secrets.io/v1"}, {Minor{0, 19}, "external-secrets.io/v1"},
	{Minor{0, 20}, "external-secrets.io/v1"},
	{Minor{1, 0}, "external-secrets.io/v1"}, {Minor{1, 1}, "external-secrets.io/v1"},
	{Minor{1, 2}, "external-secrets.io/v1"}, {Minor{1, 3}, "external-secrets.io/v1"},
	{Minor{2, 0}, "external-secrets.io/v1"}, {Minor{2, 1}, "external-secrets.io/v1"},
	{Minor{2, 2}, "external-secrets.io/v1"}, {Minor{2, 3}, "external-secrets.io/v1"},
	{Minor{2, 4}, "external-secrets.io/v1"}, {Minor{2, 5}, "external-secrets.io/v1"},
	{Minor{2, 6}, "external-secrets.io/v1"}, {Minor{2, 7}, "external-secrets.io/v1"},
	{Minor{2, 8}, "external-secrets.io/v1"}, {Minor{2, 9}, "external-secrets.io/v1"},
}

// CertManager is a minor release of cert-manager. All of the table serve
// cert-manager.io/v1 and nothing else.
type CertManager struct {
	Minor      Minor
	Kubernetes Range // what it was tested with and is supported on
}

func (c CertManager) minor() Minor { return c.Minor }

// FindCertManager gives the row of a version as v1.18.2.
func FindCertManager(version string) (*CertManager, error) {
	return find("cert-manager", version, certManagerTable)
}

// Source: deploy/crds at each tag; cert-manager.io/docs/releases, Supported
// Kubernetes Versions.
var certManagerTable = []CertManager{
	{Minor{1, 15}, Range{Minor{1, 25}, Minor{1, 32}}}, {Minor{1, 16}, Range{Minor{1, 25}, Minor{1, 32}}},
	{Minor{1, 17}, Range{Minor{1, 29}, Minor{1, 33}}}, {Minor{1, 18}, Range{Minor{1, 29}, Minor{1, 33}}},
	{Minor{1, 19}, Range{Minor{1, 31}, Minor{1, 35}}}, {Minor{1, 20}, Range{Minor{1, 32}, Minor{1, 35}}},
	{Minor{1, 21}, Range{Minor{1, 33}, Minor{1, 36}}},
}
