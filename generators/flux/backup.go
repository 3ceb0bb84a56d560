package flux

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ichor/generators/object"
	"ichor/schema/model"
	"ichor/schema/release"
)

// postgresPlugin is an entry of spec.plugins of a Cluster.
type postgresPlugin struct {
	Name          string            `json:"name"`
	IsWALArchiver bool              `json:"isWALArchiver"`
	Parameters    map[string]string `json:"parameters"`
}

// barmanStore is ObjectStore of the plugin, as far as ichor writes it. Source:
// plugin-barman-cloud config/crd/bases/barmancloud.cnpg.io_objectstores.yaml.
type barmanStore struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec barmanSpec `json:"spec"`
}

type barmanSpec struct {
	RetentionPolicy string              `json:"retentionPolicy"`
	Configuration   barmanConfiguration `json:"configuration"`
}

type barmanConfiguration struct {
	DestinationPath string            `json:"destinationPath"`
	EndpointURL     string            `json:"endpointURL,omitempty"`
	Credentials     barmanCredentials `json:"s3Credentials"`
}

type barmanCredentials struct {
	AccessKeyID     secretKey  `json:"accessKeyId"`
	SecretAccessKey secretKey  `json:"secretAccessKey"`
	Region          *secretKey `json:"region,omitempty"`
}

// postgresSchedule is ScheduledBackup of CloudNativePG, as far as ichor writes it.
// Source: cloudnative-pg config/crd/bases/postgresql.cnpg.io_scheduledbackups.yaml.
type postgresSchedule struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec postgresScheduleSpec `json:"spec"`
}

type postgresScheduleSpec struct {
	Schedule            string       `json:"schedule"`
	Immediate           bool         `json:"immediate"`
	Cluster             localRef     `json:"cluster"`
	Method              string       `json:"method"`
	PluginConfiguration backupPlugin `json:"pluginConfiguration"`
}

type backupPlugin struct {
	Name string `json:"name"`
}

// archiver has the plugin keep the log of a database.
func archiver(d *model.Database) postgresPlugin {
	return postgresPlugin{Name: release.BackupPlugin, IsWALArchiver: true, Parameters: map[string]string{"barmanObjectName": d.BackupName()}}
}

// objectStore gives where the backups of a database are. Below its directory the
// plugin makes one of the database's name.
func objectStore(s *model.Service, d *model.Database) *barmanStore {
	to, name := d.Backup.To.To, d.BackupName()
	out := &barmanStore{
		TypeMeta:   object.Type(release.BackupAPI, "ObjectStore"),
		ObjectMeta: object.Meta(name, s.Namespace.V),
		Spec: barmanSpec{
			RetentionPolicy: d.Backup.Retention.V,
			Configuration: barmanConfiguration{
				DestinationPath: d.Backup.Destination(),
				EndpointURL:     to.Endpoint.V,
				Credentials: barmanCredentials{
					AccessKeyID:     secretKey{Name: name, Key: model.KeyAccessKeyID},
					SecretAccessKey: secretKey{Name: name, Key: model.KeySecretAccessKey},
				},
			},
		},
	}
	if to.Region.IsSet() {
		out.Spec.Configuration.Credentials.Region = &secretKey{Name: name, Key: model.KeyRegion}
	}
	return out
}

// scheduledBackup takes the first base backup at once: without one the log alone
// restores nothing.
func scheduledBackup(s *model.Service, d *model.Database) *postgresSchedule {
	return &postgresSchedule{
		TypeMeta:   object.Type(release.DatabaseAPI, "ScheduledBackup"),
		ObjectMeta: object.Meta(d.BackupName(), s.Namespace.V),
		Spec: postgresScheduleSpec{
			Schedule: d.Backup.Schedule.V, Immediate: true, Cluster: localRef{d.Name.V},
			Method: "plugin", PluginConfiguration: backupPlugin{release.BackupPlugin},
		},
	}
}
