package diag

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// source is a spec with the lines that the findings below name.
const source = `package spec

pools: {
	"bgp-ingress": {vlan: "loadbalancer", stop: "172.29.51.220"}
	größe: 12
}
password: "hunter2-hunter2"
`

var findings = List{
	{
		Code: "pool-outside-vlan", Severity: Error, Path: "cluster.pools.bgp-ingress.stop",
		Message: `pool "bgp-ingress" ends at 172.29.51.220, outside VLAN 52 (172.29.52.0/24)`,
		Pos:     Pos{"spec/network.cue", 4, 46},
		Notes: []Note{
			{"VLAN loadbalancer is declared here", Pos{"spec/network.cue", 1, 1}},
			{Message: "100% of it, a <b> & more"},
		},
		Help: "use an address of 172.29.52.0/24",
	},
	{Code: "wide", Severity: Warning, Message: "two\nlines \x1b[31m", Pos: Pos{"spec/network.cue", 5, 11}},
	{Code: "secret-literal", Severity: Error, Message: "password holds a secret", Pos: Pos{"spec/network.cue", 7, 11}, Secret: true},
	{Code: "no-file", Severity: Error, Message: "the file is gone", Pos: Pos{"spec/a b,c.cue", 1, 1}},
	{Code: "no-line", Severity: Error, Message: "the line is gone", Pos: Pos{"spec/network.cue", 99, 1}},
	{Code: "no-place", Severity: Error, Message: "about the whole"},
}

func printer() Printer {
	return Printer{
		Source: func(file string) ([]byte, error) {
			if file != "spec/network.cue" {
				return nil, fs.ErrNotExist
			}
			return []byte(source), nil
		},
		Rules: []Rule{{
			Code: "pool-outside-vlan", Severity: Error, Summary: "A pool lies in its VLAN.",
			Wrong: "pools: a: {\n\tstop: \"10.0.0.1\"\n}\n", Right: "pools: a: stop: \"10.0.1.1\"", Source: "RFC 1",
		}},
		Version: "1.2.3",
	}
}

func TestPrint(t *testing.T) {
	for _, f := range Formats() {
		t.Run(string(f), func(t *testing.T) {
			var b bytes.Buffer
			if err := printer().Print(&b, f, findings); err != nil {
				t.Fatal(err)
			}
			golden(t, "print."+string(f), b.Bytes())
		})
	}
}

func TestPrintColor(t *testing.T) {
	p := printer()
	p.Color = true
	var b bytes.Buffer
	if err := p.Print(&b, Text, findings[:2]); err != nil {
		t.Fatal(err)
	}
	golden(t, "print.color", b.Bytes())
}

func TestPrintNothing(t *testing.T) {
	want := map[Format]string{
		Text: "", GitHub: "",
		JSON: "{\n  \"errors\": 0,\n  \"warnings\": 0,\n  \"infos\": 0,\n  \"findings\": []\n}\n",
	}
	for f, text := range want {
		var b bytes.Buffer
		if err := (Printer{}).Print(&b, f, nil); err != nil {
			t.Fatal(err)
		}
		if b.String() != text {
			t.Errorf("%s of no findings: %q", f, b.String())
		}
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := printer().Print(&b, f, findings); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "hunter2") {
			t.Errorf("%s shows the line of a secret:\n%s", f, b.String())
		}
	}
}

func TestPrintReportsTheWriter(t *testing.T) {
	for _, f := range Formats() {
		if err := printer().Print(brokenWriter{}, f, findings); !errors.Is(err, errBroken) {
			t.Errorf("%s: got %v, want %v", f, err, errBroken)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	const want = `unknown format "xml": it can be text, json, github, sarif`
	if err := (Printer{}).Print(&bytes.Buffer{}, "xml", nil); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

var errBroken = errors.New("broken pipe")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// golden compares with a file of testdata; ICHOR_UPDATE=1 rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("ICHOR_UPDATE") != "" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
