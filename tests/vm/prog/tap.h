/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Results of a guest program: one line per expectation, "ok" or "not ok" with the found value. The exit status is 0 if
 * all are ok.
 */
#ifndef TAP_H
#define TAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Gives the CPU a hint, for the body of a loop that waits for another CPU. */
static inline void cpu_relax(void)
{
#if defined(__aarch64__) || defined(__arm__)
	__asm__ volatile("yield");
#else
	__asm__ volatile("pause");
#endif
}

/* Suffix of 32-bit programs, and the table's name of the 64-bit ABI. */
#ifdef __aarch64__
#define SUFFIX_32 ".arm"
#define NATIVE_ABI "arm64"
#else
#define SUFFIX_32 ".i386"
#define NATIVE_ABI "x86_64"
#endif

static int tap_count, tap_failed;

static inline void tap_line(bool good, const char *extra, const char *fmt, va_list ap)
{
	tap_count++;
	tap_failed += !good;
	printf("%s %d - ", good ? "ok" : "not ok", tap_count);
	vprintf(fmt, ap);
	printf("%s\n", extra);
	fflush(stdout);
}

__attribute__((format(printf, 2, 3))) static inline bool ok(bool good, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_line(good, "", fmt, ap);
	va_end(ap);
	return good;
}

/* Expects two equal numbers. */
__attribute__((format(printf, 3, 4))) static inline bool is(long long got, long long want,
							    const char *fmt, ...)
{
	char extra[100] = "";
	va_list ap;

	if (got != want)
		snprintf(extra, sizeof(extra), ": got %lld (%#llx), expected %lld (%#llx)", got,
			 (unsigned long long)got, want, (unsigned long long)want);
	va_start(ap, fmt);
	tap_line(got == want, extra, fmt, ap);
	va_end(ap);
	return got == want;
}

static inline const char *tap_errno(int e)
{
	return e ? strerrorname_np(e) : "success";
}

/* Expects a return value of libc's convention and the errno; want 0: the call must succeed. */
__attribute__((format(printf, 3, 4))) static inline bool fails(long ret, int want, const char *fmt,
							       ...)
{
	int got = ret == -1 ? errno : 0;
	char extra[100] = "";
	va_list ap;

	if (got != want)
		snprintf(extra, sizeof(extra), ": got %s (%ld), expected %s", tap_errno(got), ret,
			 tap_errno(want));
	va_start(ap, fmt);
	tap_line(got == want, extra, fmt, ap);
	va_end(ap);
	return got == want;
}

/* Ends the test because a step failed that the test needs but does not check. */
__attribute__((format(printf, 1, 2), noreturn)) static inline void die(const char *fmt, ...)
{
	int e = errno;
	va_list ap;

	printf("not ok - ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(": %s\n", strerror(e));
	fflush(stdout);
	_exit(1);
}

static inline int tap_end(void)
{
	printf("1..%d\n", tap_count);
	if (tap_failed)
		printf("# %d of %d expectations failed\n", tap_failed, tap_count);
	fflush(stdout);
	return tap_failed || !tap_count;
}

#endif
