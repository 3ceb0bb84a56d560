package main

import (
	_ "cuelang.org/go/cue"
	_ "cuelang.org/go/cue/load"
	_ "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	_ "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2alpha1"
	_ "github.com/fluxcd/helm-controller/api/v2"
	_ "github.com/fluxcd/kustomize-controller/api/v1"
	_ "github.com/fluxcd/source-controller/api/v1"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/siderolabs/talos/pkg/machinery/config/generate"
	_ "github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	_ "github.com/spf13/cobra"
	_ "golang.org/x/tools/txtar"
	_ "k8s.io/api/apps/v1"
	_ "sigs.k8s.io/yaml"
)

func main() {}
