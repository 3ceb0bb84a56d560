package output

// The names in the output directory that are ichor's own.
const (
	inventoryName = "inventory.json"
	// temporaryName is where a file is written before it takes its name. Runs
	// exclude each other, so there is one, and what lies there is left over
	// from a run that was killed.
	temporaryName = ".ichor.tmp"
)

func isReserved(path string) bool {
	return path == "." || path == inventoryName || path == temporaryName
}
