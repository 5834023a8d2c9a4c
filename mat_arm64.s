//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// The kernels for arm64 with NEON. A register holds two units, each computed as plain Go does:
// VFMLA y, x, s is s ← math.FMA(x, y, s) in both lanes. Only inner adds across a register, in the order
// that mat.go gives. Nothing is checked here: lengths are positive, strides are in bytes. gather, spread and
// mul have a loop for four vectors of columns, and one for a single vector in the first of four registers.

#define NEXT4(p, step, a, b, c, d) VLD1.P (p)(step), [a.D2, b.D2, c.D2, d.D2] // load, and p += step
#define NEXT1(p, step, a, b, c, d) VLD1.P (p)(step), [a.D2]
#define PUT4(p, step, a, b, c, d) VST1.P [a.D2, b.D2, c.D2, d.D2], (p)(step)
#define PUT1(p, step, a, b, c, d) VST1.P [a.D2], (p)(step)
#define FMA(x, y, s) VFMLA y.D2, x.D2, s.D2

// QUAD moves the four rows of a quad, V0 to V3, V4 to V7, V8 to V11 and V12 to V15.
#define QUAD(MOVE, p, step) \
	MOVE(p, step, V0, V1, V2, V3) \
	MOVE(p, step, V4, V5, V6, V7) \
	MOVE(p, step, V8, V9, V10, V11) \
	MOVE(p, step, V12, V13, V14, V15)

// ENTRY takes the entry at R10: R12 is the address of row n of the matrix at R0 with rows R1 bytes
// apart, V16 to V19 are x₀ to x₃.
#define CODE(bit, F, V) UBFX $bit, R12, $8, R13; FMOVD (R4)(R13<<3), F; VDUP V.D[0], V.D2
#define ENTRY \
	MOVD.P 8(R10), R12 \
	CODE(8, F16, V16) \
	CODE(16, F17, V17) \
	CODE(24, F18, V18) \
	CODE(32, F19, V19) \
	AND $(const_maxQuads-1), R12, R12 \
	MADD R1, R0, R12, R12

// QUADS does TAKE for every entry of R5 quads, whose rows lie in V0 to V15 meanwhile and go where LEAVE puts them.
#define QUADS(quad, entry, done, NEXT, TAKE, LEAVE) \
quad: \
	MOVWU.P 4(R2), R9 \
	MOVD R8, R10 \
	ADD R9<<3, R3, R11         /* the end of its entries */ \
	QUAD(NEXT, R6, R7) \
	CMP R11, R10; BHS done \
entry: \
	ENTRY \
	TAKE \
	CMP R11, R10; BLO entry \
done: \
	LEAVE \
	ADD $(8*const_columnRoom), R8 \
	SUB $1, R5; CBNZ R5, quad \
	RET

// z += x₀w₀ + x₁w₁ + x₂w₂ + x₃w₃, for z at R12
#define TERM4(x, w0, w1, w2, w3) FMA(x, w0, V20); FMA(x, w1, V21); FMA(x, w2, V22); FMA(x, w3, V23)
#define ADD4 \
	VLD1 (R12), [V20.D2, V21.D2, V22.D2, V23.D2] \
	TERM4(V16, V0, V1, V2, V3); TERM4(V17, V4, V5, V6, V7); TERM4(V18, V8, V9, V10, V11); TERM4(V19, V12, V13, V14, V15) \
	VST1 [V20.D2, V21.D2, V22.D2, V23.D2], (R12)
#define ADD1 \
	VLD1 (R12), [V20.D2] \
	FMA(V16, V0, V20); FMA(V17, V4, V20); FMA(V18, V8, V20); FMA(V19, V12, V20) \
	VST1 [V20.D2], (R12)
#define NOTHING

// func gatherNEON(z *float64, zs int, end *uint32, list *uint64, level *float64, n int, w *float64, ws, cols int)
TEXT ·gatherNEON(SB), NOSPLIT, $0-72
	LDP z+0(FP), (R0, R1)
	LDP end+16(FP), (R2, R3)
	LDP level+32(FP), (R4, R5)
	LDP w+48(FP), (R6, R7)
	MOVD cols+64(FP), R15
	MOVD R3, R8 // the quad's entries
	CMP $const_wide, R15
	BNE narrow
	QUADS(quad4, entry4, done4, NEXT4, ADD4, NOTHING)
narrow:
	QUADS(quad1, entry1, done1, NEXT1, ADD1, NOTHING)

// dw₀ … dw₃ += x₀dz … x₃dz, for dz at R12
#define FROM4(x, dw0, dw1, dw2, dw3) FMA(x, V20, dw0); FMA(x, V21, dw1); FMA(x, V22, dw2); FMA(x, V23, dw3)
#define SUM4 \
	VLD1 (R12), [V20.D2, V21.D2, V22.D2, V23.D2] \
	FROM4(V16, V0, V1, V2, V3); FROM4(V17, V4, V5, V6, V7); FROM4(V18, V8, V9, V10, V11); FROM4(V19, V12, V13, V14, V15)
#define SUM1 \
	VLD1 (R12), [V20.D2] \
	FMA(V16, V20, V0); FMA(V17, V20, V4); FMA(V18, V20, V8); FMA(V19, V20, V12)
#define LEAVE4 QUAD(PUT4, R14, R15)
#define LEAVE1 QUAD(PUT1, R14, R15)

// func spreadNEON(dw *float64, dws int, init *float64, is int, end *uint32, list, column *uint64, level *float64, n int, dz *float64, dzs, cols int)
TEXT ·spreadNEON(SB), NOSPLIT, $0-96
	LDP dw+0(FP), (R14, R15)
	LDP init+16(FP), (R6, R7)
	LDP end+32(FP), (R2, R3)
	LDP column+48(FP), (R8, R4)
	LDP n+64(FP), (R5, R0)
	LDP dzs+80(FP), (R1, R16)
	CMP $const_wide, R16
	BNE narrow
	QUADS(quad4, entry4, done4, NEXT4, SUM4, LEAVE4)
narrow:
	QUADS(quad1, entry1, done1, NEXT1, SUM1, LEAVE1)

// mul works on four rows at a time: row i's sums are in V(4i) to V(4i+3), its coefficients from R(8+i)
// on, R5 bytes apart.
#define ROW4(a, s0, s1, s2, s3) VLD1R.P (a)(R5), [V16.D2]; FMA(V16, V20, s0); FMA(V16, V21, s1); FMA(V16, V22, s2); FMA(V16, V23, s3)
#define ROW1(a, s0, s1, s2, s3) VLD1R.P (a)(R5), [V16.D2]; FMA(V16, V20, s0)

#define MUL(quad, inner, NEXT, ROW, PUT) \
quad: \
	QUAD(NEXT, R2, R3) \
	MOVD R4, R8                /* a₀ᵣ … a₃ᵣ */ \
	ADD R6, R8, R9; ADD R6, R9, R10; ADD R6, R10, R11; ADD R6, R11, R4 \
	MOVD R7, R12               /* bᵣ */ \
	MOVD R16, R13 \
inner: \
	NEXT(R12, R14, V20, V21, V22, V23) \
	ROW(R8, V0, V1, V2, V3) \
	ROW(R9, V4, V5, V6, V7) \
	ROW(R10, V8, V9, V10, V11) \
	ROW(R11, V12, V13, V14, V15) \
	SUB $1, R13; CBNZ R13, inner \
	QUAD(PUT, R0, R1) \
	SUB $1, R15; CBNZ R15, quad \
	RET

// func mulNEON(out *float64, os int, init *float64, is int, a *float64, ar, ai int, b *float64, bs, quads, inner, cols int)
TEXT ·mulNEON(SB), NOSPLIT, $0-96
	LDP out+0(FP), (R0, R1)
	LDP init+16(FP), (R2, R3)
	LDP a+32(FP), (R4, R6)
	LDP ai+48(FP), (R5, R7)
	LDP bs+64(FP), (R14, R15)
	LDP inner+80(FP), (R16, R17)
	CMP $const_wide, R17
	BNE narrow
	MUL(quad4, inner4, NEXT4, ROW4, PUT4)
narrow:
	MUL(quad1, inner1, NEXT1, ROW1, PUT1)

#define ZERO(s) VEOR s.B16, s.B16, s.B16
// func innerNEON(x, y *float64, n int) float64
TEXT ·innerNEON(SB), NOSPLIT, $0-32
	LDP x+0(FP), (R0, R1)
	MOVD n+16(FP), R2
	ZERO(V0); ZERO(V1); ZERO(V2); ZERO(V3); ZERO(V4); ZERO(V5); ZERO(V6); ZERO(V7) // sums 0 and 1 to 14 and 15
element:
	VLD1.P 64(R0), [V16.D2, V17.D2, V18.D2, V19.D2]
	VLD1.P 64(R1), [V20.D2, V21.D2, V22.D2, V23.D2]
	VLD1.P 64(R0), [V24.D2, V25.D2, V26.D2, V27.D2]
	VLD1.P 64(R1), [V28.D2, V29.D2, V30.D2, V31.D2]
	FMA(V16, V20, V0); FMA(V17, V21, V1); FMA(V18, V22, V2); FMA(V19, V23, V3)
	FMA(V24, V28, V4); FMA(V25, V29, V5); FMA(V26, V30, V6); FMA(V27, V31, V7)
	SUB $const_innerSums, R2; CBNZ R2, element
	FMOVD $1.0, F16 // the assembler has no sum of two lanes: 1·s is exact
	VDUP V16.D[0], V16.D2
	FMA(V16, V4, V0); FMA(V16, V5, V1); FMA(V16, V6, V2); FMA(V16, V7, V3) // i and i+8
	FMA(V16, V2, V0); FMA(V16, V3, V1)
	FMA(V16, V1, V0)
	VDUP V0.D[1], V1.D2
	FADDD F1, F0
	FMOVD F0, ret+24(FP)
	RET

// PRODUCT is p ← xy: −0 is what leaves the sign of a product of 0, for the assembler has none of two lanes.
#define PRODUCT(x, y, p) VMOV V31.B16, p.B16; FMA(x, y, p)
#define TURN(x, y, u, v) PRODUCT(V30, y, u); PRODUCT(V28, y, v); FMA(V28, x, u); FMA(V29, x, v)

// func rotateNEON(x, y *float64, n int, c, s float64)
TEXT ·rotateNEON(SB), NOSPLIT, $0-40
	LDP x+0(FP), (R0, R1)
	MOVD n+16(FP), R2
	FMOVD c+24(FP), F28
	FMOVD s+32(FP), F29
	FNEGD F29, F30
	VDUP V28.D[0], V28.D2; VDUP V29.D[0], V29.D2; VDUP V30.D[0], V30.D2
	MOVD $(1<<63), R3
	VDUP R3, V31.D2 // −0
element:
	VLD1 (R0), [V0.D2, V1.D2, V2.D2, V3.D2]
	VLD1 (R1), [V4.D2, V5.D2, V6.D2, V7.D2]
	TURN(V0, V4, V16, V20) // u = c·x + (−s)·y, v = s·x + c·y
	TURN(V1, V5, V17, V21)
	TURN(V2, V6, V18, V22)
	TURN(V3, V7, V19, V23)
	VST1.P [V16.D2, V17.D2, V18.D2, V19.D2], 64(R0)
	VST1.P [V20.D2, V21.D2, V22.D2, V23.D2], 64(R1)
	SUB $const_wide, R2; CBNZ R2, element
	RET
