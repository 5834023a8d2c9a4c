package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Numbers as tables and sentences of the report write them.

// plus puts a sign before the text of a positive number.
func plus(x float64, text string) string {
	if x > 0 {
		return "+" + text
	}
	return text
}

// pText is a p-value for a reader: two significant digits, no less than 0.0001.
func pText(p float64) string {
	switch {
	case math.IsNaN(p):
		return "–"
	case p < 0.0001:
		return "< 0.0001"
	}
	return readable(strconv.FormatFloat(p, 'g', 2, 64))
}

// pEquals is "p = 0.035" or "p < 0.0001".
func pEquals(p float64) string {
	if text := pText(p); strings.HasPrefix(text, "<") {
		return "p " + text
	}
	return "p = " + pText(p)
}

// levelTexts writes a mean to the decimals that its standard deviation supports, two significant
// digits of it: "12.346" and "± 0.012". Without a deviation the second is empty.
func levelTexts(mean, sd float64) (value, deviation string) {
	switch {
	case !finite(mean):
		return "–", ""
	case !finite(sd):
		return short(mean), ""
	case sd == 0:
		return short(mean), "± 0"
	}
	decimals := 1 - exponent(sd)
	if decimals > 5 || math.Abs(mean) >= 1e5 {
		return short(mean), "± " + readable(strconv.FormatFloat(sd, 'g', 2, 64))
	}
	return fixed(mean, decimals), "± " + fixed(sd, decimals)
}

// fixed has that many decimals, none if it is negative.
func fixed(x float64, decimals int) string {
	return readable(strconv.FormatFloat(x, 'f', max(0, decimals), 64))
}

// roughly has two significant digits, or the whole part of what has more.
func roughly(x float64) string {
	if math.Abs(x) >= 10 {
		return fixed(x, 0)
	}
	return readable(strconv.FormatFloat(x, 'g', 2, 64))
}

// estimateTexts writes an estimate to the decimals that its interval supports, two significant
// digits of half its width: "1.23" and "[1.02, 1.44]". Without an interval the second is empty.
func estimateTexts(e intervalEstimate) (value, interval string) {
	half := (e.High - e.Low) / 2
	if !finite(half) {
		return short(e.Value), ""
	}
	decimals := 1 - exponent(half)
	text := func(x float64) string { return fixed(x, decimals) }
	if half == 0 || decimals > 6 || math.Abs(e.Value) >= 1e5 {
		text = short
	}
	return text(e.Value), "[" + text(e.Low) + ", " + text(e.High) + "]"
}

// ranges writes ascending whole numbers as "1–3, 7".
func ranges(numbers []uint64, dash string) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		part := strconv.FormatUint(numbers[i], 10)
		if j > i {
			part += dash + strconv.FormatUint(numbers[j], 10)
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// listing is "a, b and c".
func listing(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func atK(K int) string { return fmt.Sprintf("K = %d", K) }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
