package talos

import (
	"cmp"
	"slices"
	"strings"

	machinery "github.com/siderolabs/talos/pkg/machinery/config"
	document "github.com/siderolabs/talos/pkg/machinery/config/config"
	"github.com/siderolabs/talos/pkg/machinery/config/container"
	"github.com/siderolabs/talos/pkg/machinery/config/types/runtime/extensions"
	"github.com/siderolabs/talos/pkg/machinery/config/types/v1alpha1"

	"ichor/schema/release"
)

// documents gives the node's documents beside v1alpha1, as far as the release
// has them. A field stands in v1alpha1 or in a document, never in both: Talos
// refuses the pair.
func (m *machine) documents() ([]document.Document, error) {
	docs := m.extensionServices()
	volumes, err := m.userVolumes()
	if err != nil {
		return nil, err
	}
	docs = append(docs, volumes...)
	if m.node.Encryption.V && m.release.EncryptionInVolumes {
		docs = append(docs, encryptedVolumes()...)
	}
	if m.release.HostnameDocument {
		docs = append(docs, m.hostname())
	}
	if m.release.NetworkDocuments {
		network, err := m.networkDocuments()
		if err != nil {
			return nil, err
		}
		docs = append(docs, network...)
	}
	return docs, nil
}

// extensionServices gives a document for each extension that has files. It
// belongs to the machine configuration since a file that is put on the machine
// in another way is gone after a reboot.
func (m *machine) extensionServices() []document.Document {
	var docs []document.Document
	for _, e := range m.node.Extensions {
		if len(e.Config) == 0 {
			continue
		}
		doc := extensions.NewServicesConfigV1Alpha1()
		doc.ServiceName = release.ExtensionService(e.Name.V)
		for _, f := range e.Config {
			doc.ServiceConfigFiles = append(doc.ServiceConfigFiles, extensions.ConfigFile{
				ConfigFileMountPath: f.Name.V,
				ConfigFileContent:   strings.Join(values(f.Lines), "\n") + "\n",
			})
		}
		docs = append(docs, doc)
	}
	return docs
}

// assemble puts the library's documents and ours into one container: v1alpha1
// first, the others by kind and name, since they are written in this order. One
// of ours replaces one of the library's of the same kind and name.
func assemble(base, ours []document.Document) (machinery.Provider, error) {
	var docs []document.Document
	for _, d := range base {
		if !slices.ContainsFunc(ours, func(o document.Document) bool { return compareDocuments(d, o) == 0 }) {
			docs = append(docs, d)
		}
	}
	docs = append(docs, ours...)
	slices.SortStableFunc(docs, compareDocuments)
	return container.New(docs...)
}

func compareDocuments(a, b document.Document) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Kind(), b.Kind()), cmp.Compare(documentName(a), documentName(b)))
}

func rank(d document.Document) int {
	if isV1Alpha1(d) {
		return 0
	}
	return 1
}

func isV1Alpha1(d document.Document) bool {
	_, ok := d.(*v1alpha1.Config)
	return ok
}

// documentName gives the name of a document, empty where its kind has none.
func documentName(d document.Document) string {
	if named, ok := d.(document.NamedDocument); ok {
		return named.Name()
	}
	return ""
}
