//go:build (!amd64 && !arm64) || purego

package main

// Plain Go takes seven times as long as AVX2. Without GOAMD64=v3 the compiled code asks at every math.FMA whether the
// processor has it, two branches a multiply-add, and we know no way to keep them out of a loop. Tried without gain there:
// two rows of sums at once, eight terms added to a sum before it is stored (four are), Horner's rule written out.

func mulKernel(out, init view, a coefficients, b view, rows, inner, cols int) {
	mulGeneric(out, init, a, b, rows, inner, cols)
}

func prefetchKernel(*sparse, []uint32)     {}
func turnKernel(c *columns, rows []uint32) { turnGeneric(c, rows) }

func gatherKernel(z view, c *columns, level *levels, w view, cols int) {
	gatherGeneric(z, c, level, w, cols)
}

func spreadKernel(dw, init view, c *columns, level *levels, from, to int, dz view, cols int) {
	spreadGeneric(dw, init, c, level, from, to, dz, cols)
}

func adamKernel(w, m, v, g []float64, step, factor float64) { adamGeneric(w, m, v, g, step, factor) }
func chainKernel(g, slope []float64)                        { chainGeneric(g, slope) }
func rectifyKernel(a, z []float64, leak float64)            { rectifyGeneric(a, z, leak) }
func tanhKernel(a, z []float64)                             { tanhGeneric(a, z) }
func softplusKernel(a, z []float64)                         { softplusGeneric(a, z) }
func innerKernel(x, y []float64) float64                    { return innerGeneric(x, y) }
func rotateKernel(x, y []float64, c, s float64)             { rotateGeneric(x, y, c, s) }
func expKernel(z []float64)                                 { expGeneric(z) }
