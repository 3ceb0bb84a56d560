package talos

import (
	"errors"
	"fmt"

	machinery "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"

	"ichor/schema/release"
)

// encode gives the configuration as Talos reads it, without the library's
// comments, which are on by default.
func encode(config machinery.Provider) ([]byte, error) {
	return config.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
}

// validate reads a configuration back and judges it as the machine does before it
// takes it: an error is what the machine rejects, a warning what it logs. It also
// rejects documents that the release does not know, which the library does not.
// Values from the secrets bundle are not looked at: any text passes for them.
func validate(content []byte, row *release.Talos) (warnings []string, err error) {
	config, err := configloader.NewFromBytes(content)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, d := range config.Documents() {
		if !isV1Alpha1(d) && !row.HasDocument(d.Kind()) {
			errs = append(errs, fmt.Errorf("there is no %s in Talos %s", d.Kind(), row.Minor))
		}
	}
	warnings, err = config.Validate(metal{}, validation.WithLocal())
	return warnings, errors.Join(append(errs, err)...)
}

// metal is a machine without a hypervisor or container below it, on which
// Talos installs itself.
type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return true }
func (metal) InContainer() bool     { return false }
