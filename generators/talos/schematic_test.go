package talos

import (
	"strings"
	"testing"

	"ichor/schema/diag"
	"ichor/schema/model"
)

// IDs as the public Image Factory gives them for the same schematics.
func TestSchematicIDs(t *testing.T) {
	for id, extensions := range map[string][]string{
		"376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba": nil,
		"ce4c980550dd2ab1b17bbf2b08801c7eb59418eafe8f279833297925d67c7515": {"siderolabs/qemu-guest-agent"},
		"613e1592b2da41ae5e265e8789429f22e121aab91cb4deb6bc3c0b6262961245": {"siderolabs/util-linux-tools", "siderolabs/iscsi-tools"},
	} {
		n := &model.Node{}
		for _, e := range extensions {
			n.Extensions = append(n.Extensions, model.Extension{Name: at(e)})
		}
		got, err := schematicOf(&model.Cluster{Talos: &model.Talos{}}, n).id()
		if err != nil {
			t.Fatal(err)
		}
		if got != id {
			t.Errorf("%v: ID %s, want %s", extensions, got, id)
		}
	}
}

// Nodes that need the same image share a schematic, and the image that a node
// installs is the one whose schematic is written.
func TestSchematicFiles(t *testing.T) {
	c := reference(t, "v1.10.5")
	c.Nodes[2].KernelArgs = list("mitigations=off")
	c.Nodes[2].Pos = diag.Pos{File: "spec/nodes.cue", Line: 9, Column: 2}
	files := mustGenerate(t, c)
	if len(files) != 5 {
		t.Fatalf("%d files, want three nodes and two schematics", len(files))
	}
	images := map[string]string{}
	for _, n := range c.Nodes {
		image, _ := lookup(documentsOf(t, files["talos/"+n.Name.V+".yaml"].Content)["v1alpha1"], "machine.install.image").(string)
		id, ok := strings.CutPrefix(image, "factory.talos.dev/metal-installer/")
		id, version, _ := strings.Cut(id, ":")
		if !ok || version != "v1.10.5" {
			t.Fatalf("image %q", image)
		}
		images[n.Name.V] = id
	}
	if images["mini01"] != images["mini02"] || images["mini01"] == images["mini03"] {
		t.Errorf("schematics %v", images)
	}
	own := files["talos/schematics/"+images["mini03"]+".yaml"]
	if own.Origin != c.Nodes[2].Pos {
		t.Errorf("origin %v", own.Origin)
	}
	want := "customization:\n    extraKernelArgs:\n        - talos.logging.kernel=udp://172.29.51.1:514\n        - mitigations=off\n" +
		"    systemExtensions:\n        officialExtensions:\n            - siderolabs/iscsi-tools\n            - siderolabs/lldpd\n" +
		"            - siderolabs/thunderbolt\n            - siderolabs/usb-modem-drivers\n"
	if string(own.Content) != want {
		t.Errorf("schematic\n%s\nwant\n%s", own.Content, want)
	}
}
