// Package release is the only place that knows versions: one row a minor
// release of each program, made of named facts with their sources. Nobody else
// compares versions.
package release

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Minor is a minor release, as 1.17 of Cilium 1.17.6 or 2025.6 of authentik
// 2025.6.4.
type Minor struct{ Major, Minor int }

// String gives major.minor.
func (m Minor) String() string { return fmt.Sprintf("%d.%d", m.Major, m.Minor) }

// Compare orders minors by age.
func (m Minor) Compare(n Minor) int {
	return cmp.Or(cmp.Compare(m.Major, n.Major), cmp.Compare(m.Minor, n.Minor))
}

// Range is an inclusive range of minors.
type Range struct{ Min, Max Minor }

// Contains reports whether a minor lies in the range.
func (r Range) Contains(m Minor) bool { return m.Compare(r.Min) >= 0 && m.Compare(r.Max) <= 0 }

// String gives the range as 1.28 to 1.33.
func (r Range) String() string { return r.Min.String() + " to " + r.Max.String() }

// parse reads a full version, with or without a leading v: three numbers, and
// a pre-release suffix after the third if there is one.
func parse(version string) (Minor, error) {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(parts) != 3 {
		return Minor{}, fmt.Errorf("%q is not a full version: write major.minor.patch", version)
	}
	patch, _, _ := strings.Cut(parts[2], "-")
	var n [3]int
	for i, p := range []string{parts[0], parts[1], patch} {
		v, err := strconv.Atoi(p)
		if err != nil || v < 0 {
			return Minor{}, fmt.Errorf("%q is not a full version: write major.minor.patch", version)
		}
		n[i] = v
	}
	return Minor{n[0], n[1]}, nil
}

// Differ reports whether two full versions are of different releases, and whether
// the patch alone differs. Of what is no full version, as a range, nobody knows.
func Differ(a, b string) (patches, differ bool) {
	x, err := parse(a)
	y, other := parse(b)
	if err != nil || other != nil {
		return false, false
	}
	return x == y, strings.TrimPrefix(a, "v") != strings.TrimPrefix(b, "v")
}

// settled is a version, or a range of versions that are all of one minor.
var settled = regexp.MustCompile(`^[=~]? ?v?(\d+)\.(\d+)(\.(\d+|[xX*]))?([-+][0-9A-Za-z.+-]+)?$`)

// Settled gives the first version of the minor that a version or a range settles, as
// 2.7.0 of 2.7.x, ~2.7.1 or v2.7.3+k3s1; empty for what may be of several minors.
func Settled(version string) string {
	m := settled.FindStringSubmatch(version)
	if m == nil {
		return ""
	}
	return m[1] + "." + m[2] + ".0"
}

// Since reports whether a version, or a range that settles one, is of a minor, as
// 1.15, or of a later one.
func Since(version, minor string) bool {
	of, err := parse(Settled(version))
	from, other := parse(Settled(minor))
	return err == nil && other == nil && of.Compare(from) >= 0
}

// row is what every table is made of.
type row interface{ minor() Minor }

// find gives the row of a version's minor. A patch release newer than any we
// know is accepted; an unknown minor is an error that names the known ones.
func find[R row](program, version string, table []R) (*R, error) {
	m, err := parse(version)
	if err != nil {
		return nil, err
	}
	known := make([]string, len(table))
	for i := range table {
		if table[i].minor() == m {
			return &table[i], nil
		}
		known[i] = table[i].minor().String()
	}
	return nil, fmt.Errorf("%s %s is not a release that ichor knows; ichor knows %s", program, m, strings.Join(known, ", "))
}
