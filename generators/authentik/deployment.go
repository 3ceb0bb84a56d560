package authentik

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/generators/object"
	"ichor/schema/model"
)

// What the outpost listens on, and where it answers probes with 204. Source:
// authentik, proxy.Dockerfile and internal/outpost/proxyv2/handlers.go.
const (
	portHTTP    = 9000
	portHTTPS   = 9443
	portMetrics = 9300
	pingPath    = "/outpost.goauthentik.io/ping"
)

const (
	outpostImage     = "ghcr.io/goauthentik/proxy"
	outpostComponent = "outpost"
	// userID is the user of the image (proxy.Dockerfile, USER).
	userID = 1000
)

func outpostLabels(o *model.Outpost) map[string]string {
	return object.Labels(o.Unit, outpostComponent)
}

// serviceAccount gives the outpost's account in the cluster: it asks nothing
// of the Kubernetes API, so it has neither a role nor a token.
func serviceAccount(o *model.Outpost) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta:                     object.Type("v1", "ServiceAccount"),
		ObjectMeta:                   object.Meta(o.Unit, o.Namespace.V),
		AutomountServiceAccountToken: new(bool),
	}
}

func deployment(c *model.Cluster, o *model.Outpost) *appsv1.Deployment {
	pod := corev1.PodSpec{
		ServiceAccountName:           o.Unit,
		AutomountServiceAccountToken: new(bool),
		SecurityContext:              restrictedPod(userID),
		Containers:                   []corev1.Container{outpostContainer(c, o)},
		Volumes:                      outpostVolumes(),
	}
	if o.Replicas.V > 1 {
		pod.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MaxSkew:           1,
			TopologyKey:       corev1.LabelHostname,
			WhenUnsatisfiable: corev1.ScheduleAnyway,
			LabelSelector:     &metav1.LabelSelector{MatchLabels: outpostLabels(o)},
		}}
	}
	return newDeployment(object.Meta(o.Unit, o.Namespace.V), outpostLabels(o), int32(o.Replicas.V), pod)
}

// newDeployment gives a Deployment whose selector is its labels.
func newDeployment(meta metav1.ObjectMeta, labels map[string]string, replicas int32, pod corev1.PodSpec) *appsv1.Deployment {
	meta.Labels = labels
	return &appsv1.Deployment{
		TypeMeta:   object.Type("apps/v1", "Deployment"),
		ObjectMeta: meta,
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       pod,
			},
		},
	}
}

// outpostContainer runs the image of authentik's own version: outpost and
// server must be of the same release.
func outpostContainer(c *model.Cluster, o *model.Outpost) corev1.Container {
	return corev1.Container{
		Name:  outpostComponent,
		Image: outpostImage + ":" + c.Release.Authentik.V,
		Env:   environment(c, o),
		Ports: []corev1.ContainerPort{
			{Name: "http", ContainerPort: portHTTP, Protocol: corev1.ProtocolTCP},
			{Name: "https", ContainerPort: portHTTPS, Protocol: corev1.ProtocolTCP},
			{Name: "metrics", ContainerPort: portMetrics, Protocol: corev1.ProtocolTCP},
		},
		StartupProbe:    ping(5, 60), // it waits for authentik's server before it answers
		ReadinessProbe:  ping(10, 3),
		LivenessProbe:   ping(20, 5),
		Resources:       resources("10m", "128Mi", "512Mi"),
		SecurityContext: restrictedContainer(),
		VolumeMounts: []corev1.VolumeMount{
			{Name: "sessions", MountPath: "/dev/shm"},
			{Name: "tmp", MountPath: "/tmp"},
		},
	}
}

// environment tells the outpost where authentik is, for itself and for
// browsers. Source: authentik, internal/config/struct.go.
func environment(c *model.Cluster, o *model.Outpost) []corev1.EnvVar {
	token := &corev1.SecretKeySelector{Key: tokenKey}
	token.Name = o.TokenSecret()
	env := []corev1.EnvVar{
		{Name: "AUTHENTIK_HOST", Value: c.Auth.Authentik.InternalURL},
		{Name: "AUTHENTIK_HOST_BROWSER", Value: c.Auth.Authentik.URL},
		{Name: "AUTHENTIK_INSECURE", Value: "false"},
		{Name: "AUTHENTIK_TOKEN", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: token}},
	}
	// Forwarded headers count only from trusted proxies, and the ranges that
	// are trusted by default hold no unique local IPv6 addresses. One range:
	// authentik 2026.8.0 to 2026.8.3 misread lists.
	if pods := c.PodNetwork.CIDRs; len(pods) > 0 && pods[0].V.Addr().Is6() {
		env = append(env, corev1.EnvVar{Name: "AUTHENTIK_LISTEN__TRUSTED_PROXY_CIDRS", Value: pods[0].V.Masked().String()})
	}
	return env
}

// outpostVolumes give the two places that the outpost writes to. Sessions are
// files in /dev/shm (TMPDIR of the image), and end with the pod.
func outpostVolumes() []corev1.Volume {
	size := resource.MustParse("64Mi")
	return []corev1.Volume{
		{Name: "sessions", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{
			Medium: corev1.StorageMediumMemory, SizeLimit: &size,
		}}},
		{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: &size}}},
	}
}

// ping probes the outpost every so many seconds until it failed so often.
func ping(period, failures int32) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
			Path: pingPath,
			Port: intstr.FromString("http"),
		}},
		PeriodSeconds:    period,
		FailureThreshold: failures,
	}
}
