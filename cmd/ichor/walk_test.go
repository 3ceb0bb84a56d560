package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// lab is login -> database -> storage, hard; storage ~> login and monitoring ~>
// login, soft; a lone unit; and one named for a word of Mermaid.
func lab() map[string]*model.Unit {
	all := map[string]*model.Unit{}
	for _, name := range []string{"database", "end", "login", "monitoring", "storage"} {
		all[name] = &model.Unit{Name: name}
	}
	add := func(from string, e model.Edge) { all[from].Edges = append(all[from].Edges, e) }
	at := func(line int) diag.Pos { return diag.Pos{File: "spec/a.cue", Line: line, Column: 2} }
	add("login", model.Edge{To: all["database"], Rule: "database", Reason: "login keeps its data there", Pos: at(1)})
	add("login", model.Edge{To: all["database"], Rule: "after", Reason: "of an outage", Pos: at(2)})
	add("login", model.Edge{To: all["database"], Rule: "dns", Soft: true, Reason: "of a name"})
	add("database", model.Edge{To: all["storage"], Rule: "storage-class", Reason: "Cluster db asks for class fast", Pos: at(3)})
	add("storage", model.Edge{To: all["login"], Rule: "outpost", Soft: true, Reason: "its page is behind a login", Pos: at(4)})
	add("monitoring", model.Edge{To: all["login"], Rule: "outpost", Soft: true, Reason: "its page is behind a login", Pos: at(5)})
	return all
}

func sorted(units map[string]*model.Unit) []*model.Unit {
	var all []*model.Unit
	for _, name := range sortedKeys(units) {
		all = append(all, units[name])
	}
	return all
}

func TestWhy(t *testing.T) {
	tests := []struct {
		from, to string
		found    bool
		want     string
	}{
		{"login", "storage", true, `login comes after storage:
  login comes after database
    because login keeps its data there [database]: spec/a.cue:1:2
    because of an outage [after]: spec/a.cue:2:2
  database comes after storage
    because Cluster db asks for class fast [storage-class]: spec/a.cue:3:2
`},
		{"monitoring", "storage", false, `monitoring does not wait for storage, and only uses it:
  monitoring uses login
    because its page is behind a login [outpost]: spec/a.cue:5:2
  login comes after database
    because login keeps its data there [database]: spec/a.cue:1:2
    because of an outage [after]: spec/a.cue:2:2
  database comes after storage
    because Cluster db asks for class fast [storage-class]: spec/a.cue:3:2
`},
		{"storage", "login", false, `storage does not wait for login, and only uses it:
  storage uses login
    because its page is behind a login [outpost]: spec/a.cue:4:2
It is the other way round: ichor why login storage
`},
		{"end", "login", false, "end does not need login.\n"},
		{"end", "end", false, "end is one unit: it comes neither before nor after itself.\n"},
	}
	units := lab()
	for _, test := range tests {
		got, found := whyText(units[test.from], units[test.to])
		if diff := cmp.Diff(test.want, got); diff != "" || found != test.found {
			t.Errorf("why %s %s: found %v\n%s", test.from, test.to, found, diff)
		}
	}
}

func TestImpact(t *testing.T) {
	units := lab()
	want := map[string]string{
		"storage": `If storage never becomes ready, 2 units stay down:
  database comes after storage
    because Cluster db asks for class fast [storage-class]: spec/a.cue:3:2
  login comes after database
    because login keeps its data there [database]: spec/a.cue:1:2
    because of an outage [after]: spec/a.cue:2:2

Ready anyway, but without what they use:
  monitoring uses login
    because its page is behind a login [outpost]: spec/a.cue:5:2
`,
		"login": `If login never becomes ready, nothing else stays down.

Ready anyway, but without what they use:
  monitoring uses login
    because its page is behind a login [outpost]: spec/a.cue:5:2
  storage uses login
    because its page is behind a login [outpost]: spec/a.cue:4:2
`,
		"monitoring": "If monitoring never becomes ready, nothing else stays down.\n",
	}
	for name, text := range want {
		if diff := cmp.Diff(text, impactText(units[name], impactOf(sorted(units), units[name]))); diff != "" {
			t.Errorf("impact %s:\n%s", name, diff)
		}
	}
}

func TestUnknownUnit(t *testing.T) {
	all := sorted(lab())
	for name, want := range map[string]string{
		"storag":  `there is no unit "storag"; did you mean storage?`,
		"grafana": `there is no unit "grafana"; ichor graph lists all units`,
	} {
		if _, err := unit(all, name); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if u, err := unit(all, "login"); err != nil || u.Name != "login" {
		t.Errorf("login is not found: %v", err)
	}
}

func TestGraphForms(t *testing.T) {
	all := sorted(lab())
	text := `database
  after storage (storage-class)
end
login
  after database (after, database, dns)
monitoring
  uses  login (outpost)
storage
  uses  login (outpost)
`
	dot := `digraph units {
	rankdir=LR;
	node [shape=box];
	"database";
	"end";
	"login";
	"monitoring";
	"storage";
	"database" -> "storage" [label="storage-class", style=solid];
	"login" -> "database" [label="after, database, dns", style=solid];
	"monitoring" -> "login" [label="outpost", style=dashed];
	"storage" -> "login" [label="outpost", style=dashed];
}
`
	mermaid := `flowchart LR
  u-database["database"]
  u-end["end"]
  u-login["login"]
  u-monitoring["monitoring"]
  u-storage["storage"]
  u-database -->|"storage-class"| u-storage
  u-login -->|"after, database, dns"| u-database
  u-monitoring -.->|"outpost"| u-login
  u-storage -.->|"outpost"| u-login
`
	for want, got := range map[string]string{text: graphText(all), dot: graphDOT(all), mermaid: graphMermaid(all)} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestQuoting(t *testing.T) {
	if got, want := quoteDOT(`a"b\c`), `"a\"b\\c"`; got != want {
		t.Errorf("DOT: got %s, want %s", got, want)
	}
	if got, want := quoteMermaid(`a"b`), `"a#quot;b"`; got != want {
		t.Errorf("Mermaid: got %s, want %s", got, want)
	}
}
