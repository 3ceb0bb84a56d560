package output

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"

	"ichor/schema/diag"
)

// Owner is whose files an output directory holds.
type Owner struct {
	// Cluster is the name of the cluster; empty where the files belong to none.
	Cluster string `json:"cluster,omitempty"`
	// Spec is the directory of the spec, relative to the root of its repository,
	// with forward slashes.
	Spec string `json:"spec,omitempty"`
}

// Maker is who writes an output directory, as its inventory records it.
type Maker struct {
	Tool string // name and version of the program
	Owner
	// Gone reports whether no spec is left at a path of the repository. It is nil
	// where the output lies outside the repository: what another owner's spec is
	// called says nothing then.
	Gone func(spec string) bool
}

// takesOver reports whether the maker may go on with the output of an owner. In
// one repository a path holds one spec, so another name there is a rename; and a
// spec of the same cluster whose old path is gone has moved.
func (m Maker) takesOver(have Owner) bool {
	switch {
	case have == m.Owner || have == Owner{}:
		return true
	case have.Spec == "": // written before inventories recorded the spec
		return have.Cluster == m.Cluster
	case m.Gone == nil:
		return false
	case have.Spec == m.Spec:
		return true
	}
	return have.Cluster == m.Cluster && m.Gone(have.Spec)
}

// Belongs reports as a finding that an output directory is another owner's; the
// name is that by which people know the directory. It is silent about what
// cannot be read, which a plan reports.
func Belongs(name string, dir fs.FS, m Maker) diag.List {
	d := tree{dir}
	have, _, err := readInventory(d)
	if err != nil {
		return nil
	}
	owner, err := have.owner(d)
	if err != nil || m.takesOver(owner) {
		return nil
	}
	return diag.List{another(name, owner, m)}
}

// tree is a directory that is only read.
type tree struct{ fs.FS }

func (t tree) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(t.FS, name) }

func (t tree) ReadFile(name string) ([]byte, error) { return fs.ReadFile(t.FS, name) }

// owner gives whose files an inventory lists. One of schema 1 does not record it:
// then the machine configurations that it wrote name the cluster.
func (i inventory) owner(d reading) (Owner, error) {
	if i.Owner != (Owner{}) {
		return i.Owner, nil
	}
	for _, name := range i.paths() {
		if path.Dir(name) != machines {
			continue
		}
		found, err := lookup(d, name)
		if err != nil {
			return Owner{}, err
		}
		if found.exists && found.owned(i) {
			if cluster := clusterOf(found.content); cluster != "" {
				return Owner{Cluster: cluster}, nil
			}
		}
	}
	return Owner{}, nil
}

// mayDelete reports whether the plan deletes only what is the maker's, or deletes
// nothing: of an inventory without an owner nothing else says whose files go.
func (p *Plan) mayDelete(have Owner, m Maker) bool {
	return have != (Owner{}) || m.Owner == (Owner{}) ||
		!slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Action == Delete && !isReserved(c.Path) })
}

// machines is the directory of the machine configurations.
const machines = "talos"

// clusterOf gives the name of the cluster that a machine configuration joins;
// empty where it names none.
func clusterOf(content []byte) string {
	dec := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var doc struct {
			Cluster struct {
				Name string `yaml:"clusterName"`
			} `yaml:"cluster"`
		}
		err := dec.Decode(&doc)
		if err != nil || doc.Cluster.Name != "" {
			return doc.Cluster.Name
		}
	}
}

// another is the conflict of an output directory that belongs to someone else.
func another(dir string, have Owner, m Maker) diag.Diagnostic {
	place := path.Join(dir, inventoryName)
	own := fmt.Sprintf("give this cluster an output directory of its own, such as `flux: path: %q`", dir+"-"+m.Cluster)
	if m.Gone == nil {
		own = "name another directory with --out-dir"
	}
	change := fmt.Sprintf("set `\"cluster\": %q` and `\"spec\": %q` in %s", m.Cluster, m.Spec, place)
	var because string
	switch {
	case m.Gone != nil && have.Cluster == m.Cluster && have.Spec != "":
		because = fmt.Sprintf("if the spec moved here, delete the old spec in %s", have.Spec)
	case have.Cluster == m.Cluster:
		because = "if the spec has moved, " + change
	default:
		because = "if the cluster has another name now, " + change
	}
	return conflict(codeOwner,
		fmt.Sprintf("%s holds the output of %s, and generating %s there would delete it", dir, have, m.Owner),
		own+"; "+because)
}

// String names the cluster and its spec.
func (o Owner) String() string {
	switch {
	case o.Cluster == "":
		return "a cluster that its inventory does not name"
	case o.Spec == "":
		return fmt.Sprintf("cluster %q", o.Cluster)
	}
	return fmt.Sprintf("cluster %q (spec %s)", o.Cluster, o.Spec)
}
