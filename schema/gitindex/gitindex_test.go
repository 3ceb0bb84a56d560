package gitindex_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ichor/schema/gitindex"
)

// repository is one that git makes in the test.
type repository struct {
	*testing.T
	dir  string
	hash gitindex.Hash
}

func newRepository(t *testing.T, format string) repository {
	r := repository{t, t.TempDir(), gitindex.SHA1}
	if format == "sha256" {
		r.hash = gitindex.SHA256
	}
	r.git("init", "-q", "--object-format="+format)
	for i := range 40 {
		r.write(fmt.Sprintf("apps/app%02d/deep/file.yaml", i%7+10*i), "a")
	}
	for _, name := range []string{"a", "apps.yaml", "ö/ü.yaml", "wide " + strings.Repeat("x", 200), "other/b"} {
		r.write(name, "a")
	}
	r.write(strings.Repeat(strings.Repeat("d", 200)+"/", 18)+strings.Repeat("f", 199)+"/"+strings.Repeat("g", 200), "a")
	r.git("add", ".")
	r.git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "a")
	return r
}

func (r repository) git(args ...string) string {
	r.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_INDEX_VERSION=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}

func (r repository) write(name, content string) {
	r.Helper()
	name = filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		r.Fatal(err)
	}
}

func (r repository) index() []byte {
	r.Helper()
	data, err := r.open("index")
	if err != nil {
		r.Fatal(err)
	}
	return data
}

func (r repository) open(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(r.dir, ".git", name))
}

// compare holds what is read against what git says.
func (r repository) compare() []gitindex.Entry {
	r.Helper()
	got, err := gitindex.Read(r.index(), r.hash, r.open)
	if err != nil {
		r.Fatal(err)
	}
	var lines []string
	for _, e := range got {
		tag, name := "H", e.Path
		if e.Absent {
			tag = "S"
		}
		if e.Kind == gitindex.Directory {
			name += "/"
		}
		lines = append(lines, tag+" "+name)
	}
	want := strings.Split(strings.TrimSuffix(r.git("ls-files", "-z", "-t", "--sparse", "--deduplicate"), "\x00"), "\x00")
	slices.Sort(want)
	slices.Sort(lines)
	if diff := cmp.Diff(want, lines); diff != "" {
		r.Errorf("(-git +read):\n%s", diff)
	}
	return got
}

// split makes the index one that is split, with entries of all sorts: added,
// replaced and deleted.
func (r repository) split() {
	r.git("update-index", "--split-index")
	r.git("-c", "splitIndex.maxPercentChange=100", "rm", "-q", "a", "apps/app00/deep/file.yaml")
	r.write("other/b", "changed")
	r.write("apps/app11/deep/file.yaml", "changed")
	r.write("zz/added.yaml", "a")
	r.git("-c", "splitIndex.maxPercentChange=100", "add", ".")
	shared, err := filepath.Glob(filepath.Join(r.dir, ".git", "sharedindex.*"))
	if err != nil || len(shared) == 0 {
		r.Fatalf("the index is not split: %v", err)
	}
}

func TestRead(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		for _, version := range []string{"2", "3", "4"} {
			t.Run(format+"/"+version, func(t *testing.T) {
				r := newRepository(t, format)
				r.git("update-index", "--index-version", version)
				if version == "3" {
					r.git("update-index", "--skip-worktree", "apps.yaml")
				}
				r.compare()
				if got := binary.BigEndian.Uint32(r.index()[4:]); fmt.Sprint(got) != version {
					t.Errorf("git wrote version %d", got)
				}
				r.split()
				r.compare()
			})
		}
	}
}

func TestSparse(t *testing.T) {
	r := newRepository(t, "sha1")
	r.git("sparse-checkout", "set", "--cone", "--sparse-index", "other")
	got := r.compare()
	at := slices.IndexFunc(got, func(e gitindex.Entry) bool { return e.Kind == gitindex.Directory })
	if at < 0 || got[at].Path != "apps" || !got[at].Absent {
		t.Errorf("no directory is absent: %v", got)
	}
	r.git("sparse-checkout", "set", "--cone", "--no-sparse-index", "other")
	if !slices.ContainsFunc(r.compare(), func(e gitindex.Entry) bool { return e.Kind == gitindex.File && e.Absent }) {
		t.Error("no file is absent")
	}
}

func TestKinds(t *testing.T) {
	r := newRepository(t, "sha1")
	if err := os.Symlink("a", filepath.Join(r.dir, "link")); err != nil {
		t.Fatal(err)
	}
	r.git("add", "link")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+strings.TrimSpace(r.git("rev-parse", "HEAD"))+",module")
	kinds := map[string]gitindex.Kind{}
	for _, e := range r.compare() {
		kinds[e.Path] = e.Kind
	}
	if kinds["link"] != gitindex.Link || kinds["module"] != gitindex.Submodule || kinds["a"] != gitindex.File {
		t.Errorf("kinds are %v", kinds)
	}
}

// What git caches in the index is left out.
func TestExtensions(t *testing.T) {
	r := newRepository(t, "sha1")
	r.git("update-index", "--force-untracked-cache")
	r.git("-c", "index.threads=4", "-c", "feature.manyFiles=true", "update-index", "--index-version", "4", "--really-refresh")
	r.git("status")
	for _, name := range []string{"UNTR", "TREE"} {
		if !strings.Contains(string(r.index()), name) {
			t.Errorf("git wrote no extension %s", name)
		}
	}
	r.compare()
}

// A merge that has conflicts has a path several times.
func TestUnmerged(t *testing.T) {
	r := newRepository(t, "sha1")
	blob := strings.Fields(r.git("ls-files", "-s", "a"))[1]
	r.git("rm", "-q", "--cached", "a")
	cmd := exec.Command("git", "update-index", "--index-info")
	cmd.Dir = r.dir
	cmd.Stdin = strings.NewReader(fmt.Sprintf("100644 %s 1\ta\n100644 %[1]s 2\ta\n100644 %[1]s 3\ta\n", blob))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := gitindex.Read(r.index(), r.hash, r.open)
	if n := len(slices.DeleteFunc(got, func(e gitindex.Entry) bool { return e.Path != "a" })); err != nil || n != 1 {
		t.Errorf("a stands there %d times, %v", n, err)
	}
}

// Git with index.skipHash leaves zeros for the checksum.
func TestNoChecksum(t *testing.T) {
	r := newRepository(t, "sha1")
	data := r.index()
	want, err := gitindex.Read(data, r.hash, r.open)
	if err != nil {
		t.Fatal(err)
	}
	clear(data[len(data)-int(r.hash):])
	got, err := gitindex.Read(data, r.hash, r.open)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// An index that is cut off or damaged is refused.
func TestDamaged(t *testing.T) {
	r := newRepository(t, "sha1")
	data := r.index()
	for n := range len(data) {
		if _, err := gitindex.Read(data[:n], r.hash, r.open); err == nil {
			t.Fatalf("%d of %d bytes are read", n, len(data))
		}
	}
	data[len(data)/2]++
	if _, err := gitindex.Read(data, r.hash, r.open); err == nil || err.Error() != "its checksum is wrong" {
		t.Errorf("a changed byte: %v", err)
	}
	if _, err := gitindex.Read(r.index(), gitindex.SHA256, r.open); err == nil {
		t.Error("the other hash is taken")
	}
}

func TestSplitIsHeldToItsBase(t *testing.T) {
	r := newRepository(t, "sha1")
	r.split()
	missing := func(string) ([]byte, error) { return nil, os.ErrNotExist }
	if _, err := gitindex.Read(r.index(), r.hash, missing); err == nil {
		t.Error("no base is needed")
	}
	itself := func(string) ([]byte, error) { return r.index(), nil }
	if _, err := gitindex.Read(r.index(), r.hash, itself); err == nil || !strings.Contains(err.Error(), "is split itself") {
		t.Errorf("the index is its own base: %v", err)
	}
	other := newRepository(t, "sha1")
	other.write("more", "a")
	other.git("add", ".")
	if _, err := gitindex.Read(r.index(), r.hash, func(string) ([]byte, error) { return other.index(), nil }); err == nil {
		t.Error("another base is taken")
	}
}

// FuzzIndex holds that no index panics, or stands for more than it can.
func FuzzIndex(f *testing.F) {
	for _, version := range []uint32{2, 3, 4} {
		header := append([]byte("DIRC"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, version), 1)...)
		entry := append(make([]byte, 60), 0, 1)
		if version == 4 {
			entry = append(entry, 0)
		}
		body := append(append(header, entry...), "a\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
		f.Add(append(body, "link\x00\x00\x00\x38aaaaaaaaaaaaaaaaaaaa\x00\x00\x00\x40\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00"...))
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, h := range []gitindex.Hash{gitindex.SHA1, gitindex.SHA256} {
			whole := append(slices.Clone(data), make([]byte, h)...)
			entries, err := gitindex.Read(whole, h, func(string) ([]byte, error) { return whole, nil })
			if err == nil && len(entries) > len(data) {
				t.Errorf("%d bytes give %d entries", len(data), len(entries))
			}
		}
	})
}
