package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOwnDataIsReadAsNumPyReadsIt takes files that testdata/own.py wrote by NumPy 2.4.6.
func TestOwnDataIsReadAsNumPyReadsIt(t *testing.T) {
	for _, c := range []struct {
		file         string
		unit         float64
		train, trial []byte // classes
		shape        []int
	}{
		{"own_flat.npz", 1, nil, nil, nil},
		{"own_fortran.npz", 1, []byte{0, 1, 2, 0, 1}, []byte{0, 1, 2, 0}, []int{2, 3}},
		{"own_bytes.npz", 255, []byte{2, 1, 0, 2, 1}, []byte{2, 1, 0, 2}, []int{2, 3}},
		{"own_versions.npz", 1, nil, nil, []int{2, 3}},
	} {
		t.Run(c.file, func(t *testing.T) {
			d, err := readOwn(filepath.Join("testdata", c.file))
			if err != nil {
				t.Fatal(err)
			}
			x := func(n int) (x []float64) {
				for row := range n {
					for d := range 6 {
						x = append(x, float64((3*row+d*d)%11)/c.unit)
					}
				}
				return x
			}
			want := []any{x(5), x(4), c.train, c.trial, c.shape}
			got := []any{elementsOf(d.Train), elementsOf(d.Test), d.Train.labels, d.Test.labels, d.Shape}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("train, test, their labels, shape (-want +got)\n%s", diff)
			}
		})
	}
}

// member is a file of an archive that writeNPZ would not write.
type member struct {
	name   string
	npy    []byte
	method uint16
}

func archiveOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: m.method})
		if err != nil {
			t.Fatal(err)
		}
		f.Write(m.npy)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// npyOf is a .npy file as NumPy writes it, of little-endian data.
func npyOf(descr string, shape []int, data any) []byte {
	sizes := strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", ", ") + ","
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n", descr, sizes)
	b := binary.LittleEndian.AppendUint16([]byte(npyMagic+"\x01\x00"), uint16(len(header)))
	b = append(b, header...)
	if text, ok := data.(string); ok {
		return append(b, text...)
	}
	b, _ = binary.Append(b, binary.LittleEndian, data)
	return b
}

// ownMembers are those of a file that is well, but for the given ones, which replace them; nil
// leaves one out.
func ownMembers(other map[string][]byte) (members []member) {
	well := map[string][]byte{
		"train":        npyOf("<f4", []int{3, 2}, []float32{1, 2, 3, 4, 5, 6}),
		"test":         npyOf("<f4", []int{2, 2}, []float32{1, 2, 3, 4}),
		"train_labels": npyOf("<i8", []int{3}, []int64{7, 8, 7}),
		"test_labels":  npyOf("<i8", []int{2}, []int64{8, 7}),
	}
	for _, name := range []string{"train", "test", "train_labels", "test_labels", "x_train\n"} {
		npy, replaced := other[name]
		if !replaced {
			npy = well[name]
		}
		if npy != nil {
			members = append(members, member{name + ".npy", npy, zip.Deflate})
		}
	}
	return members
}

func TestOwnDataThatCannotBeUsedIsRefusedInOneLine(t *testing.T) {
	f4 := func(shape []int, x ...float32) []byte { return npyOf("<f4", shape, x) }
	i8 := func(shape []int, x ...int64) []byte { return npyOf("<i8", shape, x) }
	well := f4([]int{3, 2}, 1, 2, 3, 4, 5, 6)
	replaced := func(old, new string) []byte { return bytes.Replace(well, []byte(old), []byte(new), 1) }
	inf := float32(math.Inf(-1))
	for _, c := range []struct {
		array string
		npy   []byte // in place of what is well
		want  string
	}{
		{"train", nil, `it has "test, train_labels, test_labels" and not both train and test: save X and Y`},
		{"train", npyOf("<f2", []int{3, 2}, make([]uint16, 6)), "train is of dtype f2: save it with .astype(float)"},
		{"train", npyOf("|O", []int{3, 2}, "\x80\x04"), "train is of dtype O: save it with .astype(float)"},
		{"train", replaced("'<f4'", "[<f4]"), `train: its header is "{'descr': [<f4], `},
		{"train", npyOf("|u1", []int{3, 2}, make([]byte, 6)), "2 inputs of dtype u1 and test of 2 of f4: save"},
		{"test", f4([]int{2, 3}, 1, 2, 3, 4, 5, 6), "train has rows of 2 inputs of dtype f4 and test of 3 of f4"},
		{"test", f4([]int{1, 2}, 1, 2), "test is of shape [1 2]: save rows × inputs, two rows at the least"},
		{"train", f4([]int{3, 0}), "train is of shape [3 0]: save rows × inputs"},
		{"train", f4([]int{3, 2}, 4, 7, 4, 7, 4, 7), "no input varies in train: there is nothing to learn"},
		{"train", f4([]int{3}, 1, 2, 3), "train is of shape [3]: save rows × inputs"},
		{"test", f4([]int{2, 2}, 1, 2, inf, 4), "test: row 1 has -Inf as input 0: leave such rows out"},
		{"test_labels", nil, "only one split has labels: save"},
		{"train_labels", i8([]int{2}, 7, 8), "train_labels are of shape [2] and dtype i8 for 3 rows: save one"},
		{"test_labels", i8([]int{2, 2}, 0, 1, 1, 0), "test_labels are of shape [2 2] and dtype i8 for 2"},
		{"test_labels", i8([]int{2}, 7, 9), "row 1 of test_labels is none of train_labels"},
		{"train_labels", f4([]int{3}, 7, 8.5, 7), "row 1 of train_labels is 8.5: save whole numbers"},
		{"train_labels", i8([]int{3}, 7, 1<<53, 1<<53+1), "row 1 of train_labels is 9.007199254740992e+15: save whole"},
		{"train_labels", npyOf("|O", []int{3}, "\x80\x04"), "and dtype O for 3 rows: save one label a row, whole"},
		{"train_labels", npyOf("<U1", []int{3}, []int32{1, 2, 1}), "row 0 of test_labels is none of train_labels"},
		{"train", well[:30], "train: unexpected EOF"},
		{"train", well[:len(well)-4], "train: shape [3 2] of f4 does not fit 20 bytes"},
		{"train", append(bytes.Clone(well), 0), "does not fit 25 bytes"},
		{"train", replaced("NUMPY\x01", "NUMPY\x04"), "not .npy 1.0, 2.0 or 3.0"},
	} {
		wantRefused(t, archiveOf(t, ownMembers(map[string][]byte{c.array: c.npy})...), c.want)
	}
	many := make([]int64, 257)
	for i := range many {
		many[i] = int64(i)
	}
	wantRefused(t, archiveOf(t, ownMembers(map[string][]byte{
		"train": f4([]int{257, 2}, make([]float32, 514)...), "train_labels": i8([]int{257}, many...),
	})...), "the labels have 257 values, and the probes take 256 classes")
	stored := archiveOf(t, member{"train.npy", well, zip.Store})
	damaged := bytes.Replace(stored, binary.LittleEndian.AppendUint32(nil, math.Float32bits(4)), []byte("abcd"), 1)
	wantRefused(t, damaged, "train: zip: checksum error: save X")
	wantRefused(t, stored[:len(stored)-9], "zip: not a valid zip file: save X and Y (rows × inputs) by numpy.savez")
}

func wantRefused(t *testing.T, b []byte, want string) {
	t.Helper()
	_, err := parseOwn(b)
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got error %q, want one line with %q", err, want)
	}
}

// TestFilesOfMoreThanMemoryAreRefused: a directory may say what it likes, and only bytes of few inputs stay bytes.
func TestFilesOfMoreThanMemoryAreRefused(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"train.npy", "test.npy"} {
		w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: 3 << 30})
	}
	w.Close()
	for D, want := range map[int]string{1024: "<nil>", 1025: "train: 1.64e-05 GB of memory are needed, and 1e-06 GB"} {
		npy := npyOf("|u1", []int{2, D}, slices.Concat(make([]byte, D), slices.Repeat([]byte{1}, D)))
		whole := archiveOf(t, member{"train.npy", npy, zip.Deflate}, member{"test.npy", npy, zip.Deflate})
		if d, err := parseOwn(whole); err != nil || d.Test.dense(1)[D-1] != 1.0/255 {
			t.Errorf("%d inputs: %v", D, err)
		}
		limit := debug.SetMemoryLimit(1000)
		_, err := parseOwn(whole)
		_, fileErr := readOwn("testdata/own_digits.npz")
		if !strings.Contains(fmt.Sprint(fileErr), "are needed, and 1e-06 GB") {
			t.Errorf("the file alone needs more memory than there is, and the error is %v", fileErr)
		}
		debug.SetMemoryLimit(limit)
		if got := fmt.Sprint(err); !strings.Contains(got, want) {
			t.Errorf("%d inputs: %s, want %s", D, got, want)
		}
	}
	wantRefused(t, b.Bytes(), "its arrays are of more than 2 GiB")
}

// TestOwnDataIsNamedAfterItsContent: by its file, in letters that any file system takes, and by its
// bytes.
func TestOwnDataIsNamedAfterItsContent(t *testing.T) {
	whole := archiveOf(t, ownMembers(nil)...)
	for file, want := range map[string]string{
		"DIGITS.NPZ": "DIGITS", "my data (v2).npz": "my-data-v2", "données.npz": "donn-es", "_.npz": "data",
		"../x.npz":                        "x",
		strings.Repeat("a ", 30) + ".npz": strings.Repeat("-a", 20)[1:],
	} {
		path := filepath.Join(t.TempDir(), "below", file)
		write(t, path, whole)
		d, err := readOwn(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s-%.8s", want, d.SHA256); d.Name != got || len(d.SHA256) != 64 || !isOwn(path) {
			t.Errorf("%s is %s, want %s", file, d.Name, got)
		}
	}
	if _, err := readOwn(t.TempDir()); err == nil {
		t.Error("a folder was read")
	}
}

// TestLabelsAreToldApartInEveryType, and keep their order.
func TestLabelsAreToldApartInEveryType(t *testing.T) {
	for descr, values := range map[string]any{
		"|i1": []int8{-3, 9, 0}, "|u1": []uint8{1, 255, 9}, "<i2": []int16{-300, 300, 7},
		"<u4": []uint32{1, 1 << 31, 9}, "<i8": []int64{-3, 1 << 40, 0},
		"<f8": []float64{-1, 3, 2}, "<f4": []float32{-1, 3, 2},
		"<U2": []int32{'a', 0, 'ä', 0, 'a', 'a'}, "<U1": []int32{0xd800, 0xd802, 0xd801},
		"<U3": []int32{'a', 0, 'b', 'b', 0, 0, 'a', 'b', 0},
	} {
		labels := npyOf(descr, []int{3}, values)
		well := ownMembers(nil)[0].npy
		members := ownMembers(map[string][]byte{"train_labels": labels, "test": well, "test_labels": labels})
		d, err := parseOwn(archiveOf(t, members...))
		if err != nil {
			t.Fatalf("%s: %v", descr, err)
		}
		if diff := cmp.Diff([][]byte{{0, 2, 1}, {0, 2, 1}}, [][]byte{d.Train.labels, d.Test.labels}); diff != "" {
			t.Errorf("%s: classes (-want +got)\n%s", descr, diff)
		}
	}
}

// TestShapesOfImages: the products' order of inputs follows them.
func TestShapesOfImages(t *testing.T) {
	for _, c := range []struct{ shape, want []int }{
		{[]int{28, 20}, []int{28, 20}}, {[]int{64}, []int{8, 8}},
		{[]int{63}, []int{1, 63}}, {[]int{4, 3, 3}, []int{6, 6}},
	} {
		if height, width := imageShape(c.shape); !slices.Equal([]int{height, width}, c.want) {
			t.Errorf("%v: %d×%d, want %v", c.shape, height, width, c.want)
		}
	}
}

// TestAnyByteOfAHeaderMayBeWrong: there is a data set, or a reason in one line.
func TestAnyByteOfAHeaderMayBeWrong(t *testing.T) {
	well := ownMembers(nil)[0].npy
	for i := range well {
		for _, b := range []byte{0, '9', '(', 0xff} {
			bad := bytes.Clone(well)
			bad[i] = b
			d, err := parseOwn(archiveOf(t, ownMembers(map[string][]byte{"train": bad})...))
			if err != nil && strings.Contains(err.Error(), "\n") || err == nil && len(elementsOf(d.Train)) != 6 {
				t.Errorf("with %q at %d: %v", b, i, err)
			}
		}
	}
}
