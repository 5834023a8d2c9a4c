package main

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScaleTicks(t *testing.T) {
	for _, c := range []struct {
		name   string
		q      quantity
		values []float64
		want   string
	}{
		{"plain", quantity{}, []float64{0, 10}, "0 2 4 6 8 10"},
		{"ends between ticks", quantity{}, []float64{3.2, 17.9}, "5 10 15"},
		{"negative", quantity{}, []float64{-1, 1}, "−1.0 −0.5 0 0.5 1.0"},
		{"narrow", quantity{}, []float64{15.91, 15.97}, "15.92 15.94 15.96"},
		{"thirds of rounding", quantity{}, []float64{0.1, 0.7}, "0.2 0.4 0.6"},
		{"large", quantity{}, []float64{0, 5e5}, "0 10⁵ 2×10⁵ 3×10⁵ 4×10⁵ 5×10⁵"},
		{"small", quantity{}, []float64{1e-6, 3e-6}, "1.0×10⁻⁶ 1.5×10⁻⁶ 2.0×10⁻⁶ 2.5×10⁻⁶ 3.0×10⁻⁶"},
		{"a wide step would leave one", quantity{}, []float64{-4.95, 4.95}, "−4 −2 0 2 4"},
		{"equal", quantity{}, []float64{5, 5}, "4.6 4.8 5.0 5.2 5.4"},
		{"equal to nine digits, beyond 2⁵³", quantity{}, []float64{1e17, 1e17 + 16}, "9.0×10¹⁶ 9.5×10¹⁶ 1.00×10¹⁷ 1.05×10¹⁷ 1.10×10¹⁷"},
		{"zeros", quantity{Whole: true}, []float64{0, 0}, "0 1"},
		{"counts", quantity{Whole: true}, []float64{0, 3}, "0 1 2 3"},
		{"a count", quantity{Whole: true}, []float64{3}, "2 3 4"},
		{"a count and its mean", quantity{Whole: true}, []float64{0, 0.8}, "0 1"},
		{"the least there is", quantity{}, []float64{0, 5e-324}, "0 0.2 0.4 0.6 0.8 1.0"},
		{"nothing", quantity{}, []float64{math.NaN()}, "0 0.2 0.4 0.6 0.8 1.0"},
		{"beyond bounds", quantity{}, []float64{math.Inf(1), 0, 10, 1e301}, "0 2 4 6 8 10"},
		{"λ", quantity{Log: true}, []float64{0.1, 1, 10}, "0.1 1 10"},
		{"decades", quantity{Log: true}, []float64{2e-5, 3e5}, "10⁻⁴ 0.01 1 100 10⁴"},
		{"a decade", quantity{Log: true}, []float64{1, 10}, "1 3 10"},
		{"two and five", quantity{Log: true}, []float64{1, 9}, "1 2 5"},
		{"short", quantity{Log: true}, []float64{11, 19}, "12 14 16 18"},
		{"logarithm of zero", quantity{Log: true}, []float64{0, -1, 1, 100}, "1 10 100"},
		{"one on a logarithm", quantity{Log: true}, []float64{1}, "0.5 1 2"},
		{"counts on a logarithm", quantity{Log: true, Whole: true}, []float64{64, 1024}, "64 128 256 512 1024"},
		{"counts on a logarithm, between powers of two", quantity{Log: true, Whole: true}, []float64{65, 100}, "70 80 90 100"},
		{"many powers of two", quantity{Log: true, Whole: true}, []float64{1, 65536}, "1 10 100 1000 10⁴"},
		{"nothing on a logarithm", quantity{Log: true}, nil, "1 3 10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScale(c.q, c.values, 5).over(100, 200)
			var labels []string
			for _, k := range s.ticks {
				labels = append(labels, k.label)
				if at := s.at(k.value); at < 100-1e-6 || at > 200+1e-6 {
					t.Errorf("tick %s stands at %g, outside 100…200", k.label, at)
				}
			}
			if diff := cmp.Diff(c.want, strings.Join(labels, " ")); diff != "" {
				t.Error("(-want +got)", diff)
			}
		})
	}
}
