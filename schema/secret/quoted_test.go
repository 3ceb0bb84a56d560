package secret

import "testing"

func TestInLine(t *testing.T) {
	for line, want := range map[string]bool{
		`  adminPassword: correcthorse`:                            true,
		`  DB_PASSWORD: "hunter2"`:                                 true,
		`  password: ${DB_PASSWORD}`:                               false,
		`  password: ""`:                                           false,
		`password: valueFrom: secretKeyRef: {name: "a", key: "b"}`: false,
		`a: {kind: "Secret", metadata: {name: "other"}}`:           false,
		`{kind: Secret, metadata: {name: a}, data: {a: aGVsbG8=}}`: true,
		`{"kind":"Secret","stringData":{"a":"hello"}}`:             true,
		`secretGenerator: [{name: s, literals: ["hello"]}]`:        true,
		`- {secretKey: password, remoteRef: {key: web}}`:           false,
		`  path: ./apps/web`:                                       false,
		`    d8FvPw3kq9Zr2Lx7Tn5Bc1Hs6Jm4Gy0V`:                     true,
		`image: ghcr.io/web/web:1.2.3@sha256:` + hexDigest:         false,
		`# the password is in 1Password`:                           false,
	} {
		if got := InLine(line); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}

const hexDigest = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"

func TestQuoted(t *testing.T) {
	q := QuotedOf(map[string]any{
		"password": "horse", "host": "web", "env": []any{map[string]any{"name": "API_TOKEN", "value": "battery"}},
		"auth": map[string]any{"secretKey": 123456, "token": "${TOKEN}"},
	})
	for text, want := range map[string]string{
		"a horse is horsed, web":  "a (hidden) is horsed, web",
		"got battery, not 123456": "got (hidden), not (hidden)",
		"aG9yc2U= is base64":      "(hidden) is base64",
		"the ${TOKEN} of web":     "the ${TOKEN} of web",
		`you must set "password"`: `you must set "password"`,
	} {
		if got := q.Hide(text); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}

func TestForeign(t *testing.T) {
	for text, want := range map[string]string{
		"line 3: cannot unmarshal !!str `hunter2...` into int":                     "line 3: cannot unmarshal !!str into int",
		"invalid literal source hunter2, expected key=value":                       "invalid literal source (hidden)",
		"no match in {password: horse, host: web}":                                 "no match in {password: (hidden), host: web}",
		"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  x: aGVsbG8=": "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  x: (hidden)",
		"error: line [80 65 83] has invalid utf8 bytes : PASSWORD=Sch\xf6n\nes":    "error: line (hidden) has invalid utf8 bytes",
		"accumulating resources from 'a.yaml': no such file":                       "accumulating resources from 'a.yaml': no such file",
	} {
		if got := Foreign(text); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}
