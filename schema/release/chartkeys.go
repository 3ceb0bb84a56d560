package release

import (
	_ "embed"
	"iter"
	"slices"
	"strconv"
	"strings"
)

//go:generate go run chartkeys/gen/main.go

// ciliumChart lists the values of Cilium's chart; its header tells the form. It
// is read from the start whenever somebody asks, which is seldom.
//
//go:embed chartkeys/cilium.txt
var ciliumChart string

// ChartKey reports whether the release's chart reads a value. Helm ignores any
// other in silence: the chart's schema lets it pass.
func (c Cilium) ChartKey(path ...string) bool {
	for key, open := range chartKeys(ciliumChart, c.Minor.Minor) {
		if slices.Equal(key, path) || open && len(key) < len(path) && slices.Equal(key, path[:len(key)]) {
			return true
		}
	}
	return false
}

// ChartKeys gives the keys that the release's chart has directly below a path,
// sorted; of its top without one.
func (c Cilium) ChartKeys(parent ...string) []string {
	var out []string
	for key := range chartKeys(ciliumChart, c.Minor.Minor) {
		if last := len(key) - 1; slices.Equal(key[:last], parent) {
			out = append(out, key[last])
		}
	}
	return out
}

// chartKeys walks the keys of a minor, parents first, and says of each whether
// anything may stand below it. The path is valid until the next step.
func chartKeys(list string, minor int) iter.Seq2[[]string, bool] {
	return func(yield func([]string, bool) bool) {
		var path []string
		for line := range strings.Lines(list) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			words := strings.Fields(line)
			depth := strings.IndexFunc(line, func(r rune) bool { return r != '\t' })
			path = append(path[:depth], words[0])
			known, open := chartKeyMinors(words[1:], minor)
			if known && !yield(path, open) {
				return
			}
		}
	}
}

// chartKeyMinors reads what follows a key on its line: whether the minor has
// it, and whether it is open there.
func chartKeyMinors(words []string, minor int) (known, open bool) {
	known = true
	for _, w := range words {
		if ranges, ok := strings.CutPrefix(w, "*"); ok {
			open = ranges == "" || inRanges(ranges, minor)
		} else {
			known = inRanges(w, minor)
		}
	}
	return known, known && open
}

// inRanges reports whether 16-17,19 holds a number.
func inRanges(ranges string, n int) bool {
	for part := range strings.SplitSeq(ranges, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		low, _ := strconv.Atoi(first)
		high, _ := strconv.Atoi(last)
		if low <= n && n <= high {
			return true
		}
	}
	return false
}
