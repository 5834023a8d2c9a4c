// The SIMD kernels for amd64, written once and assembled twice: mat_avx2_amd64.s and
// mat_avx512_amd64.s define the registers V0 … V15, their width in bytes W, what differs between
// the two and the names, and include this file. A vector holds W/8 units (or elements), each
// computed as the plain Go version of the kernel does. Nothing is checked here. go vet does not
// read this file by itself: the frame offsets follow the Go signatures quoted above each kernel.

#define CONSTANT(c, v) VBROADCASTSD ·constants+c(SB), v

// STRIDE loads a stride, in bytes.
#define STRIDE(from, r) MOVQ from, r; SHLQ $3, r

// COLUMNS takes the columns at c: R8 points to the end of the first of R9 quads, BX and R10 to the
// list.
#define COLUMNS(c) \
	MOVQ c, AX \
	MOVQ columns_end(AX), R8 \
	MOVQ (columns_end+8)(AX), R9 \
	MOVQ columns_list(AX), BX \
	MOVQ BX, R10

// QUAD moves the weights of a quad's four inputs at p, d bytes apart, for two vectors of units, V0
// to V7, for four, V16 to V23 too, or for a part of one, V0, V2, V4 and V6.
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
#define ADDTO(z, w0, w1, w2, w3) \
	VFMADD231PD w0, V8, z; VFMADD231PD w1, V9, z; VFMADD231PD w2, V10, z; VFMADD231PD w3, V11, z
#define ADD4 \
	GET4(AX, V12, V13, V24, V25) \
	ADDTO(V12, V0, V2, V4, V6) \
	ADDTO(V13, V1, V3, V5, V7) \
	ADDTO(V24, V16, V18, V20, V22) \
	ADDTO(V25, V17, V19, V21, V23) \
	PUT4(AX, V12, V13, V24, V25)
#define ADD2 \
	GET2(AX, V12, V13, V24, V25) \
	ADDTO(V12, V0, V2, V4, V6) \
	ADDTO(V13, V1, V3, V5, V7) \
	PUT2(AX, V12, V13, V24, V25)
#define ADD1 GET1(AX, V12, V13, V24, V25); ADDTO(V12, V0, V2, V4, V6); PUT1(AX, V12, V13, V24, V25)

// func gather(z view, c *columns, level *levels, w view, rest int)
#define GATHER(GET, ADD) \
	SETMASK(rest+80(FP)) \
	MOVQ z_data_base+0(FP), R12 \
	STRIDE(z_stride+24(FP), R13) \
	COLUMNS(c+32(FP)) \
	MOVQ level+40(FP), R11 \
	MOVQ w_data_base+48(FP), SI \
	STRIDE(w_stride+72(FP), DI) \
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

TEXT GATHER2(SB), NOSPLIT, $0-88
	GATHER(GET2, ADD2)

TEXT GATHER1(SB), NOSPLIT, $0-88
	GATHER(GET1, ADD1)

// dw₀ … dw₃ += x₀dz … x₃dz for one vector of dz
#define ADDFROM(dz, dw0, dw1, dw2, dw3) \
	VFMADD231PD dz, V8, dw0; VFMADD231PD dz, V9, dw1; VFMADD231PD dz, V10, dw2; VFMADD231PD dz, V11, dw3
#define SUM4 \
	GET4(AX, V12, V13, V24, V25) \
	ADDFROM(V12, V0, V2, V4, V6) \
	ADDFROM(V13, V1, V3, V5, V7) \
	ADDFROM(V24, V16, V18, V20, V22) \
	ADDFROM(V25, V17, V19, V21, V23)
#define SUM2 GET2(AX, V12, V13, V24, V25); ADDFROM(V12, V0, V2, V4, V6); ADDFROM(V13, V1, V3, V5, V7)
#define SUM1 GET1(AX, V12, V13, V24, V25); ADDFROM(V12, V0, V2, V4, V6)

// func spread(dw, init view, c *columns, level *levels, dz view, rest int)
#define SPREAD(GET, SUM, PUT) \
	SETMASK(rest+112(FP)) \
	MOVQ dw_data_base+0(FP), DI \
	MOVQ init_data_base+32(FP), SI \
	STRIDE(init_stride+56(FP), CX) \
	COLUMNS(c+64(FP)) \
	MOVQ level+72(FP), R11 \
	MOVQ dz_data_base+80(FP), R12 \
	STRIDE(dz_stride+104(FP), R13) \
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
	STRIDE(dw_stride+24(FP), AX) \
	QUAD(PUT, DI, AX) \
	ADDQ $4, R8 \
	ADDQ $(8*const_columnRoom), R10 \
	DECQ R9 \
	JNZ  quad \
	VZEROUPPER \
	RET

TEXT SPREAD2(SB), NOSPLIT, $0-120
	SPREAD(GET2, SUM2, PUT2)

TEXT SPREAD1(SB), NOSPLIT, $0-120
	SPREAD(GET1, SUM1, PUT1)

// mul works on four rows at a time, by two vectors or by a part of one. Row i's sums are in
// V(2i) and V(2i+1).
#define ROW2(a, s0, s1) VBROADCASTSD a, V10; VFMADD231PD V8, V10, s0; VFMADD231PD V9, V10, s1
#define ROW1(a, s0, s1) VBROADCASTSD a, V10; VFMADD231PD V8, V10, s0

// func mul(out, init view, a coefficients, b view, fours, depth, rest int)
#define MUL(GET, ROW, PUT) \
	SETMASK(rest+152(FP)) \
	MOVQ out_data_base+0(FP), DI \
	STRIDE(out_stride+24(FP), R9) \
	MOVQ init_data_base+32(FP), SI \
	STRIDE(init_stride+56(FP), R10) \
	MOVQ a_data_base+64(FP), BX \
	STRIDE(a_rowStride+88(FP), R11) \
	STRIDE(a_colStride+96(FP), R12) \
	STRIDE(b_stride+128(FP), R13) \
	MOVQ fours+136(FP), R8 \
four: \
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
	MOVQ b_data_base+104(FP), AX \
	MOVQ depth+144(FP), DX \
term: \
	GET(AX, V8, V9, V14, V15) \
	ROW((R14), V0, V1) \
	ROW((R14)(R11*1), V2, V3) \
	ROW((R15), V4, V5) \
	ROW((R15)(R11*1), V6, V7) \
	ADDQ R12, R14 \
	ADDQ R12, R15 \
	ADDQ R13, AX \
	DECQ DX \
	JNZ  term \
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
	JNZ  four \
	VZEROUPPER \
	RET

TEXT MUL2(SB), NOSPLIT, $0-160
	MUL(GET2, ROW2, PUT2)

TEXT MUL1(SB), NOSPLIT, $0-160
	MUL(GET1, ROW1, PUT1)

// FOREACH and NEXT enclose what an elementwise kernel does with the vector that begins at element
// AX of CX.
#define FOREACH \
	XORL AX, AX \
	JMP  next \
element:
#define NEXT \
	ADDQ $(W/8), AX \
next: \
	CMPQ AX, CX \
	JB   element \
	VZEROUPPER \
	RET

// FLUSH is normal of adam.go: x below V15, the smallest normal number, becomes 0. V5 is 0, V7 the
// sign bit.
#define FLUSH(x) VANDNPD x, V7, V4; GREATER(V15, V4); SELECT(V5, x, x)

// func adam(w, m, v, grad []float64, rate1, root2 float64)
TEXT ADAM(SB), NOSPLIT, $0-112
	MOVQ w_base+0(FP), DI
	MOVQ w_len+8(FP), CX
	MOVQ m_base+24(FP), SI
	MOVQ v_base+48(FP), R8
	MOVQ grad_base+72(FP), R9
	VBROADCASTSD rate1+96(FP), V8
	VBROADCASTSD root2+104(FP), V9
	CONSTANT(lit_beta1, V10)
	CONSTANT(lit_rest1, V11)
	CONSTANT(lit_beta2, V12)
	CONSTANT(lit_rest2, V13)
	CONSTANT(lit_epsilon, V14)
	CONSTANT(lit_minNormal, V15)
	CONSTANT(lit_signBit, V7)
	VXORPD V5, V5, V5
	FOREACH
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
	VFMADD213PD V14, V9, V2         // √v·root2 + ε
	VMULPD V8, V1, V1
	VDIVPD V2, V1, V1
	VMOVUPD (DI)(AX*8), V3
	VSUBPD V1, V3, V3
	VMOVUPD V3, (DI)(AX*8)
	NEXT

// func rectify(a, z []float64, leak float64)
TEXT RECTIFY(SB), NOSPLIT, $0-56
	MOVQ a_base+0(FP), DI
	MOVQ a_len+8(FP), CX
	MOVQ z_base+24(FP), SI
	VBROADCASTSD leak+48(FP), V8
	CONSTANT(lit_one, V9)
	VXORPD V10, V10, V10
	FOREACH
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
	CONSTANT(lit_rounder, V5) \
	CONSTANT(lit_log2e, V1) \
	VFMADD213PD V5, V0, V1 \
	VSUBPD V5, V1, V1          /* n = (x·log₂e + rounder) − rounder */ \
	CONSTANT(lit_minusLn2Hi, V5) \
	VFMADD231PD V5, V1, V0     /* h = n·(−ln2Hi) + x */ \
	CONSTANT(lit_minusLn2Lo, V5) \
	VMOVAPD V0, V2 \
	VFMADD231PD V5, V1, V2     /* hi = n·(−ln2Lo) + h */ \
	VSUBPD V2, V0, V3 \
	VFMADD231PD V5, V1, V3     /* lo = n·(−ln2Lo) + (h − hi) */ \
	CONSTANT(lit_taylor, V4) \
	HORNER(lit_taylor+8); HORNER(lit_taylor+16); HORNER(lit_taylor+24); HORNER(lit_taylor+32) \
	HORNER(lit_taylor+40); HORNER(lit_taylor+48); HORNER(lit_taylor+56); HORNER(lit_taylor+64) \
	HORNER(lit_taylor+72); HORNER(lit_taylor+80); HORNER(lit_taylor+88) \
	VMULPD V2, V2, V5 \
	VFMADD231PD V4, V5, V3     /* lo = hi²·q + lo */

// exp2 of mat_elementary.go: t = n + rounder becomes 2ⁿ. Uses V5.
#define EXP2(t) VPSLLQ $52, t, t; CONSTANT(lit_one, V5); VPADDQ V5, t, t

// exp of mat_elementary.go: V0 becomes e^V0. Uses V1 to V5.
#define EXP \
	CONSTANT(lit_expMax, V5) \
	VMINPD V0, V5, V0          /* the operands' order keeps a NaN */ \
	CONSTANT(lit_expMin, V5) \
	VMAXPD V0, V5, V0 \
	REDUCE \
	VADDPD V3, V2, V2 \
	CONSTANT(lit_one, V5) \
	VADDPD V2, V5, V0          /* p = 1 + (hi + lo) */ \
	CONSTANT(lit_half, V5) \
	VMULPD V5, V1, V2 \
	CONSTANT(lit_rounder, V5) \
	VADDPD V5, V2, V2          /* n₁ + rounder */ \
	VSUBPD V5, V2, V3 \
	VSUBPD V3, V1, V3 \
	VADDPD V5, V3, V3          /* n₂ + rounder */ \
	EXP2(V2) \
	EXP2(V3) \
	VMULPD V2, V0, V0 \
	VMULPD V3, V0, V0

// func exp(a, z []float64)
TEXT EXPONENTIATE(SB), NOSPLIT, $0-48
	MOVQ a_base+0(FP), DI
	MOVQ a_len+8(FP), CX
	MOVQ z_base+24(FP), SI
	FOREACH
	VMOVUPD (SI)(AX*8), V0
	EXP
	VMOVUPD V0, (DI)(AX*8)
	NEXT

// func tanh(a, z []float64), after tanh of mat_elementary.go
TEXT TANH(SB), NOSPLIT, $0-48
	MOVQ a_base+0(FP), DI
	MOVQ a_len+8(FP), CX
	MOVQ z_base+24(FP), SI
	CONSTANT(lit_signBit, V12)
	CONSTANT(lit_one, V13)
	CONSTANT(lit_tanhMax, V14)
	VADDPD V13, V13, V15
	FOREACH
	VMOVUPD (SI)(AX*8), V0
	VANDPD V12, V0, V11        // the sign of x
	VANDNPD V0, V12, V0
	VADDPD V0, V0, V0
	VMINPD V0, V14, V0         // y = min(2|x|, 44)
	REDUCE
	CONSTANT(lit_rounder, V5)
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

// func softplus(a, z []float64): exp, then log1p and logSum of mat_elementary.go, whose
// branches all agree with the general formula for 0 ≤ u ≤ 1
TEXT SOFTPLUS(SB), NOSPLIT, $0-48
	MOVQ a_base+0(FP), DI
	MOVQ a_len+8(FP), CX
	MOVQ z_base+24(FP), SI
	CONSTANT(lit_signBit, V12)
	CONSTANT(lit_one, V13)
	VXORPD V14, V14, V14
	FOREACH
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
	CONSTANT(lit_logBias, V5)
	VPADDQ V5, V1, V3
	VPSRLQ $52, V3, V3         // e + 1023
	CONSTANT(lit_integer, V5)
	VORPD V5, V3, V6
	CONSTANT(lit_integerBias, V5)
	VSUBPD V5, V6, V6          // k
	VPSLLQ $52, V3, V3
	VPSUBQ V3, V1, V7
	VPADDQ V13, V7, V7         // 1 + f
	VSUBPD V13, V7, V7         // f
	VADDPD V13, V13, V5
	VADDPD V7, V5, V5
	VDIVPD V5, V7, V8          // s = f/(2 + f)
	VMULPD V8, V8, V9          // z = s²
	CONSTANT(lit_logs, V4)
	LOGHORNER(lit_logs+8); LOGHORNER(lit_logs+16); LOGHORNER(lit_logs+24)
	LOGHORNER(lit_logs+32); LOGHORNER(lit_logs+40); LOGHORNER(lit_logs+48)
	CONSTANT(lit_half, V5)
	VMULPD V7, V5, V10
	VMULPD V7, V10, V10        // half = ½f²
	VDIVPD V1, V2, V2          // c/(1+u)
	CONSTANT(lit_minusLn2Lo, V5)
	VFNMADD231PD V5, V6, V2    // low = k·ln2Lo + c/(1+u)
	VFMADD213PD V10, V9, V4    // r·z + half
	VFMADD213PD V2, V8, V4     // t = s·(r·z + half) + low
	VSUBPD V4, V10, V10
	VSUBPD V10, V7, V7         // f − (half − t)
	CONSTANT(lit_minusLn2Hi, V5)
	VFNMADD231PD V5, V6, V7    // k·ln2Hi + (f − (half − t))
	VMAXPD V15, V14, V0        // max(z, 0)
	VADDPD V7, V0, V0
	VMOVUPD V0, (DI)(AX*8)
	NEXT
