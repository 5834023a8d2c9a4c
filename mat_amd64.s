//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// func cpuid(leaf, subleaf uint32) (eax, ebx, ecx uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-20
	MOVL leaf+0(FP), AX
	MOVL subleaf+4(FP), CX
	CPUID
	MOVL AX, eax+8(FP)
	MOVL BX, ebx+12(FP)
	MOVL CX, ecx+16(FP)
	RET

// func xgetbv() uint32
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, ret+0(FP)
	RET

// FETCH asks for the first eight lines of the row that begins at p, which are all of most.
#define FETCH(HINT, p) \
	HINT (p); HINT 64(p); HINT 128(p); HINT 192(p) \
	HINT 256(p); HINT 320(p); HINT 384(p); HINT 448(p)

// func prefetchRows(s *sparse, rows []uint32)
TEXT ·prefetchRows(SB), NOSPLIT, $0-32
	MOVQ s+0(FP), AX
	MOVQ sparse_start(AX), BX
	MOVQ sparse_entries(AX), R10
	MOVQ rows_base+8(FP), R8
	MOVQ rows_len+16(FP), R9
row:
	MOVL (R8), AX
	MOVL (BX)(AX*4), AX
	LEAQ (R10)(AX*8), AX
	FETCH(PREFETCHT1, AX)
	ADDQ $4, R8
	DECQ R9
	JNZ  row
	RET

// func turnBlock(c *columns, rows []uint32): rows that prefetch brought to the second-level cache
// go on to the first, three rows ahead
TEXT ·turnBlock(SB), NOSPLIT, $0-32
	MOVQ c+0(FP), AX
	MOVQ columns_end(AX), DI
	MOVQ columns_list(AX), SI
	MOVQ columns_set(AX), AX
	MOVQ sparse_start(AX), BX
	MOVQ sparse_entries(AX), R10
	MOVQ rows_base+8(FP), R8
	MOVQ rows_len+16(FP), R9
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
