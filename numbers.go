// What several layers (CONTRIBUTING.md) share and what uses nothing else of this program: random streams,
// numbers that may not be finite, a parallel loop, and numbers as text and in CSV.

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Every purpose has a random stream of its own: rand.NewPCG(seed, stream).
const (
	streamWeights uint64 = iota + 1
	streamBatches
	streamDecoder
	streamData
	streamTies
	streamNull
	_ // 7 is free: the others keep their numbers
	streamPermutation
	streamSample
)

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func allFinite(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return !finite(v) })
}

// Number is a float64 that JSON can hold: null when it is not finite, which reads back as NaN.
type Number float64

func (x Number) MarshalJSON() ([]byte, error) {
	if !finite(float64(x)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(x))
}

func (x *Number) UnmarshalJSON(b []byte) error {
	*x = Number(math.NaN()) // json.Unmarshal leaves it so where b is null
	return json.Unmarshal(b, (*float64)(x))
}

// mean returns Σx/n.
func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// sameLength panics unless the arrays of an elementwise kernel are of one length.
func sameLength(kernel string, n int, others ...int) {
	for _, m := range others {
		if m != n {
			panic(fmt.Sprintf("%s: lengths %d and %d", kernel, n, m))
		}
	}
}

// share calls do(0) … do(n−1), started in this order, in up to that many goroutines.
func share(workers, n int, do func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(workers, n) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	group.Wait()
}

// sortedIndices returns 0 … n−1 in the order that compare says, equals as they are.
func sortedIndices(n int, compare func(i, j int) int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, compare)
	return order
}

// addNew adds v to the list unless it is there.
func addNew[T comparable](list *[]T, v T) {
	if !slices.Contains(*list, v) {
		*list = append(*list, v)
	}
}

// shortest is x in the fewest digits that read back as x.
func shortest(x float64) string {
	if !finite(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

var superscript = strings.NewReplacer("+", "", "-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³",
	"4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

// readable typesets a number's text: 2e+05 as 2×10⁵, 1e-4 as 10⁻⁴, - as −. A number that rounds to zero has
// no sign.
func readable(s string) string {
	mantissa, exponent, scientific := strings.Cut(s, "e")
	if mantissa = strings.ReplaceAll(mantissa, "-", "−"); !strings.ContainsAny(mantissa, "123456789I") {
		mantissa = strings.TrimPrefix(mantissa, "−")
	}
	if !scientific {
		return mantissa
	}
	e, _ := strconv.Atoi(exponent)
	return strings.TrimPrefix(mantissa+"×10"+superscript.Replace(strconv.Itoa(e)), "1×")
}

// fixed writes x with the given number of decimals, or none if that is negative.
func fixed(x float64, decimals int) string {
	return readable(strconv.FormatFloat(x, 'f', max(0, decimals), 64))
}

// short formats a value for a reader, to four significant digits without trailing zeros.
func short(x float64) string {
	if math.IsNaN(x) {
		return "no value"
	}
	return readable(strconv.FormatFloat(x, 'g', 4, 64))
}

// aligned formats a value for a column of them, in three significant digits, trailing zeros included.
func aligned(x float64) string {
	if e := exponent(x, 3); -4 < e && e < 6 {
		return fixed(x, 2-e)
	}
	return readable(strconv.FormatFloat(x, 'e', 2, 64))
}

// exponent is e of x = m × 10ᵉ with 1 ≤ |m| < 10, after rounding to that many digits.
func exponent(x float64, digits int) int {
	_, text, _ := strings.Cut(strconv.FormatFloat(x, 'e', digits-1, 64), "e")
	e, _ := strconv.Atoi(text)
	return e
}

// significant is the level that an adjusted p must be below.
const significant = 0.05

// listing is "a, b and c".
func listing(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// sha256Text is the SHA-256 of b in hex.
func sha256Text(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

func atK(K int) string { return fmt.Sprintf("K = %d", K) }

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}

// only is text when it applies.
func only(when bool, text string) string {
	if when {
		return text
	}
	return ""
}

// field is a value of a row under the name of its column.
type field struct{ name, text string }

// fields takes names and values in turn. A number that is not finite is empty.
func fields(pairs ...any) (row []field) {
	for pair := range slices.Chunk(pairs, 2) {
		text := fmt.Sprint(pair[1])
		switch v := pair[1].(type) {
		case float64:
			text = shortest(v)
		case Number:
			text = shortest(float64(v))
		}
		row = append(row, field{pair[0].(string), text})
	}
	return row
}

// where is v where it applies, else nothing.
func where(applies bool, v any) any {
	if applies {
		return v
	}
	return ""
}

// formatCSV writes the row of every item, under the names of the columns, which those of blank are.
func formatCSV[T any](blank T, items []T, row func(T) []field) ([]byte, error) {
	lines := make([][]string, 1+len(items))
	for _, f := range row(blank) {
		lines[0] = append(lines[0], f.name)
	}
	for i, item := range items {
		for _, f := range row(item) {
			lines[1+i] = append(lines[1+i], f.text)
		}
	}
	var b bytes.Buffer
	err := csv.NewWriter(&b).WriteAll(lines)
	return b.Bytes(), err
}
