package diag

import "testing"

func TestToken(t *testing.T) {
	for line, want := range map[string]string{
		``:                        ``,
		`"a b", c`:                `"a b"`,
		`'a' x`:                   `'a'`,
		`"a\"b" c`:                `"a\"b"`,
		`"a\(f("x", (1)))b" c`:    `"a\(f("x", (1)))b"`,
		`"" c`:                    `""`,
		`"""`:                     `"""`,
		`"""text`:                 `"""text`,
		`"open`:                   `"open`,
		`// whole comment`:        `// whole comment`,
		`asn: 64512`:              `asn`,
		`64512, `:                 `64512`,
		`-1.5 `:                   `-1.5`,
		`- item`:                  `-`,
		`#Node & {`:               `#Node`,
		`_macMini.role`:           `_macMini.role`,
		`{a: 1}`:                  `{`,
		`[1]`:                     `[`,
		`größe: 1`:                `größe`,
		`→ x`:                     `→`,
		`"bgp-ingress": {vlan: 1`: `"bgp-ingress"`,
	} {
		if got := line[:tokenLen(line)]; got != want {
			t.Errorf("token of %s: got %s, want %s", line, got, want)
		}
	}
}

func FuzzToken(f *testing.F) {
	for _, s := range []string{"", `"a\`, `"\(`, `"""`, "-", "\xff", "'\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := tokenLen(s); n > len(s) || n == 0 && s != "" {
			t.Errorf("token of %q has %d bytes", s, n)
		}
	})
}
