package authentik_test

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"

	"ichor/generators/authentik"
	"ichor/generators/output"
	"ichor/schema/model"
)

const unit = "manifests/authentik-proxy/"

func paths(files map[string]output.File) []string {
	var out []string
	for p := range files {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

func TestWhatAnOutpostBrings(t *testing.T) {
	c, o := cluster(exposure("a", "http"))
	always := []string{
		unit + "deployment-authentik-proxy.yaml",
		unit + "externalsecret-authentik-proxy-token.yaml",
		unit + "ingress-authentik-proxy.yaml",
		unit + "service-authentik-proxy.yaml",
		unit + "serviceaccount-authentik-proxy.yaml",
		"manifests/login/configmap-authentik-proxy-blueprint.yaml",
		"manifests/login/externalsecret-authentik-proxy-token.yaml",
	}
	budget := unit + "poddisruptionbudget-authentik-proxy.yaml"
	redis := []string{unit + "deployment-authentik-proxy-redis.yaml", unit + "service-authentik-proxy-redis.yaml"}
	for _, test := range []struct {
		replicas int
		redis    bool
		more     []string
	}{{1, false, nil}, {2, false, []string{budget}}, {1, true, redis}} {
		o.Replicas, o.Redis = at(test.replicas), at(test.redis)
		want := slices.Sorted(slices.Values(append(slices.Clone(always), test.more...)))
		if diff := cmp.Diff(want, paths(generate(t, c))); diff != "" {
			t.Errorf("%d replicas, redis %v (-want +got)\n%s", test.replicas, test.redis, diff)
		}
	}
}

func TestWithoutAuthentikThereIsNothing(t *testing.T) {
	for _, auth := range []*model.Auth{nil, {}} {
		files, err := authentik.Generate(&model.Cluster{Auth: auth})
		if err != nil || len(files) != 0 {
			t.Errorf("%d files, error %v", len(files), err)
		}
	}
}

func TestBothSidesReadOneTokenItem(t *testing.T) {
	c, _ := cluster(exposure("a", "http"))
	files := generate(t, c)
	ours := into[map[string]any](t, files, unit+"externalsecret-authentik-proxy-token.yaml")
	theirs := into[map[string]any](t, files, "manifests/login/externalsecret-authentik-proxy-token.yaml")
	if diff := cmp.Diff(ours["spec"], theirs["spec"]); diff != "" {
		t.Errorf("(-outpost +authentik)\n%s", diff)
	}
	for namespace, es := range map[string]map[string]any{"proxies": ours, "identity": theirs} {
		if got := es["metadata"].(map[string]any)["namespace"]; got != namespace {
			t.Errorf("namespace %v, want %s", got, namespace)
		}
	}
}

func TestTheOutpostKnowsAuthentikByBothAddresses(t *testing.T) {
	c, o := cluster(exposure("a", "http"))
	d := into[appsv1.Deployment](t, generate(t, c), unit+"deployment-authentik-proxy.yaml")
	container := d.Spec.Template.Spec.Containers[0]
	if container.Image != "ghcr.io/goauthentik/proxy:2025.6.4" {
		t.Errorf("image %s, want authentik's own version", container.Image)
	}
	values := map[string]string{}
	for _, e := range container.Env {
		values[e.Name] = e.Value
		if e.Name == "AUTHENTIK_TOKEN" && (e.Value != "" || e.ValueFrom.SecretKeyRef.Name != o.TokenSecret() || e.ValueFrom.SecretKeyRef.Key != "token") {
			t.Errorf("token %+v", e)
		}
	}
	want := map[string]string{
		"AUTHENTIK_HOST": c.Auth.Authentik.InternalURL, "AUTHENTIK_HOST_BROWSER": c.Auth.Authentik.URL,
		"AUTHENTIK_INSECURE": "false", "AUTHENTIK_TOKEN": "",
	}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Errorf("environment (-want +got)\n%s", diff)
	}
}

func TestIPv6PodsAreTrustedProxies(t *testing.T) {
	c, _ := cluster(exposure("a", "http"))
	c.PodNetwork.CIDRs = []model.At[netip.Prefix]{at(netip.MustParsePrefix("fd00:1::/56"))}
	d := into[appsv1.Deployment](t, generate(t, c), unit+"deployment-authentik-proxy.yaml")
	want := corev1.EnvVar{Name: "AUTHENTIK_LISTEN__TRUSTED_PROXY_CIDRS", Value: "fd00:1::/56"}
	if !slices.Contains(d.Spec.Template.Spec.Containers[0].Env, want) {
		t.Errorf("environment %v lacks %v", d.Spec.Template.Spec.Containers[0].Env, want)
	}
}

// restricted tells what the Pod Security Standard restricted would refuse.
func restricted(pod corev1.PodSpec) []string {
	var wrong []string
	note := func(bad bool, what string) {
		if bad {
			wrong = append(wrong, what)
		}
	}
	s := pod.SecurityContext
	note(s.RunAsNonRoot == nil || !*s.RunAsNonRoot || *s.RunAsUser == 0, "may run as root")
	note(s.SeccompProfile == nil || s.SeccompProfile.Type != "RuntimeDefault", "no seccomp profile")
	note(pod.HostNetwork || pod.HostPID || pod.HostIPC, "a namespace of the host")
	for _, v := range pod.Volumes {
		note(v.EmptyDir == nil, "volume "+v.Name)
	}
	for _, c := range pod.Containers {
		sc := c.SecurityContext
		note(*sc.AllowPrivilegeEscalation, "privilege escalation")
		note(!reflect.DeepEqual(sc.Capabilities, &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}), "capabilities")
		note(!*sc.ReadOnlyRootFilesystem, "a root file system to write")
		note(c.Resources.Limits.Memory().IsZero(), "no memory limit")
	}
	return wrong
}

func TestPodsAreRestrictedAndHaveNoRights(t *testing.T) {
	c, o := cluster(exposure("a", "http"))
	o.Redis = at(true)
	files := generate(t, c)
	for _, name := range []string{"authentik-proxy", "authentik-proxy-redis"} {
		pod := into[appsv1.Deployment](t, files, unit+"deployment-"+name+".yaml").Spec.Template.Spec
		if wrong := restricted(pod); wrong != nil {
			t.Errorf("%s: %v", name, wrong)
		}
		if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
			t.Errorf("%s mounts a token of the Kubernetes API", name)
		}
	}
	account := into[corev1.ServiceAccount](t, files, unit+"serviceaccount-authentik-proxy.yaml")
	if account.AutomountServiceAccountToken == nil || *account.AutomountServiceAccountToken {
		t.Error("the account's token is mounted")
	}
}

// A container of the outpost writes sessions to /dev/shm, and nowhere else but /tmp.
func TestTheOutpostCanWriteItsSessions(t *testing.T) {
	c, _ := cluster(exposure("a", "http"))
	d := into[appsv1.Deployment](t, generate(t, c), unit+"deployment-authentik-proxy.yaml")
	var mounts []string
	for _, m := range d.Spec.Template.Spec.Containers[0].VolumeMounts {
		mounts = append(mounts, m.MountPath)
	}
	if diff := cmp.Diff([]string{"/dev/shm", "/tmp"}, mounts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEachServiceSelectsItsOwnPodsOnly(t *testing.T) {
	c, o := cluster(exposure("a", "http"))
	o.Redis = at(true)
	files := generate(t, c)
	pods, selectors := map[string]map[string]string{}, map[string]map[string]string{}
	for _, name := range []string{"authentik-proxy", "authentik-proxy-redis"} {
		d := into[appsv1.Deployment](t, files, unit+"deployment-"+name+".yaml")
		pods[name] = d.Spec.Template.Labels
		if diff := cmp.Diff(d.Spec.Selector.MatchLabels, d.Spec.Template.Labels); diff != "" {
			t.Errorf("%s does not select its own pods (-selector +pods)\n%s", name, diff)
		}
		selectors[name] = into[corev1.Service](t, files, unit+"service-"+name+".yaml").Spec.Selector
	}
	for service, selector := range selectors {
		for owner, labels := range pods {
			if selects(selector, labels) != (service == owner) {
				t.Errorf("service %s, pods of %s: selected is %v", service, owner, service != owner)
			}
		}
	}
}

func selects(selector, labels map[string]string) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return true
}

func TestServicePortsReachThePodsPorts(t *testing.T) {
	c, _ := cluster(exposure("a", "http"))
	files := generate(t, c)
	ports := map[string]int32{}
	for _, p := range into[appsv1.Deployment](t, files, unit+"deployment-authentik-proxy.yaml").Spec.Template.Spec.Containers[0].Ports {
		ports[p.Name] = p.ContainerPort
	}
	var got []int32
	for _, p := range into[corev1.Service](t, files, unit+"service-authentik-proxy.yaml").Spec.Ports {
		if ports[p.TargetPort.StrVal] != p.Port {
			t.Errorf("port %d goes to %s, which is %d", p.Port, p.TargetPort.StrVal, ports[p.TargetPort.StrVal])
		}
		got = append(got, p.Port)
	}
	if diff := cmp.Diff([]int32{9000, 9443, 9300}, got); diff != "" {
		t.Errorf("ports (-want +got)\n%s", diff)
	}
}

func TestIngressSendsEveryHostToTheOutpost(t *testing.T) {
	c, _ := cluster(exposure("b", "http"), exposure("a", "https"))
	in := into[networkingv1.Ingress](t, generate(t, c), unit+"ingress-authentik-proxy.yaml")
	var hosts []string
	for _, r := range in.Spec.Rules {
		backend := r.HTTP.Paths[0].Backend.Service
		if backend.Name != "authentik-proxy" || backend.Port.Number != 9000 {
			t.Errorf("%s goes to %+v", r.Host, backend)
		}
		hosts = append(hosts, r.Host)
	}
	if diff := cmp.Diff([]string{"a.example.com", "b.example.com"}, hosts); diff != "" {
		t.Errorf("hosts (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]networkingv1.IngressTLS{{Hosts: hosts, SecretName: "authentik-proxy-tls"}}, in.Spec.TLS); diff != "" {
		t.Errorf("tls (-want +got)\n%s", diff)
	}
	if got := in.Annotations["external-dns.alpha.kubernetes.io/hostname"]; got != strings.Join(hosts, ",") {
		t.Errorf("DNS names %q", got)
	}
}

func TestMoreReplicasStickAndAreSpreadAndGuarded(t *testing.T) {
	c, o := cluster(exposure("a", "http"))
	for _, replicas := range []int{1, 3} {
		o.Replicas = at(replicas)
		files := generate(t, c)
		in := into[networkingv1.Ingress](t, files, unit+"ingress-authentik-proxy.yaml")
		d := into[appsv1.Deployment](t, files, unit+"deployment-authentik-proxy.yaml")
		several := replicas > 1
		if sticks := in.Annotations["nginx.ingress.kubernetes.io/affinity"] == "cookie"; sticks != several {
			t.Errorf("%d replicas: sessions stick is %v", replicas, sticks)
		}
		if spread := len(d.Spec.Template.Spec.TopologySpreadConstraints) == 1; spread != several || *d.Spec.Replicas != int32(replicas) {
			t.Errorf("%d replicas: spread is %v, replicas %d", replicas, spread, *d.Spec.Replicas)
		}
	}
	budget := into[policyv1.PodDisruptionBudget](t, generate(t, c), unit+"poddisruptionbudget-authentik-proxy.yaml")
	if budget.Spec.MaxUnavailable.IntValue() != 1 || budget.Spec.Selector.MatchLabels["app.kubernetes.io/component"] != "outpost" {
		t.Errorf("budget %+v", budget.Spec)
	}
}

func TestProbesAskTheOutpostItself(t *testing.T) {
	c, _ := cluster(exposure("a", "http"))
	container := into[appsv1.Deployment](t, generate(t, c), unit+"deployment-authentik-proxy.yaml").Spec.Template.Spec.Containers[0]
	for name, p := range map[string]*corev1.Probe{"startup": container.StartupProbe, "readiness": container.ReadinessProbe, "liveness": container.LivenessProbe} {
		if p == nil || p.HTTPGet == nil || p.HTTPGet.Path != "/outpost.goauthentik.io/ping" || p.HTTPGet.Port.StrVal != "http" {
			t.Errorf("%s probe %+v", name, p)
		}
	}
}
