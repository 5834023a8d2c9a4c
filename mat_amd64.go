//go:build !purego

package main

// simd is one instruction set's twins of the kernels. The elementwise twins take a multiple of widths[0]
// elements. All else is as the Generic functions say.
type simd struct {
	productTwins

	adam                func(w, m, v, grad []float64, rate1, root2 float64)
	rectify             func(a, z []float64, leak float64)
	exp, tanh, softplus func(a, z []float64)
}

var avx2 = simd{
	productTwins: productTwins{
		widths: []int{4, 8},
		gather: []gatherFunc{gather1AVX2, gather2AVX2},
		spread: []spreadFunc{spread1AVX2, spread2AVX2},
		mul:    []mulFunc{mul1AVX2, mul2AVX2},
	},
	adam:     adamAVX2,
	rectify:  rectifyAVX2,
	exp:      expAVX2,
	tanh:     tanhAVX2,
	softplus: softplusAVX2,
}

var avx512 = simd{
	productTwins: productTwins{
		widths: []int{8, 16, 32},
		gather: []gatherFunc{gather1AVX512, gather2AVX512, gather4AVX512},
		spread: []spreadFunc{spread1AVX512, spread2AVX512, spread4AVX512},
		mul:    []mulFunc{mul1AVX512, mul2AVX512}, // a third is no faster: its blocks are small
	},
	adam:     adamAVX512,
	rectify:  rectifyAVX512,
	exp:      expAVX512,
	tanh:     tanhAVX512,
	softplus: softplusAVX512,
}

// init asks the processor, and the operating system whether it saves the registers.
func init() {
	const (
		fma, osxsave, avx = 1 << 12, 1 << 27, 1 << 28 // CPUID 1, ECX
		avx2Bit, f, dq    = 1 << 5, 1 << 16, 1 << 17  // CPUID 7, EBX
		ymm, zmm          = 0x6, 0xe6                 // XCR0
	)
	highest, _, _ := cpuid(0, 0)
	_, _, ecx := cpuid(1, 0)
	if highest < 7 || ecx&(fma|osxsave|avx) != fma|osxsave|avx {
		return
	}
	_, ebx, _ := cpuid(7, 0)
	saved := xgetbv()
	if saved&ymm == ymm && ebx&avx2Bit != 0 {
		twins = append(twins, twin{"avx2", avx2.use})
		avx2.use()
	}
	if saved&zmm == zmm && ebx&(f|dq) == f|dq {
		twins = append(twins, twin{"avx512", avx512.use})
		avx512.use()
	}
}

// use makes the twins the kernels. Plain Go does what elements are left beyond the last whole
// vector.
func (s *simd) use() {
	prefetchKernel, turnKernel = prefetchRows, turnBlock
	s.productTwins.use()
	whole := func(x []float64) int { return len(x) &^ (s.widths[0] - 1) }
	adamKernel = func(w, m, v, g []float64, rate1, root2 float64) {
		n := whole(w)
		s.adam(w[:n], m, v, g, rate1, root2)
		adamGeneric(w[n:], m[n:], v[n:], g[n:], rate1, root2)
	}
	rectifyKernel = func(a, z []float64, leak float64) {
		n := whole(a)
		s.rectify(a[:n], z, leak)
		rectifyGeneric(a[n:], z[n:], leak)
	}
	split := func(twin, plain func(a, z []float64)) func(a, z []float64) {
		return func(a, z []float64) {
			n := whole(a)
			twin(a[:n], z)
			plain(a[n:], z[n:])
		}
	}
	expKernel, tanhKernel = split(s.exp, expGeneric), split(s.tanh, tanhGeneric)
	softplusKernel = split(s.softplus, softplusGeneric)
}

// constants are the plain Go's, for the assembly.
//
//lint:ignore U1000 the assembly reads them
var constants = lit{
	one: 1, half: 0.5, signBit: 1 << 63, minNormal: 0x1p-1022,
	beta1: adamBeta1, rest1: 1 - adamBeta1, beta2: adamBeta2, rest2: 1 - adamBeta2, epsilon: adamEpsilon,
	expMin: expMin, expMax: expMax, rounder: rounder, log2e: log2e, minusLn2Hi: -ln2Hi, minusLn2Lo: -ln2Lo,
	tanhMax: tanhMax, logBias: 1023<<52 - sqrtHalfBits, integer: integerBits, integerBias: 0x1p52 + 1023,
	taylor: expTaylor, logs: logCoef,
}

// lit has a name for every offset in constants.
type lit struct {
	one, half                                    float64
	signBit                                      uint64
	minNormal                                    float64
	beta1, rest1, beta2, rest2, epsilon          float64
	expMin, expMax, rounder, log2e               float64
	minusLn2Hi, minusLn2Lo, tanhMax, integerBias float64
	logBias, integer                             uint64
	taylor                                       [len(expTaylor)]float64
	logs                                         [len(logCoef)]float64
}

func cpuid(leaf, subleaf uint32) (eax, ebx, ecx uint32)
func xgetbv() uint32

func prefetchRows(s *sparse, rows []uint32)
func turnBlock(c *columns, rows []uint32)

func gather1AVX2(z view, c *columns, level *levels, w view, rest int)
func gather2AVX2(z view, c *columns, level *levels, w view, rest int)
func spread1AVX2(dw, init view, c *columns, level *levels, dz view, rest int)
func spread2AVX2(dw, init view, c *columns, level *levels, dz view, rest int)
func mul1AVX2(out, init view, a coefficients, b view, fours, depth, rest int)
func mul2AVX2(out, init view, a coefficients, b view, fours, depth, rest int)
func adamAVX2(w, m, v, grad []float64, rate1, root2 float64)
func rectifyAVX2(a, z []float64, leak float64)
func expAVX2(a, z []float64)
func tanhAVX2(a, z []float64)
func softplusAVX2(a, z []float64)

func gather1AVX512(z view, c *columns, level *levels, w view, rest int)
func gather2AVX512(z view, c *columns, level *levels, w view, rest int)
func gather4AVX512(z view, c *columns, level *levels, w view, rest int)
func spread1AVX512(dw, init view, c *columns, level *levels, dz view, rest int)
func spread2AVX512(dw, init view, c *columns, level *levels, dz view, rest int)
func spread4AVX512(dw, init view, c *columns, level *levels, dz view, rest int)
func mul1AVX512(out, init view, a coefficients, b view, fours, depth, rest int)
func mul2AVX512(out, init view, a coefficients, b view, fours, depth, rest int)
func adamAVX512(w, m, v, grad []float64, rate1, root2 float64)
func rectifyAVX512(a, z []float64, leak float64)
func expAVX512(a, z []float64)
func tanhAVX512(a, z []float64)
func softplusAVX512(a, z []float64)
