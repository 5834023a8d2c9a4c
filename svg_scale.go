package main

// The scales that place values along an axis, linear or logarithmic, and their ticks.

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// quantity is what an axis shows.
type quantity struct {
	Title  string // "Total correlation, Gaussian"
	Unit   string // "nats"; empty for a pure number
	Better int    // +1 higher, −1 lower, 0 neither
	Log    bool   // logarithmic axis: values ≤ 0 cannot be shown
	Whole  bool   // counts: no ticks between whole numbers, and if Log powers of two
}

// label is the axis title: "Total correlation, Gaussian (nats, lower is better, log scale)".
func (q quantity) label() string {
	about := q.Unit + map[int]string{1: ", higher is better", -1: ", lower is better"}[q.Better]
	if q.Log {
		about += ", log scale"
	}
	if about == "" {
		return q.Title
	}
	return q.Title + " (" + strings.TrimPrefix(about, ", ") + ")"
}

// shows tells whether v has a place on the axis: NaN has none, nor what would overflow a difference.
func (q quantity) shows(v float64) bool { return math.Abs(v) <= 1e300 && (!q.Log || v >= 1e-300) }

// missing counts the values that have no place on the axis.
func (q quantity) missing(values []float64) (n int) {
	for _, v := range values {
		if !q.shows(v) {
			n++
		}
	}
	return n
}

// scale maps the values lo…hi of a quantity on to from…to, both ends included.
type scale struct {
	quantity
	lo, hi   float64 // logarithms to base 10 if Log
	from, to float64
	dodge    float64 // added to every place
	ticks    []tick
}

type tick struct {
	value float64
	label string
}

// newScale spans those of the values that q shows, with about count ticks; over places it on the page.
// Values equal to nine digits are put in the middle, zeros at the start; without values it spans 0…1, or
// 1…10 if logarithmic. Counts span whole numbers, so that there are at least two ticks.
func newScale(q quantity, values []float64, count int) scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if q.shows(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	size := max(math.Abs(lo), math.Abs(hi))
	narrow := hi-lo <= 1e-9*size
	switch {
	case lo > hi && q.Log:
		lo, hi = 1, 10
	case lo > hi || size < 1e-300: // a share of less would underflow
		lo, hi = 0, 1
	case q.Whole:
		lo, hi = math.Floor(lo), math.Ceil(hi)
		if narrow {
			lo, hi = lo-1, hi+1
		}
	case narrow && q.Log:
		lo, hi = lo/2, hi*2
	case narrow:
		lo, hi = lo-math.Abs(lo)/10, hi+math.Abs(hi)/10
	}
	if q.Log && q.Whole {
		return scale{quantity: q, lo: log10(lo), hi: log10(hi), ticks: binaryTicks(lo, hi, count)}
	}
	if q.Log {
		return scale{quantity: q, lo: log10(lo), hi: log10(hi), ticks: logTicks(lo, hi, count)}
	}
	return scale{quantity: q, lo: lo, hi: hi, ticks: linearTicks(lo, hi, count, q.Whole)}
}

// marked returns s with a tick at v, in place of those that its label would touch.
func (s scale) marked(v float64) scale {
	unit := s.over(0, 1)
	s.ticks = slices.DeleteFunc(s.ticks, func(t tick) bool { return math.Abs(unit.at(t.value)-unit.at(v)) < 0.07 })
	decimals := 0
	for _, t := range s.ticks {
		_, part, _ := strings.Cut(t.label, ".")
		decimals = max(decimals, len(part))
	}
	s.ticks = append(s.ticks, tick{v, fixed(v, decimals)})
	return s
}

// over returns s from one place to another.
func (s scale) over(from, to float64) scale {
	s.from, s.to = from, to
	return s
}

// spaced returns s, a horizontal scale, with every second tick left out until labels do not touch.
func (s scale) spaced() scale {
	for i := 1; i < len(s.ticks); i++ {
		left, right := s.ticks[i-1], s.ticks[i]
		if s.at(right.value)-s.at(left.value) < float64(textWidth(left.label+right.label, smallSize)/2)+4 {
			var kept []tick
			for j := 0; j < len(s.ticks); j += 2 {
				kept = append(kept, s.ticks[j])
			}
			s.ticks = kept
			return s.spaced()
		}
	}
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
	if s.Log {
		v = log10(v)
	}
	return math.FMA((v-s.lo)/(s.hi-s.lo), s.to-s.from, s.from) + s.dodge
}

func log10(x float64) float64 { return log(x) / log(10) }

// linearTicks returns about count multiples of 1, 2 or 5 × 10ᵉ in lo…hi, two at least unless whole.
func linearTicks(lo, hi float64, count int, whole bool) []tick {
	step, e := niceStep((hi - lo) / float64(count))
	if whole && step < 1 {
		step, e = 1, 0
	}
	farOff := max(math.Abs(lo), math.Abs(hi)) >= 1e5 || e < -4
	var ticks []tick
	const slack = 1e-9 // of a step, for ends that rounding has moved
	for i := math.Ceil(lo/step - slack); i <= math.Floor(hi/step+slack); i++ {
		v := i * step
		label := fixed(v, -e)
		switch {
		case v == 0:
			v, label = 0, "0" // not −0
		case farOff:
			label = readable(strconv.FormatFloat(v, 'e', max(0, exponent(v)-e), 64))
		}
		ticks = append(ticks, tick{v, label})
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
	stride := (last-first)/(count+1) + 1
	for _, factors := range []string{"1", "13", "125"} {
		var ticks []tick
		for e := first; e <= last; e++ {
			for _, m := range factors {
				label := string(m) + "e" + strconv.Itoa(e)
				v, _ := strconv.ParseFloat(label, 64)
				if v < lo*(1-1e-9) || v > hi*(1+1e-9) || factors == "1" && e%stride != 0 {
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

// binaryTicks returns the powers of two in lo…hi; where there are fewer than two, and where there are many, logTicks.
func binaryTicks(lo, hi float64, count int) (ticks []tick) {
	for v := 1.0; v <= hi; v *= 2 {
		if v >= lo {
			ticks = append(ticks, tick{v, strconv.FormatFloat(v, 'f', 0, 64)})
		}
	}
	if len(ticks) < 2 || len(ticks) > 2*count {
		return logTicks(lo, hi, count)
	}
	return ticks
}

// niceStep returns the least of 1, 2, 5 × 10ᵉ that is not under x, and e. strconv rounds exactly.
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
