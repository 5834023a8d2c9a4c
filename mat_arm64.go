//go:build !purego

package main

// The productTwins with NEON; plain Go does a last odd column and the other kernels.
var neon = productTwins{
	widths: []int{1, 2, 8},
	gather: []gatherFunc{gatherGeneric, gather1NEON, gather4NEON},
	spread: []spreadFunc{spreadGeneric, spread1NEON, spread4NEON},
	mul:    []mulFunc{nil, mul1NEON, mul4NEON},
}

func init() {
	twins = []twin{{"neon", neon.use}}
	neon.use() // every arm64 processor has it
}

func gather1NEON(z view, c *columns, level *levels, w view, rest int)
func gather4NEON(z view, c *columns, level *levels, w view, rest int)
func spread1NEON(dw, init view, c *columns, level *levels, dz view, rest int)
func spread4NEON(dw, init view, c *columns, level *levels, dz view, rest int)
func mul1NEON(out, init view, a coefficients, b view, fours, depth, rest int)
func mul4NEON(out, init view, a coefficients, b view, fours, depth, rest int)
