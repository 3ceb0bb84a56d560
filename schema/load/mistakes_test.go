package load

import (
	"os"
	"strings"
	"testing"

	"ichor/schema/diag"
)

// Digits in quotes may be right: only where a number is wanted, the help says so.
func TestNoMistake(t *testing.T) {
	fsys := repository(t, map[string]string{"spec/a.cue": "retention: \"30\"\n"})
	for message, want := range map[string]string{
		`retention is "30": a backup's retention must be a number of days, weeks or months, as 30d`: "",
		`id is "30": a VLAN's id must be 1 to 4094`:                                                 "write a number without quotes: 30",
		`id must be a whole number`:                                                                 "write a number without quotes: 30",
	} {
		l := advised(fsys, diag.List{{Code: codeInvalid, Message: message, Pos: diag.Pos{File: "spec/a.cue", Line: 1, Column: 12}}})
		if l[0].Help != want {
			t.Errorf("%s: got %q, want %q", message, l[0].Help, want)
		}
	}
}

// Of each mistake there is one finding, which says what to write instead.
func TestMistakes(t *testing.T) {
	starter, err := os.ReadFile("../../cmd/ichor/starter.cue")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, right, wrong, help string }{
		{"a name with a dash", `vlans: home`, "services: external-dns: {path: \"x\"}\n\tvlans: home", `write quotes around a name with a dash, a dot or a slash: "external-dns": ...`},
		{"a name with a slash", `vlans: home`, "namespaces: apps: labels: {app.kubernetes.io/name: \"x\"}\n\tvlans: home", `write quotes around a name with a dash, a dot or a slash: "app.kubernetes.io/name": ...`},
		{"single quotes", `"home"`, `'home'`, `write double quotes: "home"; single quotes are for bytes`},
		{"a number in quotes", `id: 1`, `id: "1"`, `write a number without quotes: 1`},
		{"a list of YAML", `cidrs: ["192.168.1.0/24"]`, "cidrs:\n\t- \"192.168.1.0/24\"\n", `write a list in brackets, as ["a", "b"]`},
		{"a longer list of YAML", `cidrs: ["192.168.1.0/24"]`, "cidrs:\n\t- \"192.168.1.0/24\"\n\t- \"fd00::/64\"\n", `write a list in brackets, as ["a", "b"]`},
		{"a list of YAML in names", `cidrs: ["192.168.1.0/24"]`, "cidrs:\n\t- home\n", `write a list in brackets, as ["a", "b"]`},
		{"a comment of YAML", `talos: sched`, "# a comment\n\ttalos: sched", `begin a comment with // and not with #`},
		{"a comment of one word", `talos: sched`, "#comment\n\ttalos: sched", "begin a comment with //; #comment is the name of a definition"},
		{"a comment with a colon", `talos: sched`, "# note: x y\n\ttalos: sched", `begin a comment with // and not with #`},
		{"a comment behind a value", `role:      "controlplane"`, `role: "controlplane" # the first`, `begin a comment with // and not with #`},
		{"an equals sign", `name:   "home"`, `name = "home"`, `write a colon between a name and its value: name: "home"`},
		{"True", `Planes: true`, `Planes: True`, `write true or false, in lower case and without quotes`},
		{"yes", `Planes: true`, `Planes: yes`, `write true or false, in lower case and without quotes`},
		{"a bare word", `role:      "controlplane"`, `role: controlplane`, `write quotes around text: "controlplane"; without quotes it is the name of another field`},
		{"a bare domain", `"home.example.com"`, `home.example.com`, `write quotes around text: "home.example.com"; without quotes it is the name of another field`},
		{"no package clause", `package spec`, ``, "begin the file with `package spec`"},
		{"a text for a number", `id: 1`, `id: "one"`, ""},
		{"no import", `import "ichor.internal/schema"`, ``, `write import "ichor.internal/schema" below the package clause`},
		{"another import", `"ichor.internal/schema"`, `"ichor/schema"`, `the language is the package "ichor.internal/schema"`},
		{"dependsOn", `vlans: home`, "services: web: {path: \"x\", dependsOn: [\"a\"]}\n\tvlans: home", "delete it: ichor computes dependsOn. If a service waits for something that it names nowhere else, name it in `after`"},
		{"an open list", `["10.244.0.0/16"]`, `["10.244.0.0/16"`, ``},
		{"an open text", `"home.example.com"`, `"home.example.com`, ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(string(starter), tt.right) {
				t.Fatalf("the starter has no %q", tt.right)
			}
			_, l := Cluster(repository(t, map[string]string{"spec/cluster.cue": strings.Replace(string(starter), tt.right, tt.wrong, 1)}), "spec")
			if len(l) != 1 || l[0].Help != tt.help || !l[0].Pos.IsValid() {
				t.Errorf("got %+v, want one finding with the help %q", l, tt.help)
			}
		})
	}
}
