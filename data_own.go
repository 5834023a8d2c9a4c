// A person's own data: a .npz file that has the arrays
//
//	train        N×D   test        M×D   float32, float64, or uint8, in which p stands for p/255
//	train_labels N     test_labels M     whole numbers; both, or neither
//
// D may be spread over several dimensions, which are read as numpy.reshape(N, −1) reads them. numpy.savez writes
// such a file.

package main

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ownSuffix tells a file from the name of a data set.
const ownSuffix = ".npz"

// maxClasses is how many there can be: a label is a byte.
const maxClasses = 256

// readOwn returns the data set in a file. Its name is the file's, and the start of the SHA-256 of what is in
// it, so that other content is another data set.
func readOwn(path string) (*Dataset, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist): // which every system words in its own way
		err = errors.New("there is no such file")
	case err == nil && !info.Mode().IsRegular():
		err = errors.New("not a file")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: give a file that numpy.savez wrote", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	if err != nil {
		return nil, err
	}
	d, err := parseOwn(file, size)
	if err != nil {
		return nil, err
	}
	d.SHA256 = fmt.Sprintf("%x", hash.Sum(nil))
	d.Name = ownName(path) + "-" + d.SHA256[:8]
	return d, nil
}

// ownName is a file's name in letters, digits and hyphens. A run's folder begins with it, and those that begin with
// "damaged-" are set aside.
func ownName(path string) string {
	const longest = 40
	words := strings.FieldsFunc(strings.TrimSuffix(filepath.Base(path), ownSuffix), func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
	})
	name := strings.Join(words, "-")
	if strings.HasPrefix(name, "damaged") {
		name = "own-" + name
	}
	return cmp.Or(strings.TrimSuffix(name[:min(len(name), longest)], "-"), "data")
}

// parseOwn reads a file's arrays.
func parseOwn(r io.ReaderAt, size int64) (*Dataset, error) {
	found, names, err := openNPZ(r, size, "train", "test", "train_labels", "test_labels")
	if err != nil {
		return nil, fmt.Errorf("%w: save it again with numpy.savez, at most 2 GiB of arrays", err)
	}
	for _, name := range []string{"train", "test"} {
		if found[name] == nil {
			return nil, fmt.Errorf("it has no array %s, but %.200q: save it with numpy.savez(FILE, train=…, test=…)", name, strings.Join(names, ", "))
		}
	}
	if (found["train_labels"] == nil) != (found["test_labels"] == nil) {
		return nil, errors.New("only one split has labels: save train_labels and test_labels, or neither")
	}
	if err := checkShapes(found["train"].npyHeader, found["test"].npyHeader); err != nil {
		return nil, err
	}
	labels, err := readClasses(found)
	if err != nil {
		return nil, err
	}
	height, width := imageShape(found["train"].shape)
	var splits [2]Set
	for i, name := range []string{"train", "test"} {
		if splits[i], err = readSplit(found[name], height, width, labels[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return &Dataset{Train: splits[0], Test: splits[1]}, nil
}

// checkShapes returns what to change, as an error, if the two splits cannot make a data set.
func checkShapes(train, test npyHeader) error {
	for i, h := range []npyHeader{train, test} {
		switch name := []string{"train", "test"}[i]; {
		case !slices.Contains([]string{"f4", "f8", "u1"}, h.dtype):
			return fmt.Errorf("%s is of dtype %s: save it as float32, float64 or uint8, which stands for 0…1", name, h.dtype)
		case len(h.shape) < 2 || elements(h.shape[1:]) == 0:
			return fmt.Errorf("%s is of shape %v: save rows × inputs", name, h.shape)
		case h.shape[0] < 2:
			return fmt.Errorf("%s has %s: two are the fewest that have a variance", name, plural(h.shape[0], "row"))
		}
	}
	if D, M := elements(train.shape[1:]), elements(test.shape[1:]); D != M {
		return fmt.Errorf("train has rows of %d inputs and test of %d: save both with the same", D, M)
	}
	if (train.dtype == "u1") != (test.dtype == "u1") {
		return errors.New("one of train and test is uint8, which is divided by 255, and the other is not: save both alike")
	}
	return nil
}

// imageShape is the layout of the inputs of an array of the given shape: N×height×width are images, and a square number of
// inputs is taken for a square image, which does no harm where it is not one.
func imageShape(shape []int) (height, width int) {
	if len(shape) == 3 {
		return shape[1], shape[2]
	}
	D := elements(shape[1:])
	if side := int(math.Sqrt(float64(D))); side*side == D {
		return side, side
	}
	return 1, D
}

func readSplit(a *foreignArray, height, width int, labels []byte) (Set, error) {
	switch a.dtype {
	case "u1":
		x, err := readElements[byte](a)
		if err != nil {
			return Set{}, err
		}
		return imageSet(x, height, width, labels), nil
	case "f4":
		x, err := readElements[float32](a)
		return finiteSet(x, err, height, width, labels)
	}
	x, err := readElements[float64](a)
	return finiteSet(x, err, height, width, labels)
}

func finiteSet[T float32 | float64](x []T, err error, height, width int, labels []byte) (Set, error) {
	if err != nil {
		return Set{}, err
	}
	for i, v := range x {
		if !finite(float64(v)) {
			D := height * width
			return Set{}, fmt.Errorf("row %d has %v as input %d: leave such rows out or fill them in", i/D, v, i%D)
		}
	}
	return realSet(x, height, width, labels), nil
}

// readClasses returns the labels of both splits as classes, which are the distinct values of train's in ascending order;
// nil without labels.
func readClasses(found map[string]*foreignArray) (classes [2][]byte, err error) {
	var values [2][]int64
	for i, name := range []string{"train", "test"} {
		a, rows := found[name+"_labels"], found[name].shape[0]
		switch {
		case a == nil:
			return classes, nil
		case wholeNumbers[a.dtype] == nil:
			return classes, fmt.Errorf("%s_labels is of dtype %s: save whole numbers, such as .astype(int)", name, a.dtype)
		case elements(a.shape) != rows || a.shape[0] != rows:
			return classes, fmt.Errorf("%s_labels is of shape %v for %d rows: save one whole number a row", name, a.shape, rows)
		}
		if values[i], err = wholeNumbers[a.dtype](a); err != nil {
			return classes, fmt.Errorf("%s_labels: %w", name, err)
		}
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(values[0])))
	if len(distinct) > maxClasses {
		return classes, fmt.Errorf("the labels have %d values, and the probes take %d classes: save coarser labels, or none", len(distinct), maxClasses)
	}
	foreign := 0
	for i := range values {
		for _, v := range values[i] {
			class, is := slices.BinarySearch(distinct, v)
			classes[i] = append(classes[i], byte(class))
			if !is {
				foreign++
			}
		}
	}
	if foreign > 0 {
		return classes, fmt.Errorf("%s of test_labels not in train_labels, which no probe can learn: leave those rows out, or save no labels",
			plural(foreign, "value"))
	}
	return classes, nil
}

// wholeNumbers read integers. What a uint64 is beyond int64's range does not matter: labels are told apart.
var wholeNumbers = map[string]func(a *foreignArray) ([]int64, error){
	"i1": readWhole[int8], "i2": readWhole[int16], "i4": readWhole[int32], "i8": readWhole[int64],
	"u1": readWhole[uint8], "u2": readWhole[uint16], "u4": readWhole[uint32], "u8": readWhole[uint64],
}

func readWhole[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](a *foreignArray) (values []int64, err error) {
	x, err := readElements[T](a)
	for _, v := range x {
		values = append(values, int64(v))
	}
	return values, err
}
