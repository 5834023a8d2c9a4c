// The SIMD kernels for amd64, written once and assembled twice: mat_avx2_amd64.s and
// mat_avx512_amd64.s define the registers V0 … V15, their width in bytes W, what differs between
// the two and the names, and include this file. A vector holds W/8 units (or elements), each
// computed as the plain Go version of the kernel does; only inner adds across a vector, in the
// order that mat.go gives. Nothing is checked here: lengths are positive, strides are in bytes. go
// vet does not read this file: the frame offsets follow the Go signatures quoted above each kernel.

// FETCH asks for the first eight lines of the row that begins at p, which are all of most.
#define FETCH(HINT, p) HINT (p); HINT 64(p); HINT 128(p); HINT 192(p); HINT 256(p); HINT 320(p); HINT 384(p); HINT 448(p)

// func prefetch(start *uint32, entries *uint64, rows *uint32, n int)
TEXT PREFETCH(SB), NOSPLIT, $0-32
	MOVQ start+0(FP), BX
	MOVQ entries+8(FP), R10
	MOVQ rows+16(FP), R8
	MOVQ n+24(FP), R9
row:
	MOVL (R8), AX
	MOVL (BX)(AX*4), AX
	LEAQ (R10)(AX*8), AX
	FETCH(PREFETCHT1, AX)
	ADDQ $4, R8
	DECQ R9
	JNZ  row
	RET

// func turn(end *uint32, list *uint64, start *uint32, entries *uint64, rows *uint32, n int): rows that
// prefetch brought to the second-level cache go on to the first, three rows ahead
TEXT TURN(SB), NOSPLIT, $0-48
	MOVQ end+0(FP), DI
	MOVQ list+8(FP), SI
	MOVQ start+16(FP), BX
	MOVQ entries+24(FP), R10
	MOVQ rows+32(FP), R8
	MOVQ n+40(FP), R9
	XORL R13, R13 // n
row:
	MOVL (R8), AX
	MOVL (BX)(AX*4), R14
	MOVL 4(BX)(AX*4), R15
	LEAQ (R10)(R14*8), R14
	LEAQ (R10)(R15*8), R15
	LEAL 3(R13), AX
	CMPL AX, R9
	JAE  near
	MOVL 12(R8), AX
	MOVL (BX)(AX*4), AX
	LEAQ (R10)(AX*8), AX
	FETCH(PREFETCHT0, AX)
near:
	CMPQ R14, R15
	JAE  done
entry:
	MOVQ (R14), AX
	MOVBLZX AX, DX // p
	MOVB R13, AX
	MOVL (DI)(DX*4), R11
	MOVQ AX, (SI)(R11*8)
	INCL R11
	MOVL R11, (DI)(DX*4)
	ADDQ $8, R14
	CMPQ R14, R15
	JB   entry
done:
	INCL R13
	ADDQ $4, R8
	CMPL R13, R9
	JB   row
	RET

// QUAD moves the weights of a quad's four inputs at p, d bytes apart, for two vectors of units, V0
// to V7, or for a part of one, V0, V2, V4 and V6.
#define QUAD(MOVE, p, d) \
	MOVE(p, V0, V1, V16, V17); ADDQ d, p; \
	MOVE(p, V2, V3, V18, V19); ADDQ d, p; \
	MOVE(p, V4, V5, V20, V21); ADDQ d, p; \
	MOVE(p, V6, V7, V22, V23); ADDQ d, p
#define GET4(p, s0, s1, s2, s3) VMOVUPD (p), s0; VMOVUPD W(p), s1; VMOVUPD (2*W)(p), s2; VMOVUPD (3*W)(p), s3
#define GET2(p, s0, s1, s2, s3) VMOVUPD (p), s0; VMOVUPD W(p), s1
#define GET1(p, s0, s1, s2, s3) MASKLOAD(p, s0)
#define PUT4(p, s0, s1, s2, s3) VMOVUPD s0, (p); VMOVUPD s1, W(p); VMOVUPD s2, (2*W)(p); VMOVUPD s3, (3*W)(p)
#define PUT2(p, s0, s1, s2, s3) VMOVUPD s0, (p); VMOVUPD s1, W(p)
#define PUT1(p, s0, s1, s2, s3) MASKSTORE(s0, p)

// ENTRY takes the entry at R14: AX is the address of row n of the matrix at R12 with rows R13
// bytes apart, V8 to V11 are x₀ to x₃.
#define CODE(i, x) MOVBLZX (i+1)(R14), DX; VBROADCASTSD (R11)(DX*8), x
#define ENTRY \
	MOVBLZX (R14), AX \
	CODE(0, V8) \
	CODE(1, V9) \
	CODE(2, V10) \
	CODE(3, V11) \
	IMULQ R13, AX \
	ADDQ R12, AX

// z += x₀w₀ + x₁w₁ + x₂w₂ + x₃w₃ for one vector of z
#define ADDTO(z, w0, w1, w2, w3) VFMADD231PD w0, V8, z; VFMADD231PD w1, V9, z; VFMADD231PD w2, V10, z; VFMADD231PD w3, V11, z
#define ADD4 \
	GET4(AX, V12, V13, V24, V25) \
	ADDTO(V12, V0, V2, V4, V6) \
	ADDTO(V13, V1, V3, V5, V7) \
	ADDTO(V24, V16, V18, V20, V22) \
	ADDTO(V25, V17, V19, V21, V23) \
	PUT4(AX, V12, V13, V24, V25)
#define ADD2 GET2(AX, V12, V13, V24, V25); ADDTO(V12, V0, V2, V4, V6); ADDTO(V13, V1, V3, V5, V7); PUT2(AX, V12, V13, V24, V25)
#define ADD1 GET1(AX, V12, V13, V24, V25); ADDTO(V12, V0, V2, V4, V6); PUT1(AX, V12, V13, V24, V25)

// func gather(z *float64, zs int, end *uint32, list *uint64, level *float64, n int, w *float64, ws, rest int)
#define GATHER(GET, ADD) \
	SETMASK(rest+64(FP)) \
	MOVQ z+0(FP), R12 \
	MOVQ zs+8(FP), R13 \
	MOVQ end+16(FP), R8 \
	MOVQ list+24(FP), BX \
	MOVQ BX, R10 \
	MOVQ level+32(FP), R11 \
	MOVQ n+40(FP), R9 \
	MOVQ w+48(FP), SI \
	MOVQ ws+56(FP), DI \
quad: \
	MOVL (R8), R15 \
	MOVQ R10, R14 \
	LEAQ (BX)(R15*8), R15 \
	QUAD(GET, SI, DI) \
	CMPQ R14, R15 \
	JAE  done \
entry: \
	ENTRY \
	ADD \
	ADDQ $8, R14 \
	CMPQ R14, R15 \
	JB   entry \
done: \
	ADDQ $4, R8 \
	ADDQ $(8*const_columnRoom), R10 \
	DECQ R9 \
	JNZ  quad \
	VZEROUPPER \
	RET

TEXT GATHER2(SB), NOSPLIT, $0-72
	GATHER(GET2, ADD2)

TEXT GATHER1(SB), NOSPLIT, $0-72
	GATHER(GET1, ADD1)

// dw₀ … dw₃ += x₀dz … x₃dz for one vector of dz
#define ADDFROM(dz, dw0, dw1, dw2, dw3) VFMADD231PD dz, V8, dw0; VFMADD231PD dz, V9, dw1; VFMADD231PD dz, V10, dw2; VFMADD231PD dz, V11, dw3
#define SUM4 \
	GET4(AX, V12, V13, V24, V25) \
	ADDFROM(V12, V0, V2, V4, V6) \
	ADDFROM(V13, V1, V3, V5, V7) \
	ADDFROM(V24, V16, V18, V20, V22) \
	ADDFROM(V25, V17, V19, V21, V23)
#define SUM2 GET2(AX, V12, V13, V24, V25); ADDFROM(V12, V0, V2, V4, V6); ADDFROM(V13, V1, V3, V5, V7)
#define SUM1 GET1(AX, V12, V13, V24, V25); ADDFROM(V12, V0, V2, V4, V6)

// func spread(dw *float64, dws int, init *float64, is int, end *uint32, list, column *uint64, level *float64, n int, dz *float64, dzs, rest int):
// the indices in end count from list; the first quad's entries begin at column
#define SPREAD(GET, SUM, PUT) \
	SETMASK(rest+88(FP)) \
	MOVQ dw+0(FP), DI \
	MOVQ init+16(FP), SI \
	MOVQ is+24(FP), CX \
	MOVQ end+32(FP), R8 \
	MOVQ list+40(FP), BX \
	MOVQ column+48(FP), R10 \
	MOVQ level+56(FP), R11 \
	MOVQ n+64(FP), R9 \
	MOVQ dz+72(FP), R12 \
	MOVQ dzs+80(FP), R13 \
quad: \
	MOVL (R8), R15 \
	MOVQ R10, R14 \
	LEAQ (BX)(R15*8), R15 \
	QUAD(GET, SI, CX) \
	CMPQ R14, R15 \
	JAE  done \
entry: \
	ENTRY \
	SUM \
	ADDQ $8, R14 \
	CMPQ R14, R15 \
	JB   entry \
done: \
	MOVQ dws+8(FP), AX \
	QUAD(PUT, DI, AX) \
	ADDQ $4, R8 \
	ADDQ $(8*const_columnRoom), R10 \
	DECQ R9 \
	JNZ  quad \
	VZEROUPPER \
	RET

TEXT SPREAD2(SB), NOSPLIT, $0-96
	SPREAD(GET2, SUM2, PUT2)

TEXT SPREAD1(SB), NOSPLIT, $0-96
	SPREAD(GET1, SUM1, PUT1)

// mul works on four rows at a time, by two vectors or by a part of one. Row i's sums are in
// V(2i) and V(2i+1).
#define ROW2(a, s0, s1) VBROADCASTSD a, V10; VFMADD231PD V8, V10, s0; VFMADD231PD V9, V10, s1
#define ROW1(a, s0, s1) VBROADCASTSD a, V10; VFMADD231PD V8, V10, s0

// func mul(out *float64, os int, init *float64, is int, a *float64, ar, ai int, b *float64, bs, quads, inner, rest int)
#define MUL(GET, ROW, PUT) \
	SETMASK(rest+88(FP)) \
	MOVQ out+0(FP), DI \
	MOVQ os+8(FP), R9 \
	MOVQ init+16(FP), SI \
	MOVQ is+24(FP), R10 \
	MOVQ a+32(FP), BX \
	MOVQ ar+40(FP), R11 \
	MOVQ ai+48(FP), R12 \
	MOVQ bs+64(FP), R13 \
	MOVQ quads+72(FP), R8 \
quad: \
	LEAQ (SI)(R10*2), CX \
	GET(SI, V0, V1, V14, V15) \
	ADDQ R10, SI \
	GET(SI, V2, V3, V14, V15) \
	GET(CX, V4, V5, V14, V15) \
	ADDQ R10, CX \
	GET(CX, V6, V7, V14, V15) \
	LEAQ (CX)(R10*1), SI \
	MOVQ BX, R14               /* a₀ᵣ, a₁ᵣ */ \
	LEAQ (BX)(R11*2), R15      /* a₂ᵣ, a₃ᵣ */ \
	MOVQ b+56(FP), AX \
	MOVQ inner+80(FP), DX \
inner: \
	GET(AX, V8, V9, V14, V15) \
	ROW((R14), V0, V1) \
	ROW((R14)(R11*1), V2, V3) \
	ROW((R15), V4, V5) \
	ROW((R15)(R11*1), V6, V7) \
	ADDQ R12, R14 \
	ADDQ R12, R15 \
	ADDQ R13, AX \
	DECQ DX \
	JNZ  inner \
	LEAQ (BX)(R11*4), BX \
	LEAQ (DI)(R9*2), CX \
	PUT(DI, V0, V1, V14, V15) \
	ADDQ R9, DI \
	PUT(DI, V2, V3, V14, V15) \
	PUT(CX, V4, V5, V14, V15) \
	ADDQ R9, CX \
	PUT(CX, V6, V7, V14, V15) \
	LEAQ (CX)(R9*1), DI \
	DECQ R8 \
	JNZ  quad \
	VZEROUPPER \
	RET

TEXT MUL2(SB), NOSPLIT, $0-96
	MUL(GET2, ROW2, PUT2)

TEXT MUL1(SB), NOSPLIT, $0-96
	MUL(GET1, ROW1, PUT1)

// NEXT ends an elementwise kernel, whose next element is AX of CX.
#define NEXT ADDQ $(W/8), AX; CMPQ AX, CX; JB element; VZEROUPPER; RET

// FLUSH is normal of mat_elementary.go: x below V15, the smallest normal number, becomes 0. V5 is 0, V7 the sign bit.
#define FLUSH(x) VANDNPD x, V7, V4; GREATER(V15, V4); SELECT(V5, x, x)

// func adam(w, m, v, grad *float64, n int, step, factor float64)
TEXT ADAM(SB), NOSPLIT, $0-56
	MOVQ w+0(FP), DI
	MOVQ m+8(FP), SI
	MOVQ v+16(FP), R8
	MOVQ grad+24(FP), R9
	MOVQ n+32(FP), CX
	VBROADCASTSD step+40(FP), V8
	VBROADCASTSD factor+48(FP), V9
	CONSTANT(BETA1, V10)
	CONSTANT(REST1, V11)
	CONSTANT(BETA2, V12)
	CONSTANT(REST2, V13)
	CONSTANT(EPSILON, V14)
	CONSTANT(MINNORMAL, V15)
	CONSTANT(SIGNBIT, V7)
	VXORPD V5, V5, V5
	XORL AX, AX
element:
	VMOVUPD (R9)(AX*8), V0
	VMULPD V0, V11, V1
	VFMADD231PD (SI)(AX*8), V10, V1 // m = β₁m + (1−β₁)g
	VMULPD V0, V13, V2
	VMULPD V0, V2, V2
	VFMADD231PD (R8)(AX*8), V12, V2 // v = β₂v + (1−β₂)g·g
	FLUSH(V1)
	FLUSH(V2)
	VMOVUPD V1, (SI)(AX*8)
	VMOVUPD V2, (R8)(AX*8)
	VSQRTPD V2, V2
	VFMADD213PD V14, V9, V2         // √v·factor + ε
	VMULPD V8, V1, V1
	VDIVPD V2, V1, V1
	VMOVUPD (DI)(AX*8), V3
	VSUBPD V1, V3, V3
	VMOVUPD V3, (DI)(AX*8)
	NEXT

// func inner(x, y *float64, n int) float64
#define CLEAR(i, sum) VXORPD sum, sum, sum
#define TERM(i, sum) VMOVUPD (i*W)(SI)(AX*8), V8; VFMADD231PD (i*W)(DI)(AX*8), V8, sum
TEXT INNER(SB), NOSPLIT, $0-32
	MOVQ x+0(FP), DI
	MOVQ y+8(FP), SI
	MOVQ n+16(FP), CX
	SUMS(CLEAR)
	XORL AX, AX
element:
	SUMS(TERM)
	ADDQ $const_innerSums, AX
	CMPQ AX, CX
	JB   element
	HALVES
	VEXTRACTF128 $1, Y0, X1
	VADDPD X1, X0, X0
	VPERMILPD $1, X0, X1
	VADDSD X1, X0, X0
	VMOVSD X0, ret+24(FP)
	VZEROUPPER
	RET

// func rotate(x, y *float64, n int, c, s float64)
TEXT ROTATE(SB), NOSPLIT, $0-40
	MOVQ x+0(FP), DI
	MOVQ y+8(FP), SI
	MOVQ n+16(FP), CX
	VBROADCASTSD c+24(FP), V8
	VBROADCASTSD s+32(FP), V9
	XORL AX, AX
element:
	VMOVUPD (DI)(AX*8), V0
	VMOVUPD (SI)(AX*8), V1
	VMULPD V1, V9, V2
	VMULPD V1, V8, V3
	VFMSUB231PD V0, V8, V2 // c·x − s·y
	VFMADD231PD V0, V9, V3 // s·x + c·y
	VMOVUPD V2, (DI)(AX*8)
	VMOVUPD V3, (SI)(AX*8)
	NEXT

// func chain(grad, slope *float64, n int)
TEXT CHAIN(SB), NOSPLIT, $0-24
	MOVQ grad+0(FP), DI
	MOVQ slope+8(FP), SI
	MOVQ n+16(FP), CX
	XORL AX, AX
element:
	VMOVUPD (DI)(AX*8), V0
	VMULPD (SI)(AX*8), V0, V0
	VMOVUPD V0, (DI)(AX*8)
	NEXT

// func rectify(a, z *float64, n int, leak float64)
TEXT RECTIFY(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), DI
	MOVQ z+8(FP), SI
	MOVQ n+16(FP), CX
	VBROADCASTSD leak+24(FP), V8
	CONSTANT(ONE, V9)
	VXORPD V10, V10, V10
	XORL AX, AX
element:
	VMOVUPD (SI)(AX*8), V0
	VMOVAPD V0, V1
	VFMADD213PD V10, V8, V1 // leak·z + 0
	GREATER(V0, V10)
	SELECT(V0, V1, V2)      // a = z where positive
	SELECT(V9, V8, V3)      // slope = 1 where positive
	VMOVUPD V2, (DI)(AX*8)
	VMOVUPD V3, (SI)(AX*8)
	NEXT

// reduce of mat_elementary.go: x in V0 gives n in V1, hi in V2, lo in V3. Uses V4, V5.
#define HORNER(c) CONSTANT(c, V5); VFMADD213PD V5, V2, V4
#define REDUCE \
	CONSTANT(SHIFT, V5) \
	CONSTANT(LOG2E, V1) \
	VFMADD213PD V5, V0, V1 \
	VSUBPD V5, V1, V1          /* n = (x·log₂e + rounder) − rounder */ \
	CONSTANT(MINUSLN2HI, V5) \
	VFMADD231PD V5, V1, V0     /* h = n·(−ln2Hi) + x */ \
	CONSTANT(MINUSLN2LO, V5) \
	VMOVAPD V0, V2 \
	VFMADD231PD V5, V1, V2     /* hi = n·(−ln2Lo) + h */ \
	VSUBPD V2, V0, V3 \
	VFMADD231PD V5, V1, V3     /* lo = n·(−ln2Lo) + (h − hi) */ \
	CONSTANT(TAYLOR, V4) \
	HORNER(TAYLOR+8); HORNER(TAYLOR+16); HORNER(TAYLOR+24); HORNER(TAYLOR+32) \
	HORNER(TAYLOR+40); HORNER(TAYLOR+48); HORNER(TAYLOR+56); HORNER(TAYLOR+64) \
	HORNER(TAYLOR+72); HORNER(TAYLOR+80); HORNER(TAYLOR+88) \
	VMULPD V2, V2, V5 \
	VFMADD231PD V4, V5, V3     /* lo = hi²·q + lo */

// exp2 of mat_elementary.go: t = n + rounder becomes 2ⁿ. Uses V5.
#define EXP2(t) VPSLLQ $52, t, t; CONSTANT(ONE, V5); VPADDQ V5, t, t

// exp of mat_elementary.go: V0 becomes e^V0. Uses V1 to V5.
#define EXP \
	CONSTANT(EXPMAX, V5) \
	VMINPD V0, V5, V0          /* the operands' order keeps a NaN */ \
	CONSTANT(EXPMIN, V5) \
	VMAXPD V0, V5, V0 \
	REDUCE \
	VADDPD V3, V2, V2 \
	CONSTANT(ONE, V5) \
	VADDPD V2, V5, V0          /* p = 1 + (hi + lo) */ \
	CONSTANT(HALF, V5) \
	VMULPD V5, V1, V2 \
	CONSTANT(SHIFT, V5) \
	VADDPD V5, V2, V2          /* n₁ + rounder */ \
	VSUBPD V5, V2, V3 \
	VSUBPD V3, V1, V3 \
	VADDPD V5, V3, V3          /* n₂ + rounder */ \
	EXP2(V2) \
	EXP2(V3) \
	VMULPD V2, V0, V0 \
	VMULPD V3, V0, V0

// func exp(z *float64, n int)
TEXT EXPONENTIATE(SB), NOSPLIT, $0-16
	MOVQ z+0(FP), DI
	MOVQ n+8(FP), CX
	XORL AX, AX
element:
	VMOVUPD (DI)(AX*8), V0
	EXP
	VMOVUPD V0, (DI)(AX*8)
	NEXT

// func tanh(a, z *float64, n int), after tanh of mat_elementary.go
TEXT TANH(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), DI
	MOVQ z+8(FP), SI
	MOVQ n+16(FP), CX
	CONSTANT(SIGNBIT, V12)
	CONSTANT(ONE, V13)
	CONSTANT(TANHMAX, V14)
	VADDPD V13, V13, V15
	XORL AX, AX
element:
	VMOVUPD (SI)(AX*8), V0
	VANDPD V12, V0, V11        // the sign of x
	VANDNPD V0, V12, V0
	VADDPD V0, V0, V0
	VMINPD V0, V14, V0         // y = min(2|x|, 44)
	REDUCE
	CONSTANT(SHIFT, V5)
	VADDPD V5, V1, V1
	EXP2(V1)                   // scale = 2ⁿ
	VSUBPD V13, V1, V4         // c = scale − 1
	VMULPD V1, V2, V2          // a
	VMULPD V1, V3, V3          // b
	VADDPD V2, V4, V6          // hi = c + a
	VSUBPD V4, V6, V7          // v = hi − c
	VSUBPD V7, V6, V8
	VSUBPD V8, V4, V8          // c − (hi − v)
	VSUBPD V7, V2, V9          // a − v
	VADDPD V9, V8, V8
	VADDPD V3, V8, V8          // lo
	VADDPD V8, V6, V9          // hi + lo
	VADDPD V9, V15, V10        // d = 2 + (hi + lo)
	VSUBPD V10, V15, V7
	VADDPD V6, V7, V7
	VADDPD V8, V7, V7          // dlo = ((2 − d) + hi) + lo
	VDIVPD V10, V9, V9         // q
	VFNMADD231PD V10, V9, V6   // hi − q·d
	VFNMADD231PD V7, V9, V8    // lo − q·dlo
	VADDPD V8, V6, V6
	VDIVPD V10, V6, V6
	VADDPD V6, V9, V9          // q + rest/d
	VORPD V11, V9, V9
	VMOVUPD V9, (DI)(AX*8)
	VMOVAPD V13, V0
	VFNMADD231PD V9, V9, V0    // 1 − a²
	VMOVUPD V0, (SI)(AX*8)
	NEXT

#define LOGHORNER(c) CONSTANT(c, V5); VFMADD213PD V5, V9, V4

// func softplus(a, z *float64, n int): exp, then log1p and logSum of mat_elementary.go, whose
// branches all agree with the general formula for 0 ≤ u ≤ 1
TEXT SOFTPLUS(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), DI
	MOVQ z+8(FP), SI
	MOVQ n+16(FP), CX
	CONSTANT(SIGNBIT, V12)
	CONSTANT(ONE, V13)
	VXORPD V14, V14, V14
	XORL AX, AX
element:
	VMOVUPD (SI)(AX*8), V15
	VORPD V12, V15, V0
	EXP                        // u = e^−|z|
	VADDPD V13, V0, V1         // 1 + u
	NEGATIVE(V15)
	SELECT(V0, V13, V2)        // u where z is negative, else 1
	VDIVPD V1, V2, V2
	VMOVUPD V2, (SI)(AX*8)
	VSUBPD V13, V1, V2
	VSUBPD V2, V0, V2          // c = u − ((1+u) − 1)
	CONSTANT(LOGBIAS, V5)
	VPADDQ V5, V1, V3
	VPSRLQ $52, V3, V3         // e + 1023
	CONSTANT(INTEGER, V5)
	VORPD V5, V3, V6
	CONSTANT(INTEGERBIAS, V5)
	VSUBPD V5, V6, V6          // k
	VPSLLQ $52, V3, V3
	VPSUBQ V3, V1, V7
	VPADDQ V13, V7, V7         // 1 + f
	VSUBPD V13, V7, V7         // f
	VADDPD V13, V13, V5
	VADDPD V7, V5, V5
	VDIVPD V5, V7, V8          // s = f/(2 + f)
	VMULPD V8, V8, V9          // z = s²
	CONSTANT(LOGS, V4)
	LOGHORNER(LOGS+8); LOGHORNER(LOGS+16); LOGHORNER(LOGS+24)
	LOGHORNER(LOGS+32); LOGHORNER(LOGS+40); LOGHORNER(LOGS+48)
	CONSTANT(HALF, V5)
	VMULPD V7, V5, V10
	VMULPD V7, V10, V10        // half = ½f²
	VDIVPD V1, V2, V2          // c/(1+u)
	CONSTANT(MINUSLN2LO, V5)
	VFNMADD231PD V5, V6, V2    // low = k·ln2Lo + c/(1+u)
	VFMADD213PD V10, V9, V4    // r·z + half
	VFMADD213PD V2, V8, V4     // t = s·(r·z + half) + low
	VSUBPD V4, V10, V10
	VSUBPD V10, V7, V7         // f − (half − t)
	CONSTANT(MINUSLN2HI, V5)
	VFNMADD231PD V5, V6, V7    // k·ln2Hi + (f − (half − t))
	VMAXPD V15, V14, V0        // max(z, 0)
	VADDPD V7, V0, V0
	VMOVUPD V0, (DI)(AX*8)
	NEXT
