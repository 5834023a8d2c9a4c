package main

import "math"

// exp, log, log1p and tanh, the same bits on every machine. Wherever this program says exp or log
// without "math.", it means these.
//
// math.Exp, Log, Log1p and Tanh have assembly on some platforms and different roundings on others,
// so nothing that reaches a result may call them. These are built from additions, multiplications,
// divisions and math.FMA alone, which IEEE 754 rounds in one way. They branch only to clamp the
// argument or for special values, so that the twins of the elementwise kernels do the same operations
// in the same order on several lanes.
//
// Method of exp (Tang 1989; constants of FreeBSD's e_exp.c): x = n ln 2 + r, |r| ≤ ½ ln 2,
//
//	exp(x) = 2ⁿ (1 + r + r² Q(r)),   Q(r) = Σ rʲ / (j+2)!, j = 0 … 11
//
// Q is Taylor's polynomial: its first omitted term is r¹⁴/14! < 5e-18, under 1/10 of half an
// ulp. ln 2 is split in two so that n times its high part is exact.
const (
	log2e   = 1 / math.Ln2
	ln2Hi   = 6.93147180369123816490e-01 // 0x3fe62e42_fee00000, 32 bits
	ln2Lo   = 1.90821492927058770002e-10 // ln 2 − ln2Hi
	rounder = 0x1.8p52                   // t + rounder has the integer nearest to t in its low bits
	oneBit  = 0x3ff0_0000_0000_0000      // the bits of 1.0

	expMin = -746 // exp is 0 at and below
	expMax = 710  // exp is +Inf at and above
)

// expTaylor holds 1/13!, 1/12!, …, 1/2!, the order of Horner's rule.
var expTaylor = [12]float64{
	1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
	1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2,
}

// exp returns eˣ to within 1 ulp; exp(NaN) = NaN, and it overflows to +Inf, underflows to 0.
func exp(x float64) float64 {
	if x > expMax {
		x = expMax
	}
	if x < expMin {
		x = expMin
	}
	n, hi, lo := reduce(x)
	p := 1 + (hi + lo)
	// 2ⁿ in two factors, so that neither overflows and a subnormal result is rounded once.
	first := float64(n*0.5) + rounder
	rest := n - (first - rounder)
	return p * exp2(first) * exp2(rest+rounder)
}

// reduce returns n and expm1(r) = hi + lo for x = n ln 2 + r, where |lo| < 0.2 |hi|.
func reduce(x float64) (n, hi, lo float64) {
	n = math.FMA(x, log2e, rounder) - rounder
	h := math.FMA(n, -ln2Hi, x)
	hi = math.FMA(n, -ln2Lo, h)
	lo = math.FMA(n, -ln2Lo, h-hi) // what rounding took from hi
	q := expTaylor[0]
	for _, c := range expTaylor[1:] {
		q = math.FMA(q, hi, c)
	}
	return n, hi, math.FMA(float64(hi*hi), q, lo)
}

// exp2 returns 2ⁿ for t = n + rounder, −1022 ≤ n ≤ 1023: n sits in t's low bits.
func exp2(t float64) float64 { return math.Float64frombits(math.Float64bits(t)<<52 + oneBit) }

// logCoef are the coefficients of FreeBSD's e_log.c, Lg7 … Lg1: on |s| ≤ 0.1716,
//
//	log(1+f) = f − f²/2 + s (f²/2 + R(s²)),   s = f/(2+f),   R(z) ≈ Σ Lgⱼ zʲ to 2⁻⁵⁸
var logCoef = [7]float64{
	1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
	2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
	6.666666666666735130e-01,
}

const (
	sqrtHalfBits = 0x3fe6_a09e_667f_3bcd // the bits of √½
	integerBits  = 0x4330_0000_0000_0000 // the bits of 2⁵²
)

// log returns the natural logarithm to within 1 ulp; log(0) = −Inf, log(x < 0) = NaN.
func log(x float64) float64 {
	switch {
	case x != x || x > math.MaxFloat64:
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	case x < 0x1p-1022:
		return logSum(float64(x*0x1p54), 0, -54)
	}
	return logSum(x, 0, 0)
}

// log1p returns log(1+x) to within 1.5 ulp for 0 ≤ x ≤ 1, and NaN for NaN: what softplus needs.
func log1p(x float64) float64 {
	u := 1 + x
	return logSum(u, x-(u-1), 0)
}

// logSum returns log(u + c) + k ln 2 for a normal u > 0 and |c| ≤ ulp(u)/2.
func logSum(u, c, k float64) float64 {
	// u = 2ᵉ (1+f), √½ ≤ 1+f < √2. The exponent, biased to stay positive, becomes a
	// float by being the low bits of 2⁵².
	bits := math.Float64bits(u)
	e := (bits - sqrtHalfBits + 1023<<52) >> 52
	k += math.Float64frombits(integerBits|e) - (0x1p52 + 1023)
	f := math.Float64frombits(bits-(e-1023)<<52) - 1
	s := f / (2 + f)
	z := float64(s * s)
	r := logCoef[0]
	for _, g := range logCoef[1:] {
		r = math.FMA(r, z, g)
	}
	half := float64(float64(0.5*f) * f)
	low := math.FMA(k, ln2Lo, c/u)
	t := math.FMA(s, math.FMA(r, z, half), low)
	return math.FMA(k, ln2Hi, f-(half-t))
}

const tanhMax = 44 // of y = 2|x|: 1 − tanh 22 < 2e-19

// tanh returns the hyperbolic tangent to within 1.5 ulp, ±0 stays ±0.
//
// With y = 2|x| and m = expm1(y), tanh|x| = m/(m+2). m is carried as a sum hi + lo, and one
// step of iterative refinement gives the quotient what the rounded sum lost.
func tanh(x float64) float64 {
	y := 2 * math.Abs(x)
	if y > tanhMax {
		y = tanhMax
	}
	n, a, b := reduce(y)
	scale := exp2(n + rounder)
	// m = 2ⁿ(1 + a + b) − 1 = (2ⁿ−1) + 2ⁿa + 2ⁿb
	c := scale - 1
	a, b = float64(scale*a), float64(scale*b)
	hi := c + a
	v := hi - c
	lo := (c - (hi - v)) + (a - v) + b // Knuth's two-sum: exact but for + b
	d := 2 + (hi + lo)
	dlo := ((2 - d) + hi) + lo
	q := (hi + lo) / d
	rest := math.FMA(-q, d, hi) + math.FMA(-q, dlo, lo)
	return math.Copysign(q+rest/d, x)
}

var expKernel = expGeneric

// expGeneric sets a = eᶻ; a may be z.
func expGeneric(a, z []float64) {
	for i, x := range z {
		a[i] = exp(x)
	}
}
