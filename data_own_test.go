package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
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
	}{
		{"own_flat.npz", 1, nil, nil},
		{"own_fortran.npz", 1, []byte{0, 1, 2, 0, 1}, []byte{0, 1, 2, 0}},
		{"own_bytes.npz", 255, nil, nil},
		{"own_versions.npz", 1, nil, nil},
	} {
		t.Run(c.file, func(t *testing.T) {
			d, err := readOwn(filepath.Join("testdata", c.file))
			if err != nil {
				t.Fatal(err)
			}
			want := func(n int) (x []float64) {
				for row := range n {
					for d := range 6 {
						x = append(x, float64((3*row+d*d)%11)/c.unit)
					}
				}
				return x
			}
			if diff := cmp.Diff([]any{want(5), want(4), c.train, c.trial}, []any{elementsOf(d.Train), elementsOf(d.Test), d.Train.labels, d.Test.labels}); diff != "" || d.Train.D != 6 {
				t.Errorf("D = %d; train, test, labels (-want +got)\n%s", d.Train.D, diff)
			}
		})
	}
}

// npyOf is a .npy file as NumPy writes it.
func npyOf(descr string, shape []int, data any) []byte {
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n", descr, formatShape(shape))
	b := binary.LittleEndian.AppendUint16([]byte(npyMagic), uint16(len(header)))
	b, _ = binary.Append(append(b, header...), binary.LittleEndian, data)
	return b
}

// ownMembers are those of a file that is well, but for the given ones, which replace them; nil leaves one out.
func ownMembers(other map[string][]byte) (members []member) {
	well := map[string][]byte{
		"train": npyOf("<f4", []int{3, 2}, []float32{1, 2, 3, 4, 5, 6}), "test": npyOf("<f4", []int{2, 2}, []float32{1, 2, 3, 4}),
		"train_labels": npyOf("<i8", []int{3}, []int64{7, 8, 7}), "test_labels": npyOf("<i8", []int{2}, []int64{8, 7}),
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
	with := func(name string, npy []byte) map[string][]byte { return map[string][]byte{name: npy} }
	f4 := func(shape []int, x ...float32) []byte { return npyOf("<f4", shape, x) }
	nan := float32(math.NaN())
	whole := archiveOf(t, ownMembers(nil)...)
	for _, c := range []struct {
		name  string
		other map[string][]byte
		want  string
	}{
		{"no train", with("train", nil), "it has no array train, but \"test, train_labels, test_labels\": save it"},
		{"no test", map[string][]byte{"test": nil, "x_train\n": {}}, `it has no array test, but "train, train_labels, test_labels, x_train\n": save it`},
		{"float16", with("train", npyOf("<f2", []int{3, 2}, make([]uint16, 6))), "train is of dtype f2: save it as float32"},
		{"integers", with("test", npyOf("<i8", []int{2, 2}, make([]int64, 4))), "test is of dtype i8: save it as float32"},
		{"complex", with("train", npyOf("<c8", []int{3, 2}, make([]complex64, 6))), "train is of dtype c8"},
		{"pickled objects", with("train", npyOf("|O", []int{3, 2}, []byte("\x80\x04"))), "train: its elements are no plain numbers"},
		{"strings", with("train_labels", npyOf("<U1", []int{3}, make([]uint32, 3))), "train_labels: its elements are no plain numbers"},
		{"another number of inputs", with("test", f4([]int{2, 3}, 1, 2, 3, 4, 5, 6)), "train has rows of 2 inputs and test of 3"},
		{"bytes beside numbers", with("test", npyOf("|u1", []int{2, 2}, make([]byte, 4))), "one of train and test is uint8"},
		{"one row", with("test", f4([]int{1, 2}, 1, 2)), "test has 1 row: two are the fewest"},
		{"no row", with("train", f4([]int{0, 2})), "train has 0 rows"},
		{"no inputs", with("train", f4([]int{3, 0})), "train is of shape [3 0]: save rows × inputs"},
		{"one dimension", with("train", f4([]int{3}, 1, 2, 3)), "train is of shape [3]: save rows × inputs"},
		{"a number", with("train", f4(nil, 1)), "train is of shape []: save rows × inputs"},
		{"NaN", with("train", f4([]int{3, 2}, 1, 2, 3, nan, 5, 6)), "train: row 1 has NaN as input 1: leave such rows out"},
		{"infinite", with("test", f4([]int{2, 2}, float32(math.Inf(-1)), 2, 3, 4)), "test: row 0 has -Inf as input 0"},
		{"labels of train alone", with("test_labels", nil), "only one split has labels: save"},
		{"labels of test alone", with("train_labels", nil), "only one split has labels: save"},
		{"too few labels", with("train_labels", npyOf("<i8", []int{2}, []int64{7, 8})), "train_labels is of shape [2] for 3 rows: save one"},
		{"one-hot labels", with("test_labels", npyOf("<i8", []int{2, 2}, []int64{0, 1, 1, 0})), "test_labels is of shape [2 2] for 2 rows: save one"},
		{"a test label that train has not", with("test_labels", npyOf("<i8", []int{2}, []int64{7, 9})), "1 value of test_labels not in train_labels"},
		{"labels that are no whole numbers", with("train_labels", f4([]int{3}, 7, 8, 7)), "train_labels is of dtype f4: save whole numbers"},
		{"labels of no size", with("train_labels", npyOf("<i3", []int{3}, make([]byte, 9))), "train_labels is of dtype i3"},
		{"cut within the header", with("train", f4([]int{3, 2})[:30]), "train: unexpected EOF"},
		{"fewer elements than the shape says", with("train", f4([]int{3, 2}, 1, 2)), "train: shape [3 2] of f4 does not fit its 8 bytes"},
		{"more", with("train", f4([]int{3, 2}, 1, 2, 3, 4, 5, 6, 7)), "does not fit its 28 bytes"},
		{"a shape beyond any memory", with("train", f4([]int{1 << 40, 1 << 40})), "does not fit its 0 bytes"},
		{"a shape that is no shape", with("train", bytes.Replace(f4([]int{3, 2}), []byte("(3, 2)"), []byte("[3, 2]"), 1)), "has no order or no shape"},
		{"a version to come", with("train", bytes.Replace(f4([]int{3, 2}), []byte("NUMPY\x01"), []byte("NUMPY\x04"), 1)), "not .npy 1.0, 2.0 or 3.0"},
		{"no .npy", with("train", []byte("1,2\n3,4\n")), "not .npy 1.0, 2.0 or 3.0"},
	} {
		t.Run(c.name, func(t *testing.T) { wantRefused(t, archiveOf(t, ownMembers(c.other)...), c.want) })
	}
	for name, b := range map[string][]byte{"empty": nil, "no zip": npyOf("<f4", []int{1}, []float32{1}), "truncated": whole[:len(whole)-9]} {
		t.Run(name, func(t *testing.T) { wantRefused(t, b, "zip: not a valid zip file: save it again") })
	}
	t.Run("damaged", func(t *testing.T) {
		stored := archiveOf(t, member{"train.npy", f4([]int{3, 2}, 1, 2, 3, 4, 5, 6), zip.Store}, member{"test.npy", f4([]int{2, 2}, 1, 2, 3, 4), zip.Store})
		four := binary.LittleEndian.AppendUint32(nil, math.Float32bits(4))
		wantRefused(t, bytes.Replace(stored, four, []byte{1, 2, 3, 4}, 1), "train: zip: checksum error: the file is damaged, save it again")
	})
	t.Run("twice", func(t *testing.T) {
		wantRefused(t, archiveOf(t, append(ownMembers(nil), ownMembers(nil)...)...), "train is there twice")
	})
	t.Run("257 classes", func(t *testing.T) {
		x, y := make([]float32, 257), make([]int64, 257)
		for i := range y {
			y[i] = int64(i) << 40
		}
		wantRefused(t, archiveOf(t, ownMembers(map[string][]byte{
			"train": f4([]int{257, 1}, x...), "test": f4([]int{2, 1}, 0, 0),
			"train_labels": npyOf("<i8", []int{257}, y),
		})...), "the labels have 257 values, and the probes take 256 classes")
	})
}

// TestSmallFilesThatUnpackToMuchAreRefused: a directory may say what it likes.
func TestSmallFilesThatUnpackToMuchAreRefused(t *testing.T) {
	for _, c := range []struct {
		rows uint64
		want string
	}{
		{3 << 30, "its arrays are of more than 2147483648 bytes: save it again"},
		{1 << 30, "cannot unpack to 1073741824"},
	} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, name := range []string{"train.npy", "test.npy"} {
			if _, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: c.rows}); err != nil {
				t.Fatal(err)
			}
		}
		w.Close()
		wantRefused(t, b.Bytes(), c.want)
	}
}

func wantRefused(t *testing.T, b []byte, want string) {
	t.Helper()
	_, err := parseOwn(bytes.NewReader(b), int64(len(b)))
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got error %q, want one line with %q", err, want)
	}
}

// TestOwnDataIsNamedAfterItsContent: by its file, in letters that any file system takes, and by its bytes.
func TestOwnDataIsNamedAfterItsContent(t *testing.T) {
	whole := archiveOf(t, ownMembers(nil)...)
	for file, want := range map[string]string{
		"digits.npz": "digits", "my data (v2).npz": "my-data-v2", "données.npz": "donn-es", "mnist.npz": "mnist", "_.npz": "data", "damaged.npz": "own-damaged", "damaged-1.npz": "own-damaged-1",
		"../x.npz": "x", strings.Repeat("long", 20) + ".npz": strings.Repeat("long", 10), strings.Repeat("a ", 30) + ".npz": strings.Repeat("-a", 20)[1:],
	} {
		path := filepath.Join(t.TempDir(), "below", file)
		write(t, path, whole)
		d, err := readOwn(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s-%.8s", want, d.SHA256); d.Name != got || len(d.SHA256) != 64 || strings.HasPrefix(d.Name, damagedPrefix) {
			t.Errorf("%s is %s, want %s", file, d.Name, got)
		}
	}
}

func TestOwnFilesThatAreNone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder.npz")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{folder: "not a file: give", folder + "/none.npz": "there is no such file: give"} {
		if _, err := readOwn(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestLabelsAreToldApartInEveryIntegerType, and keep their order.
func TestLabelsAreToldApartInEveryIntegerType(t *testing.T) {
	for descr, values := range map[string]any{
		"|i1": []int8{-3, 9, 0}, "|u1": []uint8{1, 255, 9}, "<i2": []int16{-300, 300, 7}, "<u2": []uint16{1, 60000, 9},
		"<i4": []int32{-3, 1 << 30, 0}, "<u4": []uint32{1, 1 << 31, 9}, "<i8": []int64{-3, 1 << 40, 0}, "<u8": []uint64{1, 1 << 40, 9},
	} {
		labels := npyOf(descr, []int{3}, values)
		b := archiveOf(t, ownMembers(map[string][]byte{"train_labels": labels, "test": npyOf("<f4", []int{3, 2}, make([]float32, 6)), "test_labels": labels})...)
		d, err := parseOwn(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatalf("%s: %v", descr, err)
		}
		y := d.Train.labels
		if !(y[0] < y[2] && y[2] <= y[1]) {
			t.Errorf("%s: %v are the classes %v", descr, values, y)
		}
		if !slices.Equal(y, d.Test.labels) {
			t.Errorf("%s: the same labels are the classes %v of train and %v of test", descr, y, d.Test.labels)
		}
	}
}

// TestShapesOfImages: the products' order of inputs follows them, and so do the pictures.
func TestShapesOfImages(t *testing.T) {
	for _, c := range []struct{ shape, want []int }{
		{[]int{9, 28, 20}, []int{28, 20}}, {[]int{9, 64}, []int{8, 8}}, {[]int{9, 63}, []int{1, 63}}, {[]int{9, 4, 3, 3}, []int{6, 6}}, {[]int{9, 1}, []int{1, 1}},
	} {
		if height, width := imageShape(c.shape); height != c.want[0] || width != c.want[1] {
			t.Errorf("%v: %d×%d, want %v", c.shape, height, width, c.want)
		}
	}
}

// FuzzOwnData: whatever the members, there is a data set of finite rows or a reason in one line.
func FuzzOwnData(f *testing.F) {
	for _, shape := range [][]int{{3, 2}, {2, 2, 1}, {3}} {
		x := make([]float32, elements(shape))
		f.Add(npyOf("<f4", shape, x), npyOf(">f4", shape, x), npyOf("<i8", shape[:1], make([]int64, shape[0])), npyOf("|u1", shape[:1], make([]byte, shape[0])))
		f.Add(npyOf("<f8", shape, make([]float64, len(x))), bytes.Replace(npyOf("<f4", shape, x), []byte("False"), []byte("True"), 1), []byte{}, []byte{})
		f.Add(npyOf("|u1", shape, make([]byte, len(x))), npyOf("|u1", shape, make([]byte, len(x))), npyOf("|O", shape, []byte{}), []byte{})
	}
	f.Fuzz(func(t *testing.T, train, test, trainLabels, testLabels []byte) {
		var members []member
		for i, npy := range [][]byte{train, test, trainLabels, testLabels} {
			if len(npy) > 0 {
				members = append(members, member{[]string{"train.npy", "test.npy", "train_labels.npy", "test_labels.npy"}[i], npy, zip.Deflate})
			}
		}
		b := archiveOf(t, members...)
		d, err := parseOwn(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %q", err)
			}
			return
		}
		for _, s := range []Set{d.Train, d.Test} {
			for _, x := range elementsOf(s) {
				if !finite(x) {
					t.Fatalf("%v was taken for an input", x)
				}
			}
			if s.N < 2 || s.labels != nil && len(s.labels) != s.N {
				t.Errorf("%d rows, %d labels", s.N, len(s.labels))
			}
		}
	})
}
