package talos

import (
	"encoding/json"
	"errors"
	"fmt"

	machinery "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"

	"ichor/schema/model"
)

// patch applies the spec's patches in order, as strategic merges: maps merge,
// lists are added to, and `$patch: delete` takes a part away. An empty patch is
// none: the library would read it as a JSON patch, which it refuses for a
// configuration of several documents.
func patch(config machinery.Provider, patches ...*model.Tree) (machinery.Provider, error) {
	for _, p := range patches {
		if p == nil || len(p.Map) == 0 {
			continue
		}
		merged, err := merge(config, p)
		if err != nil {
			return nil, fmt.Errorf("patch at %s: %w", p.Pos, err)
		}
		config = merged
	}
	return assemble(config.Documents(), nil)
}

func merge(config machinery.Provider, p *model.Tree) (machinery.Provider, error) {
	text, err := json.Marshal(p.PlainMap())
	if err != nil {
		return nil, err
	}
	loaded, err := configpatcher.LoadPatch(text)
	if err != nil {
		return nil, err
	}
	strategic, ok := loaded.(configpatcher.StrategicMergePatch)
	if !ok {
		return nil, errors.New("it is no strategic merge patch")
	}
	return configpatcher.StrategicMerge(config, strategic)
}
