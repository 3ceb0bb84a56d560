package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ichor/schema/audit"
	"ichor/schema/diag"
	"ichor/schema/graph"
)

// repositoriesDir has the list of public repositories by which the rules were
// tuned, a line each: owner/name, commit. What the audit says of them stands in
// table.md beside it. The repositories are no part of this one: the environment
// names a directory with a clone of each, called owner+name.
const repositoriesDir = "../../testdata/repositories"

// checkout is a clone of a repository at the commit of the list.
type checkout struct{ name, commit, dir string }

func checkouts(t *testing.T) []checkout {
	t.Helper()
	dir := os.Getenv("ICHOR_REPOSITORIES")
	if dir == "" {
		t.Skip("ICHOR_REPOSITORIES names no directory with clones of the repositories in testdata/repositories/list.txt")
	}
	list, err := os.ReadFile(filepath.Join(repositoriesDir, "list.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []checkout
	for line := range strings.Lines(string(list)) {
		f := strings.Fields(line)
		c := checkout{f[0], f[1], filepath.Join(dir, strings.ReplaceAll(f[0], "/", "+"))}
		head, err := exec.Command("git", "-C", c.dir, "rev-parse", "HEAD").Output()
		if err != nil || strings.TrimSpace(string(head)) != c.commit {
			t.Fatalf("%s is not at %s: %s %v", c.dir, c.commit, head, err)
		}
		out = append(out, c)
	}
	return out
}

// TestRepositories audits every repository: no panic, a finding for every build
// that fails and every circle that the computed edges make, and of the edges that
// people wrote at least four in five derived directly.
func TestRepositories(t *testing.T) {
	var total audit.Statistics
	var rows strings.Builder
	clusters, kustomizations := 0, 0
	for _, c := range checkouts(t) {
		r, err := (&app{}).repository(c.dir)
		if err != nil {
			t.Fatal(c.name, err)
		}
		found := r.findings()
		s := sum(r)
		total = add(total, s)
		clusters, kustomizations = clusters+len(r.clusters), kustomizations+r.kustomizations()
		fmt.Fprintln(&rows, row(c.name, r, s, found))
		explained(t, c.name, r, found)
	}
	fmt.Fprintln(&rows, figures("**all**", clusters, kustomizations, total)+" | |")
	t.Log("\n" + rows.String())
	if total.Direct*100 < total.Written*80 {
		t.Errorf("%d of %d written edges derived directly", total.Direct, total.Written)
	}
	writeTable(t, rows.String())
}

func (r *fluxRepository) kustomizations() (n int) {
	for _, c := range r.clusters {
		n += len(c.Kustomizations)
	}
	return n
}

func sum(r *fluxRepository) (s audit.Statistics) {
	for _, c := range r.clusters {
		s = add(s, c.Statistics())
	}
	return s
}

func add(a, b audit.Statistics) audit.Statistics {
	return audit.Statistics{
		Objects: a.Objects + b.Objects, Written: a.Written + b.Written, Direct: a.Direct + b.Direct,
		Through: a.Through + b.Through, Computed: a.Computed + b.Computed, Lacking: a.Lacking + b.Lacking,
	}
}

func figures(name string, clusters, kustomizations int, s audit.Statistics) string {
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %.0f %% | %.0f %% | %d | %d", name, clusters, kustomizations, s.Objects, s.Written,
		percent(s.Direct, s.Written), percent(s.Direct+s.Through, s.Written), s.Computed, s.Lacking)
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }

func row(name string, r *fluxRepository, s audit.Statistics, found diag.List) string {
	count := map[string]int{}
	for _, d := range found {
		if d.Severity != diag.Info {
			count[d.Code]++
		}
	}
	var parts []string
	for _, code := range codes(rules()) {
		if count[code] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[code], code))
		}
	}
	return figures(name, len(r.clusters), r.kustomizations(), s) + " | " + strings.Join(parts, ", ") + " |"
}

// explained holds that what went wrong has a finding.
func explained(t *testing.T, name string, r *fluxRepository, found diag.List) {
	t.Helper()
	has := func(code string) bool {
		return slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == code })
	}
	for _, c := range r.clusters {
		names := make([]string, len(c.Units))
		next := map[string][]string{}
		for i, u := range c.Units {
			names[i] = u.Name
			for _, e := range u.DependsOn {
				next[u.Name] = append(next[u.Name], e.To.Name)
			}
			if c.Kustomizations[i].Failed != nil && !has("build-failed") {
				t.Errorf("%s: %s failed without a finding", name, u.Name)
			}
		}
		if _, cycles := graph.Order(names, func(n string) []string { return next[n] }); len(cycles) > 0 && !has("computed-cycle") {
			t.Errorf("%s: circles without a finding: %v", name, cycles)
		}
	}
}

const tableHead = `| repository | clusters | Kustomizations | objects | written edges | derived directly | with those through others | computed | of them not written | errors and warnings |
|---|---|---|---|---|---|---|---|---|---|
`

func writeTable(t *testing.T, rows string) {
	t.Helper()
	name := filepath.Join(repositoriesDir, "table.md")
	if updating() {
		if err := os.WriteFile(name, []byte(tableHead+rows), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have, err := os.ReadFile(name); err != nil || string(have) != tableHead+rows {
		t.Errorf("%s=1 rewrites %s: %v", updateVariable, name, err)
	}
}

// TestFixRepositories writes what is computed into a copy of every repository:
// afterwards nothing lacks, nothing waits in a circle, and a second run changes
// nothing.
func TestFixRepositories(t *testing.T) {
	for _, c := range checkouts(t) {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "copy")
			if out, err := exec.Command("git", "clone", "-q", c.dir, dir).CombinedOutput(); err != nil {
				t.Fatalf("%s %v", out, err)
			}
			for range 2 {
				if code := run([]string{"audit", "--fix", dir}, streams{&bytes.Buffer{}, &bytes.Buffer{}}); code != exitClean {
					t.Fatal(code)
				}
			}
			r, err := (&app{}).repository(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range r.findings() {
				if d.Code == "depends-on-lacking" || d.Code == "depends-on-cycle" {
					t.Errorf("%s: %s", d.Pos, d.Message)
				}
			}
		})
	}
}
