package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func many(code string, s Severity, n int) List {
	var l List
	for i := range n {
		l = append(l, Diagnostic{Code: code, Severity: s, Message: fmt.Sprintf("%s %d", code, i), Pos: Pos{"a", i + 1, 1}})
	}
	return l
}

// Text prints the first of each code and severity, and counts the rest.
func TestRepeatedFindingsAreCounted(t *testing.T) {
	all := slices.Concat(many("often", Error, 1987+maxRepeated), many("often", Warning, 2), many("seldom", Error, 1))
	var b bytes.Buffer
	if err := (Printer{}).Print(&b, Text, all); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if got := strings.Count(out, "[often]") + strings.Count(out, "[seldom]"); got != maxRepeated+3 {
		t.Errorf("%d findings are printed", got)
	}
	if !strings.HasSuffix(out, "\nand 1,987 more of often (error): --all prints them\n") {
		t.Errorf("it ends in %q", out[max(0, len(out)-100):])
	}
	b.Reset()
	if err := (Printer{All: true}).Print(&b, Text, all); err != nil || strings.Count(b.String(), "[often]") != len(all)-1 || strings.Contains(b.String(), "--all") {
		t.Errorf("--all prints %d (%v)", strings.Count(b.String(), "[often]"), err)
	}
}

// Forms for programs print the gravest, count all, and say what they leave out.
func TestFormsAreBounded(t *testing.T) {
	all := slices.Concat(many("low", Warning, maxFindings+10), many("high", Error, 20), many("note", Info, 5))
	var b bytes.Buffer
	if err := (Printer{}).Print(&b, JSON, all); err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Errors != 20 || d.Warnings != maxFindings+10 || d.Infos != 5 || len(d.Findings) != maxFindings+1 {
		t.Errorf("%d errors, %d warnings, %d infos, %d findings", d.Errors, d.Warnings, d.Infos, len(d.Findings))
	}
	const want = "ichor does not print all findings: there are 30 more of low (warning), 5 more of note (info)"
	if last := d.Findings[maxFindings]; last.Code != LeftOut.Code || last.Severity != Warning || last.Message != want {
		t.Errorf("got %+v", last)
	}
	for _, f := range []Format{GitHub, SARIF} {
		b.Reset()
		if err := (Printer{}).Print(&b, f, all); err != nil || strings.Count(b.String(), "low ") > maxFindings || !strings.Contains(b.String(), want) || !strings.Contains(b.String(), "high 19") {
			t.Errorf("%s leaves out what it should not, or says nothing (%v)", f, err)
		}
	}
}

// A line of megabytes is shown around its token, and a text has a length.
func TestLongTextsAreCut(t *testing.T) {
	long := strings.Repeat("ü", 1<<20)
	p := Printer{Source: func(string) ([]byte, error) { return []byte("a: 1\n" + long + ` "token" ` + long + "\n" + long), nil }}
	l := List{
		{Code: "x", Severity: Error, Message: long, Help: long, Pos: Pos{"f", 2, len(long) + 2}, Notes: []Note{{Message: long}}},
		{Code: "y", Severity: Error, Message: "y", Pos: Pos{"f", 3, 1}, Notes: slices.Repeat([]Note{{Message: "n"}}, 1000)},
	}
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := p.Print(&b, f, l); err != nil || b.Len() > 40_000 || !strings.Contains(b.String(), "and 980 more") && f != SARIF {
			t.Errorf("%s has %d bytes (%v)", f, b.Len(), err)
		}
		if f != Text {
			continue
		}
		lines := strings.Split(b.String(), "\n")
		at, carets := 0, 0
		for i, line := range lines {
			if strings.HasPrefix(line, "2 | ") {
				at, carets = utf8.RuneCountInString(line[:strings.Index(line, `"token"`)]), utf8.RuneCountInString(lines[i+1][:strings.Index(lines[i+1], "^")])
			}
			if utf8.RuneCountInString(line) > maxText+100 {
				t.Errorf("a line has %d characters", utf8.RuneCountInString(line))
			}
		}
		if at == 0 || at != carets {
			t.Errorf("the token is at %d and underlined at %d", at, carets)
		}
	}
}

// A file is read once, however many findings it has.
func TestAFileIsReadOnce(t *testing.T) {
	reads := 0
	p := Printer{Source: func(string) ([]byte, error) { reads++; return []byte(strings.Repeat("a: b\n", 1000)), nil }}
	var b bytes.Buffer
	if err := p.Print(&b, SARIF, many("x", Error, 1000)); err != nil || reads != 1 {
		t.Errorf("%d reads (%v)", reads, err)
	}
}

// What one finding knows as a secret, none quotes, in no form.
func TestSecretsAreNotQuoted(t *testing.T) {
	l := List{
		{Code: "a", Severity: Error, Message: "it is a secret", Pos: Pos{"f", 1, 4}, Secret: true, Hide: []string{"s3cr3t-value", ""}},
		{Code: "b", Severity: Error, Message: "got s3cr3t-value", Help: "not s3cr3t-value", Path: "x.s3cr3t-value", Pos: Pos{"f", 1, 1}, Notes: []Note{{Message: "s3cr3t-value"}}},
		{Code: "c", Severity: Error, Message: "fine", Pos: Pos{"f", 2, 1}},
	}
	p := Printer{
		Source: func(string) ([]byte, error) { return []byte("a: s3cr3t-value\nb: other s3cr3t\n"), nil },
		Holds:  func(line string) bool { return strings.Contains(line, "other") },
	}
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := p.Print(&b, f, l); err != nil || strings.Contains(b.String(), "s3cr3t") || !strings.Contains(b.String(), "got (hidden)") {
			t.Errorf("%s (%v):\n%s", f, err, b.String())
		}
	}
	if l[1].Message != "got s3cr3t-value" {
		t.Error("the findings themselves are changed")
	}
}
