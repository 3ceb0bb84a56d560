package release

import (
	"fmt"

	"golang.org/x/mod/semver"
)

// OldestCUE is the oldest version of CUE in which ichor's language means
// something: it has the builtin `error`.
//
// Source: cuelang.org/go v0.17.1, internal/core/compile/builtin.go.
const OldestCUE = "v0.14.0"

// CheckCUE tells why a module that declares a version of CUE cannot be read
// with ichor's language by a CUE of the version ours.
func CheckCUE(declared, ours string) error {
	switch {
	case declared == "":
		return fmt.Errorf("the module does not say which version of CUE it is written in")
	case !semver.IsValid(declared):
		return fmt.Errorf("%q is not a version of CUE", declared)
	case semver.Compare(declared, OldestCUE) < 0:
		return fmt.Errorf("the module is written in CUE %q, but ichor's language requires at least %s", declared, OldestCUE)
	case semver.Compare(declared, ours) > 0:
		return fmt.Errorf("the module is written in CUE %q, which is newer than the %s of this ichor", declared, ours)
	}
	return nil
}
