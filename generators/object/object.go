// Package object makes the Kubernetes objects that more than one target emits.
package object
