// A person's own data: a .npz file, as numpy.savez writes it, that has the arrays
//
//	train        N×D   test        M×D   float32, float64, or uint8, in which p stands for p/255
//	train_labels N     test_labels M     whole numbers or text; both, or neither
//
// D may be spread over several dimensions, as those of images, which are read as numpy.reshape(N,
// −1) reads them. Rows that fill more than 256 quads (mat_sparse.go), about 1,024 inputs, become float64:
// of uint8 eight times the memory of the file.

package main

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ownSuffix, in lower or upper case, tells a file from the name of a data set.
const ownSuffix = ".npz"

func isOwn(name string) bool { return strings.EqualFold(filepath.Ext(name), ownSuffix) }

// ownAdvice is how to make such a file.
const ownAdvice = `save X and Y (rows × inputs) by numpy.savez("FILE.npz", train=X, test=Y); numpy.loadtxt reads text`

// maxClasses is how many there can be: a label is a byte.
const maxClasses = 256

// readOwn returns the data set in a file. Its name is the file's, and the start of the SHA-256 of
// what is in it, so that other content is another data set.
func readOwn(path string) (*Dataset, error) {
	b, err := readRegular(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, ownAdvice)
	}
	d, err := parseOwn(b)
	if err != nil {
		return nil, err
	}
	d.SHA256 = sha256Text(b)
	d.Name = ownName(path) + "-" + d.SHA256[:8]
	return d, nil
}

var notPlain = regexp.MustCompile(`[^A-Za-z0-9]+`)

// ownName is a file's name in at most 40 letters, digits and hyphens. A run's folder begins with it.
func ownName(path string) string {
	base := filepath.Base(path)
	name := notPlain.ReplaceAllString(strings.TrimSuffix(base, filepath.Ext(base)), "-")
	return cmp.Or(strings.Trim(name[:min(len(name), 40)], "-"), "data")
}

var splitNames = [2]string{"train", "test"}

// parseOwn reads a file's arrays.
func parseOwn(b []byte) (*Dataset, error) {
	found, names, err := openNPZ(b, "train", "test", "train_labels", "test_labels")
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, ownAdvice)
	}
	train, test := found["train"], found["test"]
	if train == nil || test == nil {
		return nil, fmt.Errorf("it has %.200q and not both train and test: %s", strings.Join(names, ", "), ownAdvice)
	}
	if (found["train_labels"] == nil) != (found["test_labels"] == nil) {
		return nil, errors.New("only one split has labels: save train_labels and test_labels, or neither")
	}
	if err := checkSplits(train, test); err != nil {
		return nil, err
	}
	labels, err := readClasses(found)
	if err != nil {
		return nil, err
	}
	d, shape := new(Dataset), train.shape[1:]
	if len(shape) == 2 || len(shape) == 3 {
		d.Shape = shape
	}
	height, width := imageShape(shape)
	if d.Train, err = readSplit(train, height, width, labels[0]); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	if d.Test, err = readSplit(test, height, width, labels[1]); err != nil {
		return nil, fmt.Errorf("test: %w", err)
	}
	if !slices.Contains(d.Train.constant, false) {
		return nil, errors.New("no input varies in train: there is nothing to learn from it")
	}
	return d, nil
}

// checkSplits returns what to change, as an error, if the two splits cannot make a data set.
func checkSplits(train, test *npy) error {
	for i, a := range []*npy{train, test} {
		switch name := splitNames[i]; {
		case !slices.Contains([]string{"f4", "f8", "u1"}, a.dtype):
			return fmt.Errorf("%s is of dtype %s: save it with .astype(float), a table with "+
				".to_numpy(), a sparse matrix with .toarray(); uint8 is taken too, and divided by 255", name, a.dtype)
		case len(a.shape) < 2 || a.shape[0] < 2 || elements(a.shape[1:]) < 1:
			return fmt.Errorf("%s is of shape %v: save rows × inputs, two rows at the least", name, a.shape)
		}
	}
	D, M := elements(train.shape[1:]), elements(test.shape[1:])
	if D != M || (train.dtype == "u1") != (test.dtype == "u1") {
		return fmt.Errorf("train has rows of %d inputs of dtype %s and test of %d of %s: save both alike",
			D, train.dtype, M, test.dtype)
	}
	return nil
}

// imageShape is how the inputs of a row are laid out, whose shape is given: two dimensions are an
// image, and a square number of inputs is taken for a square image, which does no harm where it is
// not one.
func imageShape(shape []int) (height, width int) {
	if len(shape) == 2 {
		return shape[0], shape[1]
	}
	D := elements(shape)
	if side := int(math.Sqrt(float64(D))); side*side == D {
		return side, side
	}
	return 1, D
}

func readSplit(a *npy, height, width int, labels []byte) (Set, error) {
	value := a.number
	if a.dtype == "u1" {
		if fitsSparse(height, width, maxLevels) {
			bytes := decode(a, func(element []byte) byte { return element[0] })
			return imageSet(bytes, height, width, labels), nil
		}
		value = func(element []byte) float64 { return float64(element[0]) / 255 }
	}
	if err := memoryFor(8 * elements(a.shape)); err != nil {
		return Set{}, fmt.Errorf("%w: save fewer rows or inputs", err)
	}
	x := decode(a, value)
	if i := slices.IndexFunc(x, func(v float64) bool { return !finite(v) }); i >= 0 {
		D := height * width
		return Set{}, fmt.Errorf("row %d has %v as input %d: leave such rows out or fill them in", i/D, x[i], i%D)
	}
	return realSet(x, height, width, labels), nil
}

// label is a class as a file has it: a number, or the code points of a text, big-endian.
type label struct {
	number float64
	text   string
}

func compareLabels(a, b label) int {
	return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.text, b.text))
}

// label is the value of an element. Text has four bytes for a character; zeros fill it up at its end.
func (a *npy) label(element []byte) label {
	if a.dtype[0] != 'U' {
		return label{number: a.number(element)}
	}
	var text []byte
	for character := range slices.Chunk(element, 4) {
		text = binary.BigEndian.AppendUint32(text, uint32(a.number(character)))
	}
	return label{text: strings.TrimRight(string(text), "\x00")}
}

// readClasses returns the labels of both splits as classes, which are the distinct values of
// train's in ascending order; nil without labels.
func readClasses(found map[string]*npy) (classes [2][]byte, err error) {
	var distinct []label
	for i, split := range splitNames {
		a, rows := found[split+"_labels"], found[split].shape[0]
		if a == nil {
			return classes, nil
		}
		if elements(a.shape) != rows || a.shape[0] != rows || a.width == 0 {
			return classes, fmt.Errorf("%s_labels are of shape %v and dtype %s for %d rows: save one label a row, "+
				"whole numbers, .astype(int), or text, .astype(str)", split, a.shape, a.dtype, rows)
		}
		labels := decode(a, a.label)
		if i == 0 {
			distinct = slices.Compact(slices.SortedFunc(slices.Values(labels), compareLabels))
		}
		for row, l := range labels {
			class, known := slices.BinarySearchFunc(distinct, l, compareLabels)
			switch {
			case l.number != math.Trunc(l.number) || math.Abs(l.number) >= 1<<53:
				return classes, fmt.Errorf("row %d of %s_labels is %v: save whole numbers below 2⁵³",
					row, split, l.number)
			case !known:
				return classes, fmt.Errorf("row %d of test_labels is none of train_labels, which no probe "+
					"can learn: leave such rows out, or save no labels", row)
			case class >= maxClasses:
				return classes, fmt.Errorf("the labels have %d values, and the probes take %d classes: "+
					"save coarser labels, or none", len(distinct), maxClasses)
			}
			classes[i] = append(classes[i], byte(class))
		}
	}
	return classes, nil
}
