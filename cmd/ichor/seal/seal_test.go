package seal_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"ichor/cmd/ichor/seal"
)

// The test binary plays two parts: the test watches, and a process of its own,
// which these variables call for, is sealed and tries to get out.
const (
	partVariable    = "ICHOR_SEAL_TEST_PART"
	addressVariable = "ICHOR_SEAL_TEST_ADDRESS"
	programVariable = "ICHOR_SEAL_TEST_PROGRAM"
)

func TestMain(m *testing.M) {
	part, ok := parts[os.Getenv(partVariable)]
	if !ok {
		os.Exit(m.Run())
	}
	if os.Getenv("ICHOR_SEAL_TEST_OPEN") == "" {
		if err := seal.Process(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	part()
}

// parts try to reach the server or start the program of the test, each in its way.
// What they get is of no interest: the test counts what arrives.
var parts = map[string]func(){
	"kustomize": func() {
		fsys := filesys.MakeFsInMemory()
		_ = fsys.WriteFile("/kustomization.yaml", []byte(fmt.Sprintf(`resources:
- http://%[1]s/a.yaml
- "file:///x.git//a?ref=main\n"
- git::ssh://git@%[1]s/x//y
configMapGenerator:
- {name: a, files: ["k=http://%[1]s/text"]}
`, os.Getenv(addressVariable))))
		for _, options := range []*krusty.Options{krusty.MakeDefaultOptions(), {LoadRestrictions: types.LoadRestrictionsNone, PluginConfig: types.DisabledPluginConfig()}} {
			_, _ = krusty.MakeKustomizer(options).Run(fsys, "/")
		}
	},
	"kustomize with a generator": func() {
		fsys := filesys.MakeFsInMemory()
		_ = fsys.WriteFile("/kustomization.yaml", []byte(fmt.Sprintf("configMapGenerator:\n- {name: a, files: ['k=http://%s/text']}\n", os.Getenv(addressVariable))))
		_, _ = krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, "/")
	},
	"a client": func() {
		if response, err := http.Get("http://" + os.Getenv(addressVariable)); err == nil {
			response.Body.Close()
		}
	},
	"a client of its own": func() {
		client := http.Client{Transport: &http.Transport{}}
		if response, err := client.Get("http://" + os.Getenv(addressVariable)); err == nil {
			response.Body.Close()
		}
	},
	"a connection": func() {
		if c, err := net.Dial("tcp", os.Getenv(addressVariable)); err == nil {
			_, _ = c.Write([]byte("GET / HTTP/1.0\r\n\r\n"))
			c.Close()
		}
	},
	"a program by name": func() { _ = exec.Command("git").Run() },
	"a program by path": func() { _ = exec.Command(os.Getenv(programVariable)).Run() },
}

// onlyKernel are the parts that nothing but the kernel's filter stops.
var onlyKernel = map[string]bool{"a client of its own": true, "a connection": true, "a program by path": true}

// TestSealed holds that a sealed process starts nothing and reaches nobody, in any
// way that its libraries know; and that without the seal each of the ways works,
// so that the test would notice.
func TestSealed(t *testing.T) {
	for part := range parts {
		t.Run(part, func(t *testing.T) {
			if onlyKernel[part] && runtime.GOOS != "linux" {
				t.Skip("only Linux has a filter of calls that needs no rights")
			}
			if n := attempts(t, part, "ICHOR_SEAL_TEST_OPEN=1"); n == 0 {
				t.Error("without the seal nothing arrives either")
			}
			if n := attempts(t, part); n != 0 {
				t.Errorf("%d programs and requests got out", n)
			}
		})
	}
}

// attempts plays a part, and gives how many requests and starts there were.
func attempts(t *testing.T, part string, env ...string) int {
	t.Helper()
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer server.Close()
	dir := t.TempDir()
	started, program := filepath.Join(dir, "started"), filepath.Join(dir, "git")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho x >> "+started+"\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), append(env, partVariable+"="+part, programVariable+"="+program,
		addressVariable+"="+server.Listener.Addr().String(), "PATH="+dir+":/usr/bin:/bin")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	starts, err := os.ReadFile(started)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return int(requests.Load()) + len(starts)/2
}
