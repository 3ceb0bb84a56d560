package diag

import (
	"io"
	"net/url"
	"slices"
)

// The part of SARIF 2.1.0 that findings need. Names and meanings: OASIS,
// Static Analysis Results Interchange Format Version 2.1.0.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string       `json:"id"`
		Short   sarifMessage `json:"shortDescription"`
		Help    sarifMessage `json:"help"`
		Default sarifLevel   `json:"defaultConfiguration"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex *int            `json:"ruleIndex,omitempty"`
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifMessage `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

func (p Printer) sarif(w io.Writer, l List) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "ichor", Version: p.Version, Rules: []sarifRule{}}
	for _, r := range p.Rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, r.sarif())
	}
	for _, d := range l {
		run.Results = append(run.Results, p.result(d))
	}
	return WriteJSON(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

func (r Rule) sarif() sarifRule {
	return sarifRule{r.Code, sarifMessage{r.Summary}, sarifMessage{r.Explain()}, sarifLevel{r.Severity.outside("note")}}
}

func (p Printer) result(d Diagnostic) sarifResult {
	full := d.plain().full()
	r := sarifResult{RuleID: d.Code, Level: d.Severity.outside("note"), Message: sarifMessage{full}}
	if i := slices.IndexFunc(p.Rules, func(r Rule) bool { return r.Code == d.Code }); i >= 0 {
		r.RuleIndex = &i
	}
	if d.Pos.IsValid() {
		r.Locations = []sarifLocation{{Physical: p.physical(d.Pos)}}
	}
	for _, n := range d.Notes {
		if n.Pos.IsValid() {
			r.Related = append(r.Related, sarifLocation{len(r.Related) + 1, p.physical(n.Pos), &sarifMessage{Plain(n.Message)}})
		}
	}
	return r
}

// physical gives a place. Columns of SARIF count characters, so the line is
// read where there is one. A URI has its own escapes, and names any file exactly.
func (p Printer) physical(at Pos) sarifPhysical {
	region := sarifRegion{StartLine: at.Line, StartColumn: at.Column}
	if e, ok := p.excerpt(at); ok {
		region.StartColumn, region.EndColumn = e.columns()
	}
	return sarifPhysical{sarifArtifact{(&url.URL{Path: at.File}).String()}, region}
}
