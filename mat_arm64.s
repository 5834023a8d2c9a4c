//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// The kernels for arm64 with NEON. A register holds two units, each computed as plain Go does:
// VFMLA y, x, s is s ← math.FMA(x, y, s) in both lanes. Nothing is checked here. Each kernel is there
// for four vectors of columns, and for a single vector in the first of four registers.

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

// QUADS does TAKE for every entry of R5 quads, whose rows lie in V0 to V15 meanwhile and go where
// LEAVE puts them.
#define QUADS(NEXT, TAKE, LEAVE) \
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
	TERM4(V16, V0, V1, V2, V3); TERM4(V17, V4, V5, V6, V7) \
	TERM4(V18, V8, V9, V10, V11); TERM4(V19, V12, V13, V14, V15) \
	VST1 [V20.D2, V21.D2, V22.D2, V23.D2], (R12)
#define ADD1 \
	VLD1 (R12), [V20.D2] \
	FMA(V16, V0, V20); FMA(V17, V4, V20); FMA(V18, V8, V20); FMA(V19, V12, V20) \
	VST1 [V20.D2], (R12)
#define NOTHING

// STRIDE loads a stride, in bytes.
#define STRIDE(from, r) MOVD from, r; LSL $3, r

// COLUMNS takes the columns at R8: R2 points to the end of the first of R5 quads, R3 and R8 to the
// list.
#define COLUMNS \
	MOVD columns_end(R8), R2 \
	MOVD (columns_end+8)(R8), R5 \
	MOVD columns_list(R8), R3 \
	MOVD R3, R8

#define GATHER(ALL) \
	MOVD z_data_base+0(FP), R0 \
	STRIDE(z_stride+24(FP), R1) \
	MOVD c+32(FP), R8 \
	COLUMNS \
	MOVD level+40(FP), R4 \
	MOVD w_data_base+48(FP), R6 \
	STRIDE(w_stride+72(FP), R7) \
	ALL

// dw₀ … dw₃ += x₀dz … x₃dz, for dz at R12
#define FROM4(x, dw0, dw1, dw2, dw3) FMA(x, V20, dw0); FMA(x, V21, dw1); FMA(x, V22, dw2); FMA(x, V23, dw3)
#define SUM4 \
	VLD1 (R12), [V20.D2, V21.D2, V22.D2, V23.D2] \
	FROM4(V16, V0, V1, V2, V3); FROM4(V17, V4, V5, V6, V7) \
	FROM4(V18, V8, V9, V10, V11); FROM4(V19, V12, V13, V14, V15)
#define SUM1 \
	VLD1 (R12), [V20.D2] \
	FMA(V16, V20, V0); FMA(V17, V20, V4); FMA(V18, V20, V8); FMA(V19, V20, V12)
#define LEAVE4 QUAD(PUT4, R14, R15)
#define LEAVE1 QUAD(PUT1, R14, R15)

#define SPREAD(ALL) \
	MOVD dw_data_base+0(FP), R14 \
	STRIDE(dw_stride+24(FP), R15) \
	MOVD init_data_base+32(FP), R6 \
	STRIDE(init_stride+56(FP), R7) \
	MOVD c+64(FP), R8 \
	COLUMNS \
	MOVD level+72(FP), R4 \
	MOVD dz_data_base+80(FP), R0 \
	STRIDE(dz_stride+104(FP), R1) \
	ALL

// mul works on four rows at a time: row i's sums are in V(4i) to V(4i+3), its coefficients from
// R(8+i) on, R5 bytes apart.
#define ROW4(a, s0, s1, s2, s3) \
	VLD1R.P (a)(R5), [V16.D2] \
	FMA(V16, V20, s0); FMA(V16, V21, s1); FMA(V16, V22, s2); FMA(V16, V23, s3)
#define ROW1(a, s0, s1, s2, s3) VLD1R.P (a)(R5), [V16.D2]; FMA(V16, V20, s0)

#define MUL(NEXT, ROW, PUT) \
	MOVD out_data_base+0(FP), R0 \
	STRIDE(out_stride+24(FP), R1) \
	MOVD init_data_base+32(FP), R2 \
	STRIDE(init_stride+56(FP), R3) \
	MOVD a_data_base+64(FP), R4 \
	STRIDE(a_rowStride+88(FP), R6) \
	STRIDE(a_colStride+96(FP), R5) \
	MOVD b_data_base+104(FP), R7 \
	STRIDE(b_stride+128(FP), R14) \
	MOVD fours+136(FP), R15 \
	MOVD depth+144(FP), R16 \
four: \
	QUAD(NEXT, R2, R3) \
	MOVD R4, R8                /* a₀ᵣ … a₃ᵣ */ \
	ADD R6, R8, R9; ADD R6, R9, R10; ADD R6, R10, R11; ADD R6, R11, R4 \
	MOVD R7, R12               /* bᵣ */ \
	MOVD R16, R13 \
term: \
	NEXT(R12, R14, V20, V21, V22, V23) \
	ROW(R8, V0, V1, V2, V3) \
	ROW(R9, V4, V5, V6, V7) \
	ROW(R10, V8, V9, V10, V11) \
	ROW(R11, V12, V13, V14, V15) \
	SUB $1, R13; CBNZ R13, term \
	QUAD(PUT, R0, R1) \
	SUB $1, R15; CBNZ R15, four \
	RET

// func gather1NEON(z view, c *columns, level *levels, w view, rest int)
TEXT ·gather1NEON(SB), NOSPLIT, $0-88
	GATHER(QUADS(NEXT1, ADD1, NOTHING))

// func gather4NEON(z view, c *columns, level *levels, w view, rest int)
TEXT ·gather4NEON(SB), NOSPLIT, $0-88
	GATHER(QUADS(NEXT4, ADD4, NOTHING))

// func spread1NEON(dw, init view, c *columns, level *levels, dz view, rest int)
TEXT ·spread1NEON(SB), NOSPLIT, $0-120
	SPREAD(QUADS(NEXT1, SUM1, LEAVE1))

// func spread4NEON(dw, init view, c *columns, level *levels, dz view, rest int)
TEXT ·spread4NEON(SB), NOSPLIT, $0-120
	SPREAD(QUADS(NEXT4, SUM4, LEAVE4))

// func mul1NEON(out, init view, a coefficients, b view, fours, depth, rest int)
TEXT ·mul1NEON(SB), NOSPLIT, $0-160
	MUL(NEXT1, ROW1, PUT1)

// func mul4NEON(out, init view, a coefficients, b view, fours, depth, rest int)
TEXT ·mul4NEON(SB), NOSPLIT, $0-160
	MUL(NEXT4, ROW4, PUT4)
