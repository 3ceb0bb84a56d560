package check

import (
	"slices"
	"time"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var durationRules = []rule{
	{diag.Rule{
		Code: "duration-zero", Severity: diag.Error,
		Summary: "An interval or a timeout of no time makes Flux refuse the unit, or give it up at once.",
		Wrong:   `cluster: flux: timeout: "0s"`,
		Right:   `cluster: flux: timeout: "5m"`,
		Source:  "Flux documentation, Kustomization, interval and timeout",
	}, zeroDurations},
	{diag.Rule{
		Code: "duration-overlong", Severity: diag.Error,
		Summary: "An interval or a timeout ends before 292 years: Flux cannot count further.",
		Wrong:   `cluster: flux: interval: "9999999h"`,
		Right:   `cluster: flux: interval: "24h"`,
		Source:  "Go documentation, time.Duration",
	}, overlongDurations},
}

func zeroDurations(c *model.Cluster, r *diag.Report) {
	for _, a := range durations(c) {
		if d, err := time.ParseDuration(a.V); err == nil && d == 0 {
			at(r, a, "%q is no time at all", a.V).Advise("write a time such as 5m, or take it out for the default")
		}
	}
}

// overlongDurations relies on the language for the form: what is left to fail
// is the size.
func overlongDurations(c *model.Cluster, r *diag.Report) {
	for _, a := range durations(c) {
		if _, err := time.ParseDuration(a.V); err != nil {
			at(r, a, "%q is more time than can be counted", a.V).Advise("write a time such as 24h")
		}
	}
}

// durations are all that the spec gives.
func durations(c *model.Cluster) []model.At[string] {
	var all []model.At[string]
	if c.Flux != nil {
		all = append(all, c.Flux.Interval, c.Flux.RetryInterval, c.Flux.Timeout)
	}
	for _, s := range c.Services {
		all = append(all, s.Interval, s.Timeout)
	}
	return slices.DeleteFunc(all, func(a model.At[string]) bool { return !a.IsSet() })
}
