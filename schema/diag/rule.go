package diag

// Rule is what `ichor explain` tells of a code.
type Rule struct {
	Code     string
	Severity Severity
	Summary  string // one sentence: what is refused, and why
	Wrong    string // CUE that breaks the rule
	Right    string // the same, mended
	Source   string // where the fact comes from
}
