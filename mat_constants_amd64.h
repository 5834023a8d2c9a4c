// The kernels' constants, which are those of mat_elementary.go once more: assembly cannot read them there.

#define CONSTANT(c, v) VBROADCASTSD constants<>+(c)(SB), v

#define BETA1 0
#define REST1 8
#define BETA2 16
#define REST2 24
#define EPSILON 32
#define ONE 40
#define HALF 48
#define SIGNBIT 56
#define EXPMIN 64
#define EXPMAX 72
#define SHIFT 80
#define LOG2E 88
#define MINUSLN2HI 96
#define MINUSLN2LO 104
#define TANHMAX 112
#define LOGBIAS 120
#define INTEGER 128
#define INTEGERBIAS 136
#define MINNORMAL 144
#define TAYLOR 152
#define LOGS 248

DATA constants<>+BETA1(SB)/8, $0.9
DATA constants<>+REST1(SB)/8, $0.1
DATA constants<>+BETA2(SB)/8, $0.999
DATA constants<>+REST2(SB)/8, $0.001
DATA constants<>+EPSILON(SB)/8, $1e-8
DATA constants<>+ONE(SB)/8, $1.0
DATA constants<>+HALF(SB)/8, $0.5
DATA constants<>+SIGNBIT(SB)/8, $0x8000000000000000
DATA constants<>+EXPMIN(SB)/8, $(-746.0)
DATA constants<>+EXPMAX(SB)/8, $710.0
DATA constants<>+SHIFT(SB)/8, $0x4338000000000000
DATA constants<>+LOG2E(SB)/8, $1.44269504088896340736
DATA constants<>+MINUSLN2HI(SB)/8, $0xbfe62e42fee00000
DATA constants<>+MINUSLN2LO(SB)/8, $(-1.90821492927058770002e-10)
DATA constants<>+TANHMAX(SB)/8, $44.0
DATA constants<>+LOGBIAS(SB)/8, $0x00095f619980c433 // 1023<<52 − the bits of √½
DATA constants<>+INTEGER(SB)/8, $0x4330000000000000 // 2⁵²
DATA constants<>+INTEGERBIAS(SB)/8, $0x43300000000003ff // 2⁵² + 1023
DATA constants<>+MINNORMAL(SB)/8, $0x0010000000000000 // 2⁻¹⁰²²
DATA constants<>+(TAYLOR+0)(SB)/8, $0x3de6124613a86d09 // 1/13!
DATA constants<>+(TAYLOR+8)(SB)/8, $0x3e21eed8eff8d898 // 1/12!
DATA constants<>+(TAYLOR+16)(SB)/8, $0x3e5ae64567f544e4 // 1/11!
DATA constants<>+(TAYLOR+24)(SB)/8, $0x3e927e4fb7789f5c // 1/10!
DATA constants<>+(TAYLOR+32)(SB)/8, $0x3ec71de3a556c734 // 1/9!
DATA constants<>+(TAYLOR+40)(SB)/8, $0x3efa01a01a01a01a // 1/8!
DATA constants<>+(TAYLOR+48)(SB)/8, $0x3f2a01a01a01a01a // 1/7!
DATA constants<>+(TAYLOR+56)(SB)/8, $0x3f56c16c16c16c17 // 1/6!
DATA constants<>+(TAYLOR+64)(SB)/8, $0x3f81111111111111 // 1/5!
DATA constants<>+(TAYLOR+72)(SB)/8, $0x3fa5555555555555 // 1/4!
DATA constants<>+(TAYLOR+80)(SB)/8, $0x3fc5555555555555 // 1/3!
DATA constants<>+(TAYLOR+88)(SB)/8, $0x3fe0000000000000 // 1/2!
DATA constants<>+(LOGS+0)(SB)/8, $1.479819860511658591e-01
DATA constants<>+(LOGS+8)(SB)/8, $1.531383769920937332e-01
DATA constants<>+(LOGS+16)(SB)/8, $1.818357216161805012e-01
DATA constants<>+(LOGS+24)(SB)/8, $2.222219843214978396e-01
DATA constants<>+(LOGS+32)(SB)/8, $2.857142874366239149e-01
DATA constants<>+(LOGS+40)(SB)/8, $3.999999999940941908e-01
DATA constants<>+(LOGS+48)(SB)/8, $6.666666666666735130e-01
GLOBL constants<>(SB), RODATA|NOPTR, $304
