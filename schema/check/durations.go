package check

import (
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
}

func zeroDurations(c *model.Cluster, r *report) {
	if c.Flux == nil {
		return
	}
	all := []model.At[string]{c.Flux.Interval, c.Flux.RetryInterval, c.Flux.Timeout}
	for _, s := range c.Services {
		all = append(all, s.Interval, s.Timeout)
	}
	for _, a := range all {
		if d, err := time.ParseDuration(a.V); a.IsSet() && err == nil && d == 0 {
			at(r, a, "%q is no time at all", a.V).help("write a time such as 5m, or take it out for the default")
		}
	}
}
