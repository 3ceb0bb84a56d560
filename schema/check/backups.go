package check

import (
	"fmt"
	"regexp"

	"ichor/schema/diag"
	"ichor/schema/model"
	"ichor/schema/release"
)

var backupRules = []rule{
	{diag.Rule{
		Code: "object-store-region", Severity: diag.Error,
		Summary: "An object store has neither an endpoint nor a region, or its region differs from the region of its Amazon endpoint. Amazon's address follows from the region of the bucket, and requests that are signed for another region are rejected.",
		Wrong:   `cluster: objectStores: cold: {bucket: "backups", region: "us-east-1", endpoint: "https://s3.us-west-2.amazonaws.com", credentials: item: "S3"}`,
		Right:   `cluster: objectStores: cold: {bucket: "backups", region: "us-west-2", credentials: item: "S3"}`,
		Source:  "AWS documentation, Amazon S3 endpoints; Signature Version 4",
	}, objectStoreRegions},
	{diag.Rule{
		Code: "backup-plugin-namespace", Severity: diag.Error,
		Summary: "The plugin barman-cloud is not in the namespace of CloudNativePG's operator: the operator finds the plugin by a Service of its own namespace, so no database with a backup ever becomes ready.",
		Wrong:   `cluster: services: {cnpg: {namespace: "cnpg-system", helm: chart: "cloudnative-pg"}, barman: {namespace: "barman", helm: chart: "plugin-barman-cloud"}}`,
		Right:   `cluster: services: {cnpg: {namespace: "cnpg-system", helm: chart: "cloudnative-pg"}, barman: {namespace: "cnpg-system", helm: chart: "plugin-barman-cloud"}}`,
		Source:  "plugin-barman-cloud documentation, Installation",
	}, backupPlugins},
	{diag.Rule{
		Code: "backup-operator", Severity: diag.Error,
		Summary: "The operator of CloudNativePG is older than 1.26: it does not know how to reach the plugin barman-cloud, and no database with a backup becomes ready.",
		Wrong:   `cluster: services: {cnpg: helm: {chart: "cloudnative-pg", version: "0.23.2"}, shop: databases: main: backup: to: "cold"}`,
		Right:   `cluster: services: {cnpg: helm: {chart: "cloudnative-pg", version: "0.24.0"}, shop: databases: main: backup: to: "cold"}`,
		Source:  "plugin-barman-cloud documentation, Installation",
	}, backupOperators},
}

// amazonRegion finds the region in an address of Amazon S3.
var amazonRegion = regexp.MustCompile(`s3[.-]([a-z]{2}(?:-[a-z]+)+-[0-9])\.amazonaws\.com`)

func objectStoreRegions(c *model.Cluster, r *diag.Report) {
	for _, o := range c.ObjectStores {
		if !o.Endpoint.IsSet() && !o.Region.IsSet() {
			at(r, o.Name, "object store %q has neither an endpoint nor a region", o.Name.V).
				Advise("add the `region` of the bucket at Amazon, or the `endpoint` of another store")
		}
		m := amazonRegion.FindStringSubmatch(o.Endpoint.V)
		if m != nil && o.Region.IsSet() && m[1] != o.Region.V {
			at(r, o.Region, "object store %q has region %q, but its endpoint has region %q", o.Name.V, o.Region.V, m[1]).
				Note(o.Endpoint.Pos, "the endpoint").
				Advise("write the region of the bucket, and remove `endpoint`: Amazon's endpoint follows from the region")
		}
	}
}

func backupPlugins(c *model.Cluster, r *diag.Report) {
	operator, plugin := chartInstall(c, "cloudnative-pg"), chartInstall(c, "plugin-barman-cloud")
	if operator == nil || plugin == nil || operator.into() == plugin.into() {
		return
	}
	at(r, plugin.at(), "the plugin barman-cloud is in namespace %q, but the operator of CloudNativePG is in namespace %q", plugin.into(), operator.into()).
		Note(operator.at().Pos, "service %q installs the operator", operator.service.Name.V).
		Advise("write `namespace: %q`", operator.into())
}

func backupOperators(c *model.Cluster, r *diag.Report) {
	operator := chartInstall(c, "cloudnative-pg")
	if operator == nil {
		return
	}
	version := operator.chart.Version
	row, err := release.FindCloudNativePG(version.V)
	if err != nil || row.BackupPlugin {
		return
	}
	for _, s := range c.Services {
		for _, d := range s.Databases {
			if d.Backup != nil {
				r.Add(d.Backup.Pos, d.Name.Path, fmt.Sprintf("database %q has a backup, but CloudNativePG %s does not work with the plugin that makes the backup", d.Name.V, row.Operator)).
					Note(version.Pos, "the chart of the operator").
					Advise("use a newer chart of cloudnative-pg")
			}
		}
	}
}
