package main

import "math"

// Special functions: the normal quantile and ψ for the scores and entropies of tc.go,
// and log Γ and the incomplete beta and gamma functions behind the p-values of stats.go. They are built
// from FMA, exp and log of mat_elementary.go, so that they give the same bits everywhere.
//
// DLMF is the NIST Digital Library of Mathematical Functions (Olver et al. 2010).

// polynomial returns c[0] + c[1]x + c[2]x² + … by Horner's rule.
func polynomial(x float64, c []float64) float64 {
	sum := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		sum = math.FMA(sum, x, c[i])
	}
	return sum
}

// Wichura (1988), Applied Statistics 37, 477, algorithm AS 241, routine PPND16. The three
// rational approximations are for p near ½, for the tails, and for the far tails.
var (
	quantileCentreNum = []float64{
		3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
		4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3,
	}
	quantileCentreDen = []float64{
		1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
		2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3,
	}
	quantileTailNum = []float64{
		1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
		1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
	}
	quantileTailDen = []float64{
		1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
		1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
	}
	quantileFarNum = []float64{
		6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
		2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
	}
	quantileFarDen = []float64{
		1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
		7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
	}
)

// normalQuantile returns Φ⁻¹(p), the standard normal quantile, to about 1e-15 relative.
// It is odd about ½ to the last bit wherever 1−p is exact.
//
//	Φ⁻¹(0) = −∞    Φ⁻¹(1) = +∞    Φ⁻¹(p) = NaN for p outside [0, 1]
func normalQuantile(p float64) float64 {
	q := p - 0.5
	if math.Abs(q) <= 0.425 {
		r := math.FMA(-q, q, 0.180625) // 0.425² − q²
		return q * polynomial(r, quantileCentreNum) / polynomial(r, quantileCentreDen)
	}
	tail := min(p, 1-p)
	if tail == 0 {
		return math.Copysign(math.Inf(1), q)
	}
	r := math.Sqrt(-log(tail))
	var z float64
	if r <= 5 {
		z = polynomial(r-1.6, quantileTailNum) / polynomial(r-1.6, quantileTailDen)
	} else {
		z = polynomial(r-5, quantileFarNum) / polynomial(r-5, quantileFarDen)
	}
	return math.Copysign(z, q)
}

// asymptoticFrom is where the series below reach float64 precision; smaller arguments are
// brought there by the recurrence in x.
const asymptoticFrom = 10

// The Bernoulli numbers B₂, B₄, … B₁₄ divided as each series needs them.
var (
	logGammaSeries = []float64{ // B₂ₙ / (2n(2n−1))
		1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156,
	}
	digammaSeries = []float64{ // B₂ₙ / 2n
		1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12,
	}
)

// logGamma returns log Γ(x) for x > 0, and NaN otherwise. Its error is below
// 1e-14 · max(1, |log Γ(x)|): absolute, not relative, next to the zeros at 1 and 2.
//
//	log Γ(x) = log Γ(x+1) − log x                                          DLMF 5.5.1
//	log Γ(x) ~ (x−½) log x − x + ½ log 2π + Σₙ B₂ₙ / (2n(2n−1) x²ⁿ⁻¹)      DLMF 5.11.1
func logGamma(x float64) float64 {
	const halfLog2Pi = 0.918938533204672741780329736405617640
	if !(x > 0) {
		return math.NaN()
	}
	shift := 1.0 // x(x+1)(x+2)…
	for ; x < asymptoticFrom; x++ {
		shift *= x
	}
	series := polynomial(1/(x*x), logGammaSeries) / x
	return math.FMA(x-0.5, log(x), -x) + (halfLog2Pi + series - log(shift))
}

// digamma returns ψ(x) = (d/dx) log Γ(x) for x > 0, and NaN otherwise. Its error is below
// 1e-14 · max(1, |ψ(x)|).
//
//	ψ(x) = ψ(x+1) − 1/x                                DLMF 5.5.2
//	ψ(x) ~ log x − 1/(2x) − Σₙ B₂ₙ / (2n x²ⁿ)          DLMF 5.11.2
func digamma(x float64) float64 {
	if !(x > 0) {
		return math.NaN()
	}
	shift := 0.0 // 1/x + 1/(x+1) + …
	for ; x < asymptoticFrom; x++ {
		shift += 1 / x
	}
	square := 1 / (x * x)
	tail := math.FMA(square, polynomial(square, digammaSeries), 0.5/x)
	return log(x) - tail - shift
}

// seriesPrecision is how near 1 the last factor of a continued fraction, or how near 0 the last
// term of a series relative to its sum, must come.
const seriesPrecision = 1e-15

// continuedFraction returns b₀ + a₁/(b₁ + a₂/(b₂ + …)), where term(n) = aₙ, bₙ, by the
// modified Lentz method (Thompson & Barnett 1986). No denominator may vanish, and none does
// where it is called.
//
//	Dₙ = 1/(bₙ + aₙDₙ₋₁)    Cₙ = bₙ + aₙ/Cₙ₋₁    fₙ = fₙ₋₁CₙDₙ    f₀ = C₀ = b₀, D₀ = 0
func continuedFraction(b0 float64, term func(n float64) (a, b float64)) float64 {
	f, C, D := b0, b0, 0.0
	for n, factor := 1.0, 0.0; math.Abs(factor-1) > seriesPrecision; n++ {
		a, b := term(n)
		D = 1 / math.FMA(a, D, b)
		C = b + a/C
		factor = C * D
		f *= factor
	}
	return f
}

// incompleteGamma returns the regularised incomplete gamma functions P(a, x) and
// Q(a, x) = 1 − P(a, x), a > 0, x ≥ 0. The smaller of the two is precise to about 1e-13 relative,
// to 1e-12 when a or x is about 1,000.
//
//	P = xᵃe⁻ˣ/Γ(a) · Σₙ xⁿ / (a(a+1)…(a+n))                                DLMF 8.11.4
//	Q = xᵃe⁻ˣ/Γ(a) · 1/(x+1−a − 1(1−a)/(x+3−a − 2(2−a)/(x+5−a − …)))       even part of DLMF 8.9.2
func incompleteGamma(a, x float64) (lower, upper float64) {
	scale := exp(math.FMA(a, log(x), -x) - logGamma(a))
	if x < a+1 {
		term := 1 / a
		sum := term
		for n := 1.0; term > seriesPrecision*sum; n++ {
			term = float64(term * x / (a + n))
			sum += term
		}
		lower = float64(scale * sum)
		return lower, 1 - lower
	}
	fraction := continuedFraction(x+1-a, func(n float64) (float64, float64) {
		return -n * (n - a), math.FMA(2, n, x+1-a)
	})
	upper = scale / fraction
	return 1 - upper, upper
}

// incompleteBeta returns the regularised incomplete beta function I_x(a, b), a, b > 0. It takes
// y = 1−x beside x, so that neither end of [0, 1] loses precision. The smaller of the result and
// its complement is precise to about 1e-13 relative, to 1e-12 when a or b is about 1,000.
//
//	I_x(a, b) = 1 − I_y(b, a)                                              DLMF 8.17.4
func incompleteBeta(a, b, x, y float64) float64 {
	if x < (a+1)/(a+b+2) { // where the fraction converges fast
		return betaFraction(a, b, x, y)
	}
	return 1 - betaFraction(b, a, y, x)
}

// betaFraction is incompleteBeta by its continued fraction, DLMF 8.17.22:
//
//	I_x(a, b) = xᵃyᵇ / (a B(a, b)) · 1/(1 + d₁/(1 + d₂/(1 + …)))
//	dₙ =          m(b−m) x / ((a+n−1)(a+n)),  n = 2m
//	dₙ = −(a+m)(a+b+m) x / ((a+n−1)(a+n)),    n = 2m+1
func betaFraction(a, b, x, y float64) float64 {
	logBeta := logGamma(a) + logGamma(b) - logGamma(a+b)
	scale := exp(math.FMA(a, log(x), math.FMA(b, log(y), -logBeta))) / a
	return scale / continuedFraction(1, func(n float64) (float64, float64) {
		m := math.Floor(n / 2)
		numerator := m * (b - m)
		if n != 2*m {
			numerator = -(a + m) * (a + b + m)
		}
		return numerator * x / ((a + n - 1) * (a + n)), 1
	})
}

// normalCDF returns Φ(z), the standard normal distribution function; the tail z < 0 is precise
// to about 1e-13 relative.
//
//	Φ(−z) = ½ erfc(z/√2) = ½ Q(½, z²/2),  z ≥ 0                            DLMF 7.11.2
func normalCDF(z float64) float64 {
	lower, upper := incompleteGamma(0.5, z*z/2)
	if z < 0 {
		return upper / 2
	}
	return (1 + lower) / 2
}

// studentTwoSided returns P(|T| ≥ |t|) for Student's T with df > 0 degrees of freedom.
//
//	P(|T| ≥ |t|) = I_x(df/2, ½),  x = df/(df + t²)       Abramowitz & Stegun (1964), 26.7.1
func studentTwoSided(t, df float64) float64 {
	sum := math.FMA(t, t, df)
	if math.IsInf(sum, 1) { // beside t², df vanishes
		return incompleteBeta(df/2, 0.5, df/math.Abs(t)/math.Abs(t), 1)
	}
	return incompleteBeta(df/2, 0.5, df/sum, t*t/sum)
}

// chiSquareTail returns P(χ² ≥ x) for the chi-square with df > 0 degrees of freedom: Q(df/2, x/2).
// Source: Abramowitz & Stegun (1964), 26.4.19.
func chiSquareTail(x, df float64) float64 {
	_, upper := incompleteGamma(df/2, x/2)
	return upper
}
