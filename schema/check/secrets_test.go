package check

import (
	"testing"

	"ichor/schema/model"
)

// What is harmless and looks like a secret to a careless rule.
func TestHarmlessLiterals(t *testing.T) {
	for _, l := range []model.Literal{
		{Label: "property", Text: "password"},
		{Label: "item", Text: "BGP Authentication - home-ops"},
		{Label: "superuser", Text: "postgresql-superuser"},
		{Label: "existingSecret", Text: "kube-prometheus-stack-grafana-admin-2"},
		{Label: "key", Text: "1password-credentials.json"},
		{Label: "key", Text: "tls.crt"},
		{Label: "id", Text: "3f0970c5-d6a3-43b2-9a36-d74665c6b24e"},
		{Label: "token", Text: "3f0970c5-d6a3-43b2-9a36-d74665c6b24e"},
		{Label: "secret", Text: "op://Automation/Grafana/password"},
		{Label: "password", Text: "${GRAFANA_PASSWORD_1}"},
		{Label: "password", Text: "$(PASSWORD_1)"},
		{Label: "tokenSecret", Text: "authentikOutpostTokenSecret"},
		{Label: "image", Text: "redis@sha256:9f8a1b3c7d2e4f60a5b9c8d7e6f102939f8a1b3c7d2e4f60a5b9c8d7e6f10293"},
		{Label: "token", Text: "sha256:9f8a1b3c7d2e4f60a5b9c8d7e6f102939f8a1b3c7d2e4f60a5b9c8d7e6f10293"},
		{Label: "path", Text: "/dev/disk/by-id/usb-Samsung_Portable_SSD_T5_S49WNS0N911234E-0:0"},
		{Label: "credential", Text: "/run/secrets/token-0123456789abcdef"},
		{Label: "cidr", Text: "fd47:25e1:2f96:4000::/56"},
		{Label: "secret", Text: "fd47:25e1:2f96:4000:25e1:2f96:4000:1"},
		{Label: "url", Text: "https://charts.example.com/stable?ref=v1.2.3"},
		{Label: "passwordKey", Text: "Admin1"},
		{Label: "caBundle", Text: "-----BEGIN CERTIFICATE-----\nMIIE"},
		{Label: "crt", Text: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"},
		{Text: "// the password: see the item in 1Password", Comment: true},
	} {
		if found := secretsIn(l); len(found) > 0 {
			t.Errorf("%s: %q is a finding: %v", l.Label, l.Text, found)
		}
	}
}

func TestSecretLiterals(t *testing.T) {
	for _, l := range []model.Literal{
		{Label: "password", Text: "hunter2"},
		{Label: "adminPassword", Text: "Tr0ub4dor&3"},
		{Label: "MYSQL_ROOT_PASSWORD", Text: "correct+horse"},
		{Label: "token", Text: "9f8a1b3c7d2e4f60a5b9c8d7e6f10293"},
		{Label: "api-key", Text: "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA=="},
		{Label: "clientSecret", Text: "k8Qz3rT9vB2nM5xW7yC1dF4g"},
		{Label: "key", Text: "QVuhzgaAkw2BkD31y8Rwq1n0hZyaVKUUSJRkhsXZ3Hs="},
		{Label: "anything", Text: "-----BEGIN RSA PRIVATE KEY-----\nMIIE"},
		{Label: "anything", Text: "AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN"},
		{Label: "anything", Text: "ghp" + "_0123456789abcdefghijABCDEFGHIJ012345"},
		{Label: "anything", Text: "github" + "_pat_0123456789abcdefghij_ABCDEFGHIJ"},
		{Label: "anything", Text: "glpat" + "-0123456789abcdefghij"},
		{Label: "anything", Text: "xoxb" + "-0123456789-abcDEF1234"},
		{Label: "anything", Text: "AKIA" + "0123456789ABCDEF"},
		{Label: "anything", Text: "ops" + "_eyJzaWduSW5BZGRyZXNzIjoibXkuMXBhc3N3b3Jk"},
		{Label: "anything", Text: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"},
		{Label: "anything", Text: "0a1b2c.0123456789abcdef"},
		{Label: "anything", Text: "$2b$12$abcdefghijklmnopqrstuv"},
		{Label: "anything", Text: "postgres://app:hunter2@db:5432/app"},
		{Text: "// password: hunter2", Comment: true},
		{Text: `// "apiToken": "9f8a1b3c7d2e4f60a5b9c8d7e6f10293"`, Comment: true},
	} {
		if len(secretsIn(l)) == 0 {
			t.Errorf("%s: %q passes", l.Label, l.Text)
		}
	}
}
