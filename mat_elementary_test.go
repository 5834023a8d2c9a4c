package main

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

const bigPrec = 160

// bigExp returns eˣ by Taylor's series of x/2⁴⁰, squared forty times.
func bigExp(x float64) *big.Float {
	const halvings = 40
	r := new(big.Float).SetPrec(bigPrec + 2*halvings).SetFloat64(x)
	r.SetMantExp(r, -halvings)
	sum, term := bigFloat(1, 2*halvings), bigFloat(1, 2*halvings)
	for i := 1; i < 14; i++ {
		term.Mul(term, r).Quo(term, bigFloat(float64(i), 2*halvings))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

func bigFloat(x float64, extra uint) *big.Float {
	return new(big.Float).SetPrec(bigPrec + extra).SetFloat64(x)
}

// bigLog returns the natural logarithm of y > 0: y = 2ᵉ m, √½ ≤ m < √2, log y = log m + e log 2.
func bigLog(y *big.Float) *big.Float {
	m := new(big.Float).SetPrec(bigPrec)
	e := y.MantExp(m) // ½ ≤ m < 1
	if m.Cmp(big.NewFloat(math.Sqrt2/2)) < 0 {
		m.SetMantExp(m, 1)
		e--
	}
	return m.Add(bigAtanhLog(m), new(big.Float).Mul(bigFloat(float64(e), 0), bigAtanhLog(bigFloat(2, 0))))
}

// bigAtanhLog returns log m = 2 atanh((m−1)/(m+1)) by its series.
func bigAtanhLog(m *big.Float) *big.Float {
	one := bigFloat(1, 0)
	s := bigFloat(0, 0).Quo(bigFloat(0, 0).Sub(m, one), bigFloat(0, 0).Add(m, one))
	square, power, sum := bigFloat(0, 0).Mul(s, s), bigFloat(0, 0).Set(s), bigFloat(0, 0)
	for i := 1; i < 120; i += 2 {
		sum.Add(sum, bigFloat(0, 0).Quo(power, bigFloat(float64(i), 0)))
		power.Mul(power, square)
	}
	return sum.Add(sum, sum)
}

// ulps returns |got − want| in units of the last place of want.
func ulps(got float64, want *big.Float) float64 {
	w, _ := want.Float64()
	if math.IsInf(w, 0) || math.IsInf(got, 0) || math.IsNaN(got) {
		if got == w {
			return 0
		}
		return math.Inf(1)
	}
	_, e := math.Frexp(w)
	diff := new(big.Float).Sub(want, bigFloat(got, 0))
	d, _ := diff.SetMantExp(diff, -max(e-53, -1074)).Float64()
	return math.Abs(d)
}

func TestElementaryFunctionsStayWithinTheirUlps(t *testing.T) {
	nearZero := func(r *rand.Rand) float64 { return math.Ldexp(r.Float64()*2-1, -r.IntN(60)) }
	cases := []struct {
		name  string
		limit float64
		got   func(float64) float64
		want  func(float64) *big.Float
		draw  func(*rand.Rand) float64
	}{
		{"exp over its range", 1, exp, bigExp, func(r *rand.Rand) float64 { return r.Float64()*1454.8 - 745.1 }},
		{"exp near zero", 1, exp, bigExp, nearZero},
		{"exp of subnormal result", 1, exp, bigExp, func(r *rand.Rand) float64 { return -708 - r.Float64()*37 }},
		{"log over its range", 1, log, bigLogOf,
			func(r *rand.Rand) float64 { return math.Ldexp(1+r.Float64(), r.IntN(2098)-1074) }},
		{"log near one", 1, log, bigLogOf,
			func(r *rand.Rand) float64 { return 1 + math.Ldexp(r.Float64()*2-1, -1-r.IntN(50)) }},
		{"log1p near zero", 1.5, log1p, bigLog1p, func(r *rand.Rand) float64 { return math.Abs(nearZero(r)) }},
		{"log1p in [0,1]", 1.5, log1p, bigLog1p, (*rand.Rand).Float64},
		{"tanh to saturation", 1.5, tanh, bigTanh, func(r *rand.Rand) float64 { return r.Float64()*48 - 24 }},
		{"tanh near zero", 1.5, tanh, bigTanh, nearZero},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 1))
			worst, at := 0.0, 0.0
			for range 10000 {
				x := c.draw(r)
				if e := ulps(c.got(x), c.want(x)); e > worst {
					worst, at = e, x
				}
			}
			t.Logf("worst %.3f ulp at %v", worst, at)
			if worst > c.limit {
				t.Errorf("worst error %.3f ulp at %v, want at most %v", worst, at, c.limit)
			}
		})
	}
}

func bigLogOf(x float64) *big.Float { return bigLog(bigFloat(x, 0)) }

func bigLog1p(x float64) *big.Float {
	sum := new(big.Float).SetPrec(2200).SetFloat64(x)
	if math.Abs(x) < 0x1p-50 { // x − x²/2 + x³/3 − x⁴/4, next term relative 2⁻²⁰⁰
		b := bigFloat(x, 0)
		total := bigFloat(0, 0)
		power := bigFloat(1, 0)
		for i := 1; i < 5; i++ {
			power.Mul(power, b)
			total.Add(total, bigFloat(0, 0).Quo(power, bigFloat(float64(i*(1-2*((i+1)%2))), 0)))
		}
		return total
	}
	return bigLog(sum.Add(sum, big.NewFloat(1)))
}

func bigTanh(x float64) *big.Float {
	if math.Abs(x) < 0x1p-30 { // x − x³/3 + 2x⁵/15, next term relative 2⁻¹⁸⁰
		b := bigFloat(x, 0)
		x2 := bigFloat(0, 0).Mul(b, b)
		s := bigFloat(0, 0).Quo(bigFloat(2, 0), bigFloat(15, 0))
		s.Mul(s, x2).Sub(s, bigFloat(0, 0).Quo(bigFloat(1, 0), bigFloat(3, 0)))
		s.Mul(s, x2).Add(s, bigFloat(1, 0))
		return s.Mul(s, b)
	}
	e := bigExp(2 * x)
	one := big.NewFloat(1)
	return bigFloat(0, 0).Quo(new(big.Float).Sub(e, one), new(big.Float).Add(e, one))
}

func TestElementarySpecialValues(t *testing.T) {
	inf, nan, negZero := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	for name, c := range map[string]struct {
		f       func(float64) float64
		x, want []float64
	}{
		"exp": {exp,
			[]float64{0, negZero, inf, -inf, nan, 709.782712893384, 709.782712893385, -745.2, -745.1332191019411},
			[]float64{1, 1, inf, 0, nan, 0x1.fffffffffff2ap+1023, inf, 0, 0x1p-1074}},
		"log":   {log, []float64{1, 0, negZero, -1, inf, -inf, nan}, []float64{0, -inf, -inf, nan, inf, nan, nan}},
		"log1p": {log1p, []float64{0, 1, nan, 0x1p-1074}, []float64{0, math.Ln2, nan, 0x1p-1074}},
		"tanh": {tanh, []float64{0, negZero, inf, -inf, nan, 0x1p-1074, 30},
			[]float64{0, negZero, 1, -1, nan, 0x1p-1074, 1}},
	} {
		for i, x := range c.x {
			got := c.f(x)
			if _, ok := sameBits([]float64{got}, c.want[i:]); !ok {
				t.Errorf("%s(%g) is %x, want %x", name, x, got, c.want[i])
			}
		}
	}
}
