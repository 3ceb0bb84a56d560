package main

import (
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	machinery "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"go.yaml.in/yaml/v4"
)

// bundle writes a secrets bundle as `talosctl gen secrets` does, with the bootstrap
// token abcdef.0123456789abcdef, and one value replaced where it is said.
func bundle(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: bundle FILE [PATH=VALUE]")
	}
	made, err := secrets.NewBundle(secrets.NewFixedClock(time.Unix(1_700_000_000, 0)), machinery.TalosVersion1_6)
	ts.Check(err)
	made.Secrets.BootstrapToken = "abcdef.0123456789abcdef"
	text, err := yaml.Marshal(made)
	ts.Check(err)
	if len(args) == 2 {
		text, err = replaced(text, args[1])
		ts.Check(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, secretFileMode))
}

// replaced gives YAML with the value at a path, as certs.os.key=VALUE, replaced.
func replaced(text []byte, change string) ([]byte, error) {
	path, value, _ := strings.Cut(change, "=")
	var top map[string]any
	if err := yaml.Unmarshal(text, &top); err != nil {
		return nil, err
	}
	at, parts := top, strings.Split(path, ".")
	for _, p := range parts[:len(parts)-1] {
		at = at[p].(map[string]any)
	}
	at[parts[len(parts)-1]] = value
	return yaml.Marshal(top)
}
