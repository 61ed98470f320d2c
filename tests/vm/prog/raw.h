/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw system calls, without the C library. Whole registers are passed, and errno is not set. */
#ifndef RAW_H
#define RAW_H

#include <stdint.h>

#ifdef __aarch64__
static inline long raw(long nr, const uint64_t *a)
{
	register uint64_t x8 __asm__("x8") = nr, x0 __asm__("x0") = a[0], x1 __asm__("x1") = a[1], x2 __asm__("x2") = a[2];
	register uint64_t x3 __asm__("x3") = a[3], x4 __asm__("x4") = a[4], x5 __asm__("x5") = a[5];

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
}
#else
static inline long raw(long nr, const uint64_t *a)
{
	register uint64_t r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4], r9 __asm__("r9") = a[5];
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

/*
 * Makes an i386 call by int $0x80. The sixth argument is passed in the frame pointer, which is saved on the stack below
 * the red zone, because the compiler may use the red zone.
 */
static inline long raw_i386(long nr, const uint64_t *a)
{
	register uint64_t r12 __asm__("r12") = a[5];
	long ret;

	__asm__ volatile("sub $128, %%rsp\n\tpush %%rbp\n\tmov %%r12, %%rbp\n\tint $0x80\n\tpop %%rbp\n\tadd $128, %%rsp"
			 : "=a"(ret)
			 : "a"(nr), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4]), "r"(r12)
			 : "r8", "r9", "r10", "r11", "memory", "cc");
	return ret;
}
#endif

#endif
