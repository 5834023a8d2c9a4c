package main

// Scales: from values to places on the page, with ticks at round values.

import (
	"math"
	"strconv"
	"strings"
)

// quantity is what an axis shows.
type quantity struct {
	Title  string // "Total correlation, Gaussian"
	Unit   string // "nats"; empty for a pure number
	Better int    // +1 higher, −1 lower, 0 neither
	Log    bool   // logarithmic axis: values ≤ 0 cannot be shown
	Whole  bool   // counts: no ticks between whole numbers
}

// label is the axis title: "Total correlation, Gaussian (nats, lower is better)".
func (q quantity) label() string {
	better := map[int]string{1: "higher is better", -1: "lower is better"}[q.Better]
	switch {
	case q.Unit != "" && better != "":
		return q.Title + " (" + q.Unit + ", " + better + ")"
	case q.Unit+better != "":
		return q.Title + " (" + q.Unit + better + ")"
	}
	return q.Title
}

// shows tells whether v has a place on the axis. NaN has none, and neither has what would
// overflow a difference.
func (q quantity) shows(v float64) bool {
	return math.Abs(v) <= 1e300 && (!q.Log || v >= 1e-300)
}

// scale maps the values lo…hi on to from…to, both ends included.
type scale struct {
	lo, hi   float64 // logarithms to base 10 if log
	from, to float64
	log      bool
	ticks    []tick
}

type tick struct {
	value float64
	label string
}

// newScale spans those of the values that q shows, with about count ticks; over gives it a place.
// Values equal to nine digits stand in the middle, zeros at the start; with no value it spans 0…1.
func newScale(q quantity, values []float64, count int) scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if q.shows(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	narrow := hi-lo <= 1e-9*max(math.Abs(lo), math.Abs(hi))
	switch {
	case lo > hi && q.Log:
		lo, hi = 1, 10
	case lo > hi || lo == 0 && hi == 0:
		lo, hi = 0, 1
	case narrow && q.Log:
		lo, hi = lo/2, hi*2
	case narrow:
		lo, hi = lo-math.Abs(lo)/10, hi+math.Abs(hi)/10
	}
	s := scale{lo: lo, hi: hi, to: 1, log: q.Log}
	if q.Log {
		s.lo, s.hi = log10(lo), log10(hi)
		s.ticks = logTicks(lo, hi, count)
	} else {
		s.ticks = linearTicks(lo, hi, count, q.Whole)
	}
	return s
}

// over returns s from one place to another.
func (s scale) over(from, to float64) scale {
	s.from, s.to = from, to
	return s
}

// tickRoom is the width that the widest label of the scales takes beside an axis.
func tickRoom(scales []scale) float64 {
	room := 24.0
	for _, s := range scales {
		for _, t := range s.ticks {
			room = max(room, textWidth(t.label, smallSize))
		}
	}
	return room + 8
}

// at is the place of v.
func (s scale) at(v float64) float64 {
	if s.log {
		v = log10(v)
	}
	return math.FMA((v-s.lo)/(s.hi-s.lo), s.to-s.from, s.from)
}

func log10(x float64) float64 { return log(x) / log(10) }

// linearTicks returns about count multiples of 1, 2 or 5 × 10ᵉ in lo…hi, and two at least unless
// only whole numbers will do.
func linearTicks(lo, hi float64, count int, whole bool) []tick {
	least := 0.0
	if whole {
		least = 1
	}
	step, e := niceStep(max((hi-lo)/float64(count), least))
	farOff := max(math.Abs(lo), math.Abs(hi)) >= 1e5 || e < -4
	var ticks []tick
	const slack = 1e-9 // of a step, for ends that rounding has moved
	for i := math.Ceil(lo/step - slack); i <= math.Floor(hi/step+slack); i++ {
		v := i * step
		label := strconv.FormatFloat(v, 'f', max(0, -e), 64)
		switch {
		case v == 0:
			v, label = 0, "0" // not −0
		case farOff:
			label = strconv.FormatFloat(v, 'e', max(0, exponent(v)-e), 64)
		}
		ticks = append(ticks, tick{v, readable(label)})
	}
	if len(ticks) < 2 && !whole {
		return linearTicks(lo, hi, count+2, whole)
	}
	return ticks
}

// logTicks returns the powers of ten in lo…hi, about count of them; where there are fewer than
// three also 3, or 2 and 5 times them; and where that is no help, linear ticks.
func logTicks(lo, hi float64, count int) []tick {
	first, last := exponent(lo), exponent(hi)+1
	for _, factors := range []string{"1", "13", "125"} {
		stride := 1
		if factors == "1" {
			stride += (last - first) / (count + 1)
		}
		var ticks []tick
		for e := first; e <= last; e++ {
			for _, m := range strings.Split(factors, "") {
				label := m + "e" + strconv.Itoa(e)
				v, _ := strconv.ParseFloat(label, 64)
				if v < lo*(1-1e-9) || v > hi*(1+1e-9) || e%stride != 0 {
					continue
				}
				if -3 <= e && e <= 3 {
					label = strconv.FormatFloat(v, 'f', max(0, -e), 64)
				}
				ticks = append(ticks, tick{v, readable(label)})
			}
		}
		if len(ticks) > 2 {
			return ticks
		}
	}
	return linearTicks(lo, hi, count, false)
}

// exponent is e of x = m × 10ᵉ with 1 ≤ |m| < 10, after rounding to seven digits.
func exponent(x float64) int {
	_, digits, _ := strings.Cut(strconv.FormatFloat(x, 'e', 6, 64), "e")
	e, _ := strconv.Atoi(digits)
	return e
}

// niceStep returns the least of 1, 2, 5 × 10ᵉ that is not under x, and e. Decimal powers come
// from strconv, which rounds exactly.
func niceStep(x float64) (step float64, e int) {
	for e = exponent(x) - 1; ; e++ {
		for _, m := range []string{"1", "2", "5"} {
			step, _ = strconv.ParseFloat(m+"e"+strconv.Itoa(e), 64)
			if step >= x {
				return step, e
			}
		}
	}
}

var superscript = strings.NewReplacer("+", "", "-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³",
	"4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

// readable turns a number's text into print: 2e+05 into 2×10⁵, 1e-4 into 10⁻⁴, - into −.
func readable(s string) string {
	mantissa, exponent, scientific := strings.Cut(s, "e")
	mantissa = strings.ReplaceAll(mantissa, "-", "−")
	if !scientific {
		return mantissa
	}
	e, _ := strconv.Atoi(exponent)
	power := "10" + superscript.Replace(strconv.Itoa(e))
	if mantissa == "1" {
		return power
	}
	return mantissa + "×" + power
}
