package check

import (
	"slices"
	"strings"
	"time"

	"ichor/schema/depend"
	"ichor/schema/diag"
	"ichor/schema/model"
)

var durationRules = []rule{
	{diag.Rule{
		Code: "duration-zero", Severity: diag.Error,
		Summary: "An interval or a timeout is zero: Flux rejects the unit, or gives it up at once.",
		Wrong:   `cluster: flux: timeout: "0s"`,
		Right:   `cluster: flux: timeout: "5m"`,
		Source:  "Flux documentation, Kustomization, interval and timeout",
	}, zeroDurations},
	{diag.Rule{
		Code: "duration-overlong", Severity: diag.Error,
		Summary: "An interval or a timeout is longer than 292 years: Flux cannot count further.",
		Wrong:   `cluster: flux: interval: "9999999h"`,
		Right:   `cluster: flux: interval: "24h"`,
		Source:  "Go documentation, time.Duration",
	}, overlongDurations},
	{diag.Rule{
		Code: "timeout-short", Severity: diag.Warning,
		Summary: "A unit waits for its releases and for the Kustomizations in its directory, but its timeout is shorter than their timeouts, one after the other: Flux reports the unit as failed while they still work. Without a timeout, the unit gets the time that they need.",
		Wrong:   `cluster: services: web: {path: "apps/web", timeout: "5m"} // a HelmRelease in it has timeout: 15m`,
		Right:   `cluster: services: web: path: "apps/web"`,
		Source:  "Flux documentation, Kustomization, timeout and wait",
	}, shortTimeouts},
}

func zeroDurations(c *model.Cluster, r *diag.Report) {
	for _, a := range durations(c) {
		if d, err := time.ParseDuration(a.V); err == nil && d == 0 {
			at(r, a, "the duration %q is zero", a.V).Advise("write a duration such as 5m, or remove the field for the default")
		}
	}
}

// overlongDurations relies on the language for the form: what is left to fail
// is the size.
func overlongDurations(c *model.Cluster, r *diag.Report) {
	for _, a := range durations(c) {
		if _, err := time.ParseDuration(a.V); err != nil {
			at(r, a, "the duration %q is too long to count", a.V).Advise("write a duration such as 24h")
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

// shortTimeouts looks at timeouts of the spec alone: others follow from what is
// waited for.
func shortTimeouts(c *model.Cluster, r *diag.Report) {
	for _, u := range c.Units {
		if u.Service == nil || !u.Service.Timeout.IsSet() {
			continue
		}
		own, err := time.ParseDuration(u.Service.Timeout.V)
		if waited := depend.Waited(depend.Objects(u)); err == nil && own < waited {
			at(r, u.Service.Timeout, "unit %q gives up after %s, but what it waits for may take %s", u.Name, short(own), short(waited)).
				Advise("write `timeout: \"%s\"` or more, or remove `timeout`", short(waited))
		}
	}
}

// short writes a duration as people do, as 15m.
func short(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}
