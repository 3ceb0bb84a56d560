package model

import "ichor/schema/diag"

// Database is a PostgreSQL cluster of CloudNativePG.
type Database struct {
	Name         At[string]
	Instances    At[int]    `json:"instances"`
	Image        At[string] `json:"image"`
	StorageClass At[string] `json:"storageClass"`
	Size         At[string] `json:"size"`      // as 20Gi
	Superuser    At[string] `json:"superuser"` // name of a Secret of the service
	Owner        At[string] `json:"owner"`     // role that owns Database
	Schema       At[string] `json:"database"`  // database made at initialisation
	OwnerSecret  At[string] `json:"ownerSecret"`
	Backup       *Backup    `json:"backup"`
	Host         At[string] `json:"host"` // the Service that reaches the primary, as name-rw.namespace.svc

	Service *Service `json:"-"`
}

// OperatorSecrets gives the Secrets that the operator makes beside a database,
// in its namespace. Source: CloudNativePG documentation, Connecting from an
// application, and Certificates.
func (d *Database) OperatorSecrets() []string {
	var out []string
	for _, end := range []string{"-ca", "-server", "-replication"} {
		out = append(out, d.Name.V+end)
	}
	if !d.OwnerSecret.IsSet() {
		out = append(out, d.Name.V+"-app")
	}
	return out
}

// Backup is where a database writes its log and its base backups.
type Backup struct {
	Pos       diag.Pos
	To        Ref[ObjectStore] `json:"to"`
	Path      At[string]       `json:"path"`     // directory in the bucket; <cluster>/<namespace> by default
	Schedule  At[string]       `json:"schedule"` // cron with seconds
	Retention At[string]       `json:"retention"`
}

// ObjectStore is a bucket that is reached as S3 is.
type ObjectStore struct {
	Name        At[string]
	Pos         diag.Pos
	Bucket      At[string]        `json:"bucket"`
	Endpoint    At[string]        `json:"endpoint"` // URL; Amazon's own where it is unset
	Region      At[string]        `json:"region"`
	Credentials ObjectCredentials `json:"credentials"`
}

// ObjectCredentials are the keys of an object store: an item, without a property
// of its own, and the properties that they are.
type ObjectCredentials struct {
	SecretRef
	AccessKeyID     At[string] `json:"accessKeyId"`
	SecretAccessKey At[string] `json:"secretAccessKey"`
}

// The keys of the Secret of a backup.
const (
	KeyAccessKeyID     = "ACCESS_KEY_ID"
	KeySecretAccessKey = "SECRET_ACCESS_KEY"
	KeyRegion          = "REGION"
)

// BackupName gives the name of what a database has for its backups: the
// ObjectStore, the ScheduledBackup, and the Secret with the keys.
func (d *Database) BackupName() string { return d.Name.V + "-backup" }

// Destination gives the URL of the directory of a backup.
func (b *Backup) Destination() string { return "s3://" + b.To.To.Bucket.V + "/" + b.Path.V }

// BackupSecret gives the Secret with the keys of the object store, and the region
// where it has one.
func (d *Database) BackupSecret() *Secret {
	to := d.Backup.To.To
	key := func(name string, property At[string]) *SecretKey {
		ref := to.Credentials.SecretRef
		ref.Property = property
		return &SecretKey{Name: At[string]{V: name, Pos: property.Pos, Path: property.Path}, SecretRef: ref}
	}
	s := &Secret{
		Name: At[string]{V: d.BackupName(), Pos: d.Backup.Pos, Path: d.Backup.To.Name.Path},
		Keys: []*SecretKey{key(KeyAccessKeyID, to.Credentials.AccessKeyID), key(KeySecretAccessKey, to.Credentials.SecretAccessKey)},
	}
	if to.Region.IsSet() {
		s.Plain = map[string]string{KeyRegion: to.Region.V}
	}
	return s
}
