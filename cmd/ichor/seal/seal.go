// Package seal takes from the process what reading a repository never needs:
// starting programs and opening connections. It does not know what a repository
// can hold, so that it goes on to hold where a check of the files has a hole.
package seal

import (
	"errors"
	"net"
	"net/http"
	"os"
)

// ErrSealed is the error of every request of a sealed process.
var ErrSealed = errors.New("ichor opens no connections")

// Process seals this process for the rest of its life.
//
// Libraries that look for a program by its name find none, and those that use the
// default client or resolver of Go reach nobody. On Linux the kernel refuses, with
// EPERM, every start of a program and every socket, from any code of the process;
// where the kernel cannot do so, the error says why, and the rest holds.
func Process() error {
	http.DefaultTransport = refusal{}
	http.DefaultClient.Transport = refusal{}
	net.DefaultResolver.PreferGo = true
	return errors.Join(os.Setenv("PATH", ""), filter())
}

// refusal answers no request.
type refusal struct{}

// RoundTrip gives ErrSealed.
func (refusal) RoundTrip(*http.Request) (*http.Response, error) { return nil, ErrSealed }
