package diag

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"apps/web":                       "apps/web",
		"größe 日本語 café cafe\u0301":      "größe 日本語 café cafe\u0301",
		"👩\u200d💻 ❤\ufe0f 1\ufe0f\u20e3": "👩\u200d💻 ❤\ufe0f 1\ufe0f\u20e3",
		"می\u200cخواهم":                  "می\u200cخواهم", // a word of Persian
		"a\u200db a\u200cb":              `a\u200db a\u200cb`,
		"👩\u200d\u200d":                  "👩\u200d" + `\u200d`,
		"a\ufe0f\ufe0f":                  "a\ufe0f" + `\ufe0f`,
		" \ufe0f":                        ` \ufe0f`,
		"x\x1b]0;evil\a":                 `x\x1b]0;evil\a`,
		"a\tb\r\nc\x7f\x00":              `a\tb\r\nc\x7f\x00`,
		"a\u0085b\u2028c\u2029d":         `a\u0085b\u2028c\u2029d`,
		"a\u202eb\u2066c\u200fd":         `a\u202eb\u2066c\u200fd`,
		"\u061c\u200b\ufeff\u00ad":       `\u061c\u200b\ufeff\u00ad`,
		"\u3164\U000e0041":               `\u3164\U000e0041`,
		"a\xffb\xc3":                     `a\xffb\xc3`,
		"\ufffd":                         "\ufffd",
		"::error::x":                     `:\u003aerror::x`,
		" \u3000::error::x":              " \u3000" + `:\u003aerror::x`,
		": :error":                       ": :error",
		"::ffff:10.9.9.0/120 is it":      "::ffff:10.9.9.0/120 is it",
		"a::error::x":                    "a::error::x",
		"\t::error::x":                   `\t::error::x`,
		"x ##[error]y":                   `x ##\u005berror]y`,
		"###[error]":                     `###\u005berror]`,
		"##vso[task.x]":                  `##vso\u005btask.x]`,
		"# [a] #[b] ## [c] ##4[d]":       "# [a] #[b] ## [c] ##4[d]",
		"##v#[d] ##a##[e]":               `##v#[d] ##a##\u005be]`,
		`C:\x1b`:                         `C:\x1b`,
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q is shown as %s, want %s", text, got, want)
		}
		if got := Plain(want); got != want {
			t.Errorf("what is plain is changed: %s becomes %s", want, got)
		}
	}
}

// However a text is parted into writes, a stream shows the same.
func TestStream(t *testing.T) {
	const text = "a\tb\n  ::error::x\n\t::y\n::1\n##[e]\nü\x1b[31m日\xe6\n\n"
	const want = "a\tb\n  :\\u003aerror::x\n\t:\\u003ay\n:\\u003a1\n##\\u005be]\nü\\x1b[31m日\\xe6\n\n"
	for size := 1; size <= len(text); size++ {
		var b bytes.Buffer
		s := NewStream(&b)
		for i := 0; i < len(text); i += size {
			part := text[i:min(i+size, len(text))]
			if n, err := s.Write([]byte(part)); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
		}
		if b.String() != want {
			t.Errorf("in parts of %d bytes: %q", size, b.String())
		}
	}
}

// What is left of a rune at the end is shown too.
func TestStreamEndsWithinARune(t *testing.T) {
	var b bytes.Buffer
	s := NewStream(&b)
	if _, err := s.Write([]byte("a\xe6\x97")); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(); err != nil || b.String() != `a\xe6\x97` {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// Who decodes a document gets strings that are plain, and those that were plain as they
// are.
func TestWriteJSON(t *testing.T) {
	for text, want := range map[string]string{
		`a "quoted\" \\ b`:         `a "quoted\" \\ b`,
		"<a> & größe":              "<a> & größe",
		"two\nlines\t\u0001":       "two\nlines\t" + `\x01`,
		"a\u202e\"##[error]":       `a\u202e"##\u005berror]`,
		"one\n ::error::x":         "one\n " + `:\u003aerror::x`,
		"\xff":                     "\ufffd", // as JSON has it
		`\"`:                       `\"`,
		"\u00e9\u0301 \u2028 \\u2": "\u00e9\u0301 " + `\u2028 \u2`,
	} {
		var b bytes.Buffer
		if err := WriteJSON(&b, map[string]any{text: []string{text, "next"}}); err != nil {
			t.Fatal(err)
		}
		var got map[string][]string
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("%v in %s", err, b.String())
		}
		if all := got[want]; len(all) != 2 || all[0] != want || all[1] != "next" {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"", "a\x1b", "::a", "##[", "\u202e", "\xff\xfe", "👩\u200d💻"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Plain(s)
		if !utf8.ValidString(once) {
			t.Errorf("%q is no UTF-8", once)
		}
		if twice := Plain(once); twice != once {
			t.Errorf("%q becomes %q, and that %q", s, once, twice)
		}
		var b bytes.Buffer
		stream := NewStream(&b)
		line := "error: " + once
		if _, err := stream.Write([]byte(line)); err != nil || b.String() != line {
			t.Errorf("a stream shows %q as %q (%v)", line, b.String(), err)
		}
	})
}
