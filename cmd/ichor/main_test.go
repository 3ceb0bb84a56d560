package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// updateVariable, set by `make golden`, makes tests write what they would
// otherwise compare.
const updateVariable = "ICHOR_UPDATE"

func TestMain(m *testing.M) {
	if code, played := playRole(); played {
		os.Exit(code)
	}
	testscript.Main(m, map[string]func(){"ichor": main})
}

func updating() bool { return os.Getenv(updateVariable) != "" }
