package talos

import (
	"testing"

	"github.com/siderolabs/talos/pkg/machinery/api/resource/definitions/block"
	"github.com/siderolabs/talos/pkg/machinery/cel/celenv"

	"ichor/schema/model"
)

// Expressions are asked of disks in the environment in which Talos asks them.
func TestDiskSelectors(t *testing.T) {
	ssd := &block.DiskSpec{
		Model: "Portable SSD T5", DevPath: "/dev/sdb",
		Symlinks: []string{"/dev/disk/by-diskseq/9", "/dev/disk/by-id/usb-Samsung_Portable_SSD_T5_1234-0:0"},
	}
	for _, tt := range []struct {
		disk   model.Disk
		text   string
		system bool
		want   bool
	}{
		{model.Disk{Model: at("Portable SSD T5")}, `disk.model == "Portable SSD T5" && !system_disk`, false, true},
		{model.Disk{Model: at("Portable*")}, `glob("Portable*", disk.model) && !system_disk`, false, true},
		{model.Disk{Model: at("Portable*")}, `glob("Portable*", disk.model) && !system_disk`, true, false},
		{model.Disk{Model: at("APPLE*")}, `glob("APPLE*", disk.model) && !system_disk`, false, false},
		{model.Disk{Model: at(`a"b\c`)}, `disk.model == "a\"b\\c" && !system_disk`, false, false},
		{model.Disk{Path: at("/dev/sdb")}, `disk.dev_path == "/dev/sdb" && !system_disk`, false, true},
		{model.Disk{Path: at("/dev/sd*")}, `glob("/dev/sd*", disk.dev_path) && !system_disk`, false, true},
		{model.Disk{Path: at("/dev/disk/by-diskseq/9")}, `"/dev/disk/by-diskseq/9" in disk.symlinks && !system_disk`, false, true},
		{
			model.Disk{Path: at("/dev/disk/by-id/usb-Samsung_Portable_SSD_T5*")},
			`disk.symlinks.exists(link, glob("/dev/disk/by-id/usb-Samsung_Portable_SSD_T5*", link)) && !system_disk`, false, true,
		},
		{
			model.Disk{Path: at("/dev/disk/by-id/nvme-*")},
			`disk.symlinks.exists(link, glob("/dev/disk/by-id/nvme-*", link)) && !system_disk`, false, false,
		},
	} {
		e, err := selectDisk(tt.disk)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if e.String() != tt.text {
			t.Errorf("got %s\nwant %s", e, tt.text)
		}
		got, err := e.EvalBool(celenv.DiskLocator(), map[string]any{"disk": ssd, "system_disk": tt.system})
		if err != nil || got != tt.want {
			t.Errorf("%s: %v, %v, want %v", e, got, err, tt.want)
		}
	}
}
