package main

import (
	"fmt"
	"math"
	"slices"
)

// activation is f in a = f(z), with its derivative. Matrices are N×K.
type activation struct {
	name string
	// forward sets a = f(z). An elementwise f with a backward leaves its slope f′(z) in z's place;
	// the others leave z.
	forward func(a, zThenSlope Mat)
	// backward turns g = ∂L/∂a into ∂L/∂z, given forward's a, and what it left in z. Nil leaves g as it is.
	backward func(g, a, slope Mat)
	// monotone says that f is strictly increasing, unit by unit: a's ranks are those of z.
	monotone bool
}

// activations in the order of every table and figure.
var activations = []activation{
	{"identity", func(a, z Mat) { copy(a.Data, z.Data) }, nil, true},
	{"relu", func(a, z Mat) { rectifyKernel(a.Data, z.Data, 0) }, elementwise, false},
	{"leaky_relu", func(a, z Mat) { rectifyKernel(a.Data, z.Data, 0.01) }, elementwise, true},
	{"softmax", softmax, softmaxBackward, false},
	{"tanh", func(a, z Mat) { tanhKernel(a.Data, z.Data) }, elementwise, true},
	{"softplus", func(a, z Mat) { softplusKernel(a.Data, z.Data) }, elementwise, true},
}

// apply sets a = f(z), and z as forward says.
func (f activation) apply(a, z Mat) {
	sameLength(f.name, len(a.Data), len(z.Data))
	f.forward(a, z)
}

// activationNames are their names, in this order.
var activationNames = func() (names []string) {
	for _, f := range activations {
		names = append(names, f.name)
	}
	return names
}()

// activationByName panics on a name that a Config's check has not seen.
func activationByName(name string) activation {
	i := slices.IndexFunc(activations, func(f activation) bool { return f.name == name })
	if i < 0 {
		panic(fmt.Sprintf("no activation %q", name))
	}
	return activations[i]
}

// elementwise is the backward pass of every elementwise activation: ∂L/∂z = ∂L/∂a · f′(z).
func elementwise(g, _, slope Mat) { multiplyBy(g.Data, slope.Data) }

var rectifyKernel = rectifyGeneric

// rectifyGeneric is ReLU and, with a leak, leaky ReLU; the slope at 0 is the leak, as in PyTorch.
//
//	a = z for z > 0, else leak·z + 0          f′ = 1 for z > 0, else leak
//
// The + 0 makes ReLU's zeros positive. NaN stays NaN, and ReLU of −∞ is NaN too, since 0·∞ is.
func rectifyGeneric(a, z []float64, leak float64) {
	for i, x := range z {
		if x > 0 {
			a[i], z[i] = x, 1
		} else {
			a[i], z[i] = math.FMA(leak, x, 0), leak
		}
	}
}

var tanhKernel = tanhGeneric

// tanhGeneric is a = tanh z, f′ = 1 − a².
func tanhGeneric(a, z []float64) {
	for i, x := range z {
		y := tanh(x)
		a[i], z[i] = y, math.FMA(-y, y, 1)
	}
}

var softplusKernel = softplusGeneric

// softplusGeneric is a = log(1+eᶻ); its slope is the logistic function. With u = e^−|z| ≤ 1 nothing
// overflows or loses precision:
//
//	a = max(z,0) + log1p(u)          f′ = 1/(1+u) for z ≥ 0, else u/(1+u)
func softplusGeneric(a, z []float64) {
	for i, x := range z {
		u := exp(-math.Abs(x))
		a[i] = max(x, 0) + log1p(u)
		top := 1.0
		if x < 0 {
			top = u
		}
		z[i] = top / (1 + u)
	}
}

// softmax sets every row of a to e^(z−max z) over its sum, taken in unit order.
func softmax(A, Z Mat) {
	a, z, K := A.Data, Z.Data, A.Cols
	for r := 0; r < len(a); r += K {
		row := z[r : r+K]
		top := row[0]
		for _, x := range row { // slices.Max, which looks for NaN, makes a step of 64 units 5 % slower
			if x > top {
				top = x
			}
		}
		for k, x := range row {
			a[r+k] = x - top
		}
	}
	expKernel(a, a)
	for r := 0; r < len(a); r += K {
		row, sum := a[r:r+K], 0.0
		for _, x := range row {
			sum += x
		}
		scale := 1 / sum
		for k := range row {
			row[k] *= scale
		}
	}
}

// softmaxBackward uses ∂aⱼ/∂zₖ = aₖ(δⱼₖ − aⱼ), which needs nothing but a:
//
//	∂L/∂zₖ = aₖ (gₖ − Σⱼ gⱼ aⱼ)
func softmaxBackward(G, A, _ Mat) {
	g, a, K := G.Data, A.Data, A.Cols
	for r := 0; r < len(a); r += K {
		row, grad, dot := a[r:r+K], g[r:r+K], 0.0
		for k, x := range row {
			dot = math.FMA(x, grad[k], dot)
		}
		for k, x := range row {
			grad[k] = x * (grad[k] - dot)
		}
	}
}
