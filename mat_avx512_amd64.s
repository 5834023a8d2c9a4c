//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// The kernels of mat_amd64.h with AVX-512 (F and DQ): 8 lanes.

#define W 64
#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V5 Z5
#define V6 Z6
#define V7 Z7
#define V8 Z8
#define V9 Z9
#define V10 Z10
#define V11 Z11
#define V12 Z12
#define V13 Z13
#define V14 Z14
#define V15 Z15
#define V16 Z16
#define V17 Z17
#define V18 Z18
#define V19 Z19
#define V20 Z20
#define V21 Z21
#define V22 Z22
#define V23 Z23
#define V24 Z24
#define V25 Z25

// SETMASK makes the masked moves move the first n lanes.
#define SETMASK(n) MOVQ n, CX; MOVL $1, AX; SHLL CX, AX; DECL AX; KMOVW AX, K1
#define MASKLOAD(p, v) VMOVUPD.Z (p), K1, v
#define MASKSTORE(v, p) VMOVUPD v, K1, (p)

// GREATER (x > y) and NEGATIVE choose lanes; SELECT takes yes in these, no in the others.
#define GREATER(x, y) VCMPPD $30, y, x, K2
#define NEGATIVE(x) VPMOVQ2M x, K2
#define SELECT(yes, no, to) VBLENDMPD yes, no, K2, to

#define GATHER2 ·gather2AVX512
#define GATHER1 ·gather1AVX512
#define SPREAD2 ·spread2AVX512
#define SPREAD1 ·spread1AVX512
#define MUL2 ·mul2AVX512
#define MUL1 ·mul1AVX512
#define ADAM ·adamAVX512
#define RECTIFY ·rectifyAVX512
#define EXPONENTIATE ·expAVX512
#define TANH ·tanhAVX512
#define SOFTPLUS ·softplusAVX512

#include "mat_amd64.h"

// AVX2 has no registers for four vectors of columns.

TEXT ·gather4AVX512(SB), NOSPLIT, $0-88
	GATHER(GET4, ADD4)

TEXT ·spread4AVX512(SB), NOSPLIT, $0-120
	SPREAD(GET4, SUM4, PUT4)
