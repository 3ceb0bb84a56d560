//go:build !linux

// Package supervise makes ichor two processes on Linux. On other systems there is
// one, and what Go's runtime prints when it dies is shown as it is.
package supervise

import "os"

// Stderr gives the stream that the user sees.
func Stderr() *os.File { return os.Stderr }

// Report tells a supervisor what is being read; here there is none.
func Report(string) {}

// Exit ends the process with an exit code of its own.
func Exit(code int) { os.Exit(code) }

// LimitMemory does nothing where the kernel limits no memory of Go's.
func LimitMemory(int64) {}
