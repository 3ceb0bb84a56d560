// Package tools builds the real servers that the tests run, once: they stay in
// the user's cache directory, in a folder named for go.mod, go.sum and the
// version of Go. ICHOR_E2E_TOOLS names another folder to keep them in.
package tools

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Names of the programs, and the packages that they are built from.
const (
	APIServer           = "kube-apiserver"
	Etcd                = "etcd"
	KustomizeController = "kustomize-controller"
	GoBGP               = "gobgp"
	GoBGPD              = "gobgpd"
)

var packages = map[string]string{
	APIServer:           "k8s.io/kubernetes/cmd/kube-apiserver",
	Etcd:                "go.etcd.io/etcd/server/v3",
	KustomizeController: "github.com/fluxcd/kustomize-controller",
	GoBGP:               "github.com/osrg/gobgp/v4/cmd/gobgp",
	GoBGPD:              "github.com/osrg/gobgp/v4/cmd/gobgpd",
}

// Kubernetes is the release of the API server, without a v. It is told to the
// linker: a server built from its module does not know it.
const Kubernetes = "1.36.3"

// Build gives the folder with the programs, in which those that are missing are
// built first. The module's root is the parameter. It gives an error that holds
// what the go command says.
func Build(module string) (string, error) {
	dir, err := folder(module)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	// In the order of their size: what is shared is compiled once.
	for _, name := range []string{APIServer, Etcd, KustomizeController, GoBGP, GoBGPD} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			continue
		}
		if err := build(module, name, filepath.Join(dir, name)); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// build makes a program under another name first, so that a run that is broken
// off, or a second one, leaves no half of it.
func build(module, name, to string) error {
	temporary := fmt.Sprintf("%s.%d", to, os.Getpid())
	flags := "-s -w -X k8s.io/component-base/version.gitVersion=v" + Kubernetes +
		" -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36"
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags="+flags, "-o", temporary, packages[name])
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", packages[name], err, out)
	}
	return os.Rename(temporary, to)
}

// folder gives where the programs of this module and this Go are kept.
func folder(module string) (string, error) {
	if dir := os.Getenv("ICHOR_E2E_TOOLS"); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(module, name))
		if err != nil {
			return "", err
		}
		sum.Write(data)
	}
	sum.Write([]byte(runtime.Version() + runtime.GOARCH))
	return filepath.Join(cache, "ichor-e2e", hex.EncodeToString(sum.Sum(nil))[:16]), nil
}
