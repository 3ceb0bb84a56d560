package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"
)

// marker stands for a value of the secrets bundle, some of which are base64.
var marker = regexp.MustCompile(`(\{\{ )?(secret|op)://[^\s,"'}]+( \}\})?`)

// The newest library of Talos takes every machine of every golden, whichever
// release its spec names, as `talosctl validate --mode metal --strict` would.
func TestTalos(t *testing.T) {
	for _, c := range goldens(t) {
		names, err := filepath.Glob(filepath.Join(c.dir, "out/talos/*.yaml"))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s has no machines: %v", c.name, err)
		}
		for _, name := range names {
			t.Run(c.name+"/"+filepath.Base(name), func(t *testing.T) {
				data, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				config, err := configloader.NewFromBytes(marker.ReplaceAll(data, []byte("c2VjcmV0")))
				if err != nil {
					t.Fatal(err)
				}
				warnings, err := config.ValidateAsClient(metal{}, validation.WithLocal(), validation.WithStrict())
				if err != nil || len(warnings) > 0 {
					t.Errorf("%v %q", err, warnings)
				}
			})
		}
	}
}

// metal is a machine on which Talos installs itself.
type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return true }
func (metal) InContainer() bool     { return false }
