package authentik

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ichor/generators/object"
	"ichor/schema/model"
)

const (
	redisImage     = "redis:8-alpine"
	redisComponent = "redis"
	redisPort      = 6379
	// redisUserID is the user redis of the image.
	redisUserID = 999
)

func redisName(o *model.Outpost) string { return o.Unit + "-" + redisComponent }

func redisLabels(o *model.Outpost) map[string]string { return object.Labels(o.Unit, redisComponent) }

// redisDeployment gives a Redis that keeps nothing on a disk.
func redisDeployment(o *model.Outpost) *appsv1.Deployment {
	size := resource.MustParse("256Mi")
	pod := corev1.PodSpec{
		AutomountServiceAccountToken: new(bool),
		SecurityContext:              restrictedPod(redisUserID),
		Containers: []corev1.Container{{
			Name:            redisComponent,
			Image:           redisImage,
			Args:            []string{"--save", "", "--appendonly", "no"},
			Ports:           []corev1.ContainerPort{{Name: redisComponent, ContainerPort: redisPort, Protocol: corev1.ProtocolTCP}},
			ReadinessProbe:  connectTo(redisComponent),
			LivenessProbe:   connectTo(redisComponent),
			Resources:       resources("10m", "32Mi", "256Mi"),
			SecurityContext: restrictedContainer(),
			VolumeMounts:    []corev1.VolumeMount{{Name: "data", MountPath: "/data"}},
		}},
		Volumes: []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
			EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: &size},
		}}},
	}
	return newDeployment(object.Meta(redisName(o), o.Namespace.V), redisLabels(o), 1, pod)
}

func redisService(o *model.Outpost) *corev1.Service {
	return newService(object.Meta(redisName(o), o.Namespace.V), redisLabels(o), port(redisComponent, redisPort))
}

// connectTo probes that a port takes connections.
func connectTo(name string) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler:  corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString(name)}},
		PeriodSeconds: 10,
	}
}
