package model

import (
	"cmp"
	"strings"
)

// Chart is what a chart, or a file of manifests that is fetched, brings to a
// cluster and needs in it.
type Chart struct {
	Source   string   `json:"source"`             // where its project tells so
	CRDs     []string `json:"crds,omitempty"`     // API groups whose kinds it installs
	CRDsOnly bool     `json:"crdsOnly,omitempty"` // there is no controller in it
	// CRDsValue is the path in its values, as crds.enabled, that is false where it is
	// to install none; empty for a chart with a directory crds, which Helm skips.
	CRDsValue string `json:"crdsValue,omitempty"`
	// BeforeFlux says that where the chart is in use, it was there before Flux
	// could run.
	BeforeFlux bool `json:"beforeFlux,omitempty"`
	// Operates are the API groups whose objects its controller works on: CRDs,
	// unless it says otherwise.
	Operates        []string       `json:"operates,omitempty"`
	Webhooks        []string       `json:"webhooks,omitempty"` // API groups whose objects it admits
	StorageClasses  []string       `json:"storageClasses,omitempty"`
	SnapshotClasses []string       `json:"snapshotClasses,omitempty"`
	IngressClasses  []string       `json:"ingressClasses,omitempty"`
	GatewayClasses  []string       `json:"gatewayClasses,omitempty"`
	RuntimeClasses  []string       `json:"runtimeClasses,omitempty"`
	DeviceClasses   []string       `json:"deviceClasses,omitempty"`
	PriorityClasses []string       `json:"priorityClasses,omitempty"`
	Resources       []string       `json:"resources,omitempty"`  // extended resources, as gpu.intel.com/i915
	Labels          []string       `json:"labels,omitempty"`     // prefixes of labels that it sets on nodes
	Namespaces      []string       `json:"namespaces,omitempty"` // that it makes beside that of its release
	Services        []ChartService `json:"services,omitempty"`
	SignsIn         bool           `json:"signsIn,omitempty"` // it is an identity provider, or a login in front of others
	Needs           []string       `json:"needs,omitempty"`   // charts that it builds on
	// PodSecurity are the pods of it that a Pod Security Standard refuses.
	PodSecurity []RefusedPod `json:"podSecurity,omitempty"`
	Pods        []ChartPod   `json:"pods,omitempty"`
	Probes      []ChartProbe `json:"probes,omitempty"`
	// Provisioner is that of its storage classes.
	Provisioner string         `json:"provisioner,omitempty"`
	Claims      []ChartClaim   `json:"claims,omitempty"`
	Machines    []ChartMachine `json:"machines,omitempty"`
}

// Complete adds what follows: the controller of a chart works on the kinds that
// come with it.
func (c Chart) Complete() Chart {
	if c.Operates == nil && !c.CRDsOnly {
		c.Operates = c.CRDs
	}
	return c
}

// Values are conditions on the values of a chart: what is to stand at a path, as
// kong.enabled, or a list with one of several.
type Values map[string]any

// ChartService is a Service that a chart makes, unless one of the values is given.
type ChartService struct {
	// Name is its name: {{release}} stands for the name of the release, {{fullname}}
	// for the full name that charts make of it and their own.
	Name   string      `json:"name"`
	Of     string      `json:"of,omitempty"`   // the chart below that makes it; empty for the chart itself
	Cut    int         `json:"cut,omitempty"`  // the length that the chart cuts its full name to; 63 by default
	When   Values      `json:"when,omitempty"` // it is made only where all of these are given
	Unless Values      `json:"unless,omitempty"`
	Ports  []ChartPort `json:"ports,omitempty"` // all that it has; none where they are not known
	// More are the paths of values that give it other ports beside these.
	More []string `json:"more,omitempty"`
}

// In gives the name of the Service for a release of a chart. Source: the helpers
// that `helm create` writes, fullname.
func (s ChartService) In(release, chart string) string {
	full := release
	if by := cmp.Or(s.Of, chart); !strings.Contains(release, by) {
		full += "-" + by
	}
	full = strings.TrimSuffix(full[:min(len(full), cmp.Or(s.Cut, maxName))], "-")
	return strings.NewReplacer("{{release}}", release, "{{fullname}}", full).Replace(s.Name)
}

// maxName is the length of a DNS label.
const maxName = 63

// ChartPort is a port of a Service. It is there where all values of When are given,
// and none of Unless.
type ChartPort struct {
	Port   int    `json:"port"`            // by default
	Value  string `json:"value,omitempty"` // the path in the values that changes it
	When   Values `json:"when,omitempty"`
	Unless Values `json:"unless,omitempty"`
}

// ChartPod is a pod of a chart whose security contexts stand in its values.
type ChartPod struct {
	Container string          `json:"container"`
	Of        SecurityContext `json:"of"`  // the container's
	Pod       SecurityContext `json:"pod"` // the pod's own
}

// SecurityContext is where the values say one, and what the chart has by default,
// which that is merged into.
type SecurityContext struct {
	Value   string         `json:"value"`
	Default map[string]any `json:"default,omitempty"`
}

// RefusedPod is a pod that a namespace of a level, or of a stricter one, does not
// admit. It is made where all values of When are given, and none of Unless; what
// the values do not say is as the chart has it by default.
type RefusedPod struct {
	Level   string `json:"level"` // the loosest level that refuses it: baseline or restricted
	When    Values `json:"when,omitempty"`
	Unless  Values `json:"unless,omitempty"`
	Because string `json:"because"` // as `the node exporter uses the host's network`
	Source  string `json:"source"`
}

// ChartProbe are probes of a container of a chart that stand in its values.
type ChartProbe struct {
	Values    []string       `json:"values"` // their paths
	Container string         `json:"container"`
	When      Values         `json:"when,omitempty"`  // what the values say where the container is there
	Since     string         `json:"since,omitempty"` // the minor of the chart from which on these are its ports, as 1.15
	Ports     map[string]int `json:"ports"`           // of the container, by name; the values do not change them
}

// ChartClaim is a claim of a Deployment of one pod in a chart. It is made where all
// values of When are given, and none of Unless. The others are paths in the values.
type ChartClaim struct {
	Of       string `json:"of"` // whose it is, as Grafana
	When     Values `json:"when,omitempty"`
	Unless   Values `json:"unless,omitempty"`
	Modes    string `json:"modes"`    // access modes, a text or a list; ReadWriteOnce by default
	Class    string `json:"class"`    // storage class
	Existing string `json:"existing"` // a claim that is there, in its place
	Strategy string `json:"strategy"` // a struct as Kubernetes has it, or a type; RollingUpdate by default
	Source   string `json:"source"`
}

// ChartMachine is what a chart needs of the machines that run it, where all values of
// When are given, and none of Unless.
type ChartMachine struct {
	When   Values            `json:"when,omitempty"`
	Unless Values            `json:"unless,omitempty"`
	Labels map[string]string `json:"labels,omitempty"` // of the nodes that run it; all where it is empty
	Some   bool              `json:"some,omitempty"`   // one such machine is enough, as one with a GPU
	// Extensions are system extensions of Talos, each alone or several of which one
	// is enough, as a|b.
	Extensions  []string         `json:"extensions,omitempty"`
	Modules     []string         `json:"modules,omitempty"`     // kernel modules that Talos loads only when told
	Sysctls     map[string]int   `json:"sysctls,omitempty"`     // the least of kernel parameters
	Directories []ChartDirectory `json:"directories,omitempty"` // that the kubelet is to see
	Because     string           `json:"because"`               // as `its manager runs iscsiadm of the machine`
	Source      string           `json:"source"`
}

// ChartDirectory is a directory of the machine that a chart keeps data in: at the
// first of the paths in its values that is given, or at the default.
type ChartDirectory struct {
	Values  []string `json:"values"`
	Default string   `json:"default"`
}
