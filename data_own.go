// A person's own data: a .npz file, as numpy.savez writes it, that has the arrays
//
//	train        N×D   test        M×D   float32, float64, or uint8, in which p stands for p/255
//	train_labels N     test_labels M     whole numbers or text; both, or neither
//
// D may be spread over several dimensions, as those of images, which are read as numpy.reshape(N,
// −1) reads them. Rows of more than 1,024 inputs become float64: of uint8 eight times the memory of the file.

package main

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
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
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, ownAdvice)
	}
	d, err := parseOwn(b)
	if err != nil {
		return nil, err
	}
	d.SHA256 = fmt.Sprintf("%x", sha256.Sum256(b))
	d.Name = ownName(path) + "-" + d.SHA256[:8]
	return d, nil
}

var notPlain = regexp.MustCompile(`[^A-Za-z0-9]+`)

// ownName is a file's name in at most 40 letters, digits and hyphens. A run's folder begins with it.
func ownName(path string) string {
	base := filepath.Base(path)
	name := notPlain.ReplaceAllString(strings.TrimSuffix(base, filepath.Ext(base)), "-")
	name = strings.TrimPrefix(name, "-")
	return cmp.Or(strings.TrimSuffix(name[:min(len(name), 40)], "-"), "data")
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
	if err := checkRows(train, test); err != nil {
		return nil, err
	}
	labels, err := readLabels(found)
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

// checkRows returns what to change, as an error, if the two splits cannot make a data set.
func checkRows(train, test *npy) error {
	for i, a := range []*npy{train, test} {
		switch name := splitNames[i]; {
		case !slices.Contains([]string{"f4", "f8", "u1"}, a.dtype):
			return fmt.Errorf("%s is of dtype %s: save it as uint8, which stands for 0…1, or with "+
				".astype(float), a table with .to_numpy(), a sparse matrix with .toarray()", name, a.dtype)
		case len(a.shape) < 2 || elements(a.shape[1:]) < 1:
			return fmt.Errorf("%s is of shape %v: save rows × inputs", name, a.shape)
		case a.shape[0] < 2:
			return fmt.Errorf("%s has %s: two are the fewest that have a variance", name, plural(a.shape[0], "row"))
		}
	}
	if D, M := elements(train.shape[1:]), elements(test.shape[1:]); D != M {
		return fmt.Errorf("train has rows of %d inputs and test of %d: save both with the same", D, M)
	}
	if (train.dtype == "u1") != (test.dtype == "u1") {
		return errors.New("one of train and test is uint8, which is divided by 255, and the other is not: " +
			"save both alike")
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
	small := a.dtype == "u1" && fitsSparse(height, width, maxLevels)
	if need, free := 8*float64(elements(a.shape)), freeMemory(); need > free && !small {
		return Set{}, fmt.Errorf("it needs %.3g GB of memory, and %.3g GB are free: save fewer rows or inputs",
			need/1e9, free/1e9)
	}
	if a.dtype == "u1" {
		x, err := decode(a, func(element []byte) byte { return element[0] })
		if err != nil {
			return Set{}, err
		}
		return imageSet(x, height, width, labels), nil
	}
	x, err := a.numbers()
	if err != nil {
		return Set{}, err
	}
	if i := slices.IndexFunc(x, func(v float64) bool { return !finite(v) }); i >= 0 {
		D := height * width
		return Set{}, fmt.Errorf("row %d has %v as input %d: leave such rows out or fill them in", i/D, x[i], i%D)
	}
	return realSet(x, height, width, labels), nil
}

// readLabels returns the labels of both splits as classes, nil without labels.
func readLabels(found map[string]*npy) (classes [2][]byte, err error) {
	train, test := found["train_labels"], found["test_labels"]
	switch {
	case train == nil && test == nil:
		return classes, nil
	case train == nil || test == nil:
		return classes, errors.New("only one split has labels: save train_labels and test_labels, or neither")
	case textType.MatchString(train.dtype):
		return readClasses(found, (*npy).texts)
	}
	return readClasses(found, (*npy).wholeNumbers)
}

// readClasses returns labels as classes, which are the distinct values of train's in ascending order.
func readClasses[T cmp.Ordered](found map[string]*npy, read func(*npy) ([]T, error)) (classes [2][]byte, err error) {
	var distinct []T
	for i, split := range splitNames {
		a, rows := found[split+"_labels"], found[split].shape[0]
		if elements(a.shape) != rows || a.shape[0] != rows {
			return classes, fmt.Errorf("%s_labels: shape %v for %d rows: save one label a row", split, a.shape, rows)
		}
		values, err := read(a)
		if err != nil {
			return classes, fmt.Errorf("%s_labels: %w", split, err)
		}
		if split == "train" {
			distinct = slices.Compact(slices.Sorted(slices.Values(values)))
		}
		if len(distinct) > maxClasses {
			return classes, fmt.Errorf("the labels have %d values, and the probes take %d classes: "+
				"save coarser labels, or none", len(distinct), maxClasses)
		}
		for row, v := range values {
			class, known := slices.BinarySearch(distinct, v)
			if !known {
				return classes, fmt.Errorf("row %d of test_labels is none of train_labels, which no probe "+
					"can learn: leave such rows out, or save no labels", row)
			}
			classes[i] = append(classes[i], byte(class))
		}
	}
	return classes, nil
}

// wholeNumbers returns the elements of labels that are numbers.
func (a *npy) wholeNumbers() ([]float64, error) {
	x, err := a.numbers()
	if err != nil {
		return nil, fmt.Errorf("%w: save whole numbers, .astype(int), or text, .astype(str)", err)
	}
	if i := slices.IndexFunc(x, func(v float64) bool { return v != math.Trunc(v) || math.Abs(v) > 1<<53 }); i >= 0 {
		return nil, fmt.Errorf("row %d has %v: save whole numbers", i, x[i])
	}
	return x, nil
}
