package talos

import (
	machinery "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"
)

// encode gives the configuration as Talos reads it, without the library's
// comments, which are on by default.
func encode(config machinery.Provider) ([]byte, error) {
	return config.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
}

// validate reads a configuration back and judges it as the machine does before it
// takes it: an error is what the machine rejects, a warning what it logs. Values
// from the secrets bundle are not looked at: any text passes for them. The library
// takes what it was built with, also for a release that does not know it: the rule
// talos-field-release judges that.
func validate(content []byte) (warnings []string, err error) {
	config, err := configloader.NewFromBytes(content)
	if err != nil {
		return nil, err
	}
	return config.Validate(metal{}, validation.WithLocal())
}

// metal is a machine without a hypervisor or container below it, on which
// Talos installs itself.
type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return true }
func (metal) InContainer() bool     { return false }
