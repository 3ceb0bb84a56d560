package authentik

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// restrictedPod gives what the Pod Security Standard restricted asks of a pod.
// Source: kubernetes.io, Pod Security Standards.
func restrictedPod(user int64) *corev1.PodSecurityContext {
	nonRoot := true
	return &corev1.PodSecurityContext{
		RunAsNonRoot:   &nonRoot,
		RunAsUser:      &user,
		RunAsGroup:     &user,
		FSGroup:        &user,
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
}

// restrictedContainer gives what the standard asks of a container, and a root
// file system that cannot be written.
func restrictedContainer() *corev1.SecurityContext {
	readOnly := true
	return &corev1.SecurityContext{
		AllowPrivilegeEscalation: new(bool),
		ReadOnlyRootFilesystem:   &readOnly,
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
}

// resources gives the processor and memory that a container asks for, and the
// memory at which it is stopped.
func resources(cpu, memory, limit string) corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Requests: corev1.ResourceList{
			corev1.ResourceCPU:    resource.MustParse(cpu),
			corev1.ResourceMemory: resource.MustParse(memory),
		},
		Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(limit)},
	}
}
