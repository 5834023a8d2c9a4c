//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// The kernels of mat_amd64.h with AVX2 and FMA: 4 lanes.

#define W 32
#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define V4 Y4
#define V5 Y5
#define V6 Y6
#define V7 Y7
#define V8 Y8
#define V9 Y9
#define V10 Y10
#define V11 Y11
#define V12 Y12
#define V13 Y13
#define V14 Y14
#define V15 Y15

// SETMASK makes the masked moves move the first n lanes: a window on four −1 and four 0.
DATA lanes<>+0(SB)/8, $-1
DATA lanes<>+8(SB)/8, $-1
DATA lanes<>+16(SB)/8, $-1
DATA lanes<>+24(SB)/8, $-1
GLOBL lanes<>(SB), RODATA|NOPTR, $64
#define SETMASK(n) MOVQ n, CX; NEGQ CX; LEAQ lanes<>+32(SB), AX; VMOVUPD (AX)(CX*8), Y15
#define MASKLOAD(p, v) VMASKMOVPD (p), Y15, v
#define MASKSTORE(v, p) VMASKMOVPD v, Y15, (p)

// GREATER (x > y) and NEGATIVE choose lanes; SELECT takes yes in these, no in the others.
#define GREATER(x, y) VCMPPD $30, y, x, Y6
#define NEGATIVE(x) VMOVAPD x, Y6
#define SELECT(yes, no, to) VBLENDVPD Y6, yes, no, to

#define GATHER2 ·gather2AVX2
#define GATHER1 ·gather1AVX2
#define SPREAD2 ·spread2AVX2
#define SPREAD1 ·spread1AVX2
#define MUL2 ·mul2AVX2
#define MUL1 ·mul1AVX2
#define ADAM ·adamAVX2
#define RECTIFY ·rectifyAVX2
#define EXPONENTIATE ·expAVX2
#define TANH ·tanhAVX2
#define SOFTPLUS ·softplusAVX2

#include "mat_amd64.h"
