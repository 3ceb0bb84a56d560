package talos

import (
	"fmt"

	document "github.com/siderolabs/talos/pkg/machinery/config/config"
	"github.com/siderolabs/talos/pkg/machinery/config/types/block"
	"github.com/siderolabs/talos/pkg/machinery/constants"
	resource "github.com/siderolabs/talos/pkg/machinery/resources/block"

	"ichor/schema/model"
)

// leastSize is the least size of a volume for which the spec gives no size:
// Talos asks for one, and a volume without a greatest size takes its whole disk.
const leastSize = "1GiB"

// userVolumes gives a document for each volume of the node.
func (m *machine) userVolumes() ([]document.Document, error) {
	var docs []document.Document
	for _, v := range m.node.Volumes {
		doc, err := userVolume(v)
		if err != nil {
			return nil, fmt.Errorf("volume %s: %w", v.Name.V, err)
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

func userVolume(v *model.Volume) (document.Document, error) {
	doc := block.NewUserVolumeConfigV1Alpha1()
	doc.MetaName = v.Name.V
	selector, err := selectDisk(v.Disk)
	if err != nil {
		return nil, err
	}
	doc.ProvisioningSpec.DiskSelectorSpec.Match = selector
	least := v.MinSize.V
	if !v.MinSize.IsSet() && !v.MaxSize.IsSet() {
		least = leastSize
	}
	if err := doc.ProvisioningSpec.ProvisioningMinSize.UnmarshalText([]byte(least)); err != nil {
		return nil, err
	}
	if err := doc.ProvisioningSpec.ProvisioningMaxSize.UnmarshalText([]byte(v.MaxSize.V)); err != nil {
		return nil, err
	}
	if v.Filesystem.IsSet() {
		doc.FilesystemSpec.FilesystemType, err = resource.FilesystemTypeString(v.Filesystem.V)
	}
	return doc, err
}

// encryptedVolumes gives the documents that encrypt the machine's own volumes
// with a key made from the machine's ID.
func encryptedVolumes() []document.Document {
	var docs []document.Document
	for _, name := range []string{constants.EphemeralPartitionLabel, constants.StatePartitionLabel} {
		doc := block.NewVolumeConfigV1Alpha1()
		doc.MetaName = name
		doc.EncryptionSpec = block.EncryptionSpec{
			EncryptionProvider: resource.EncryptionProviderLUKS2,
			EncryptionKeys:     []block.EncryptionKey{{KeySlot: 0, KeyNodeID: &block.EncryptionKeyNodeID{}}},
		}
		docs = append(docs, doc)
	}
	return docs
}
