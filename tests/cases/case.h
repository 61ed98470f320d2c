/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For cases: each call is made with syscall(2), so that it is that call, and
 * then told to gave() with the text that strace has for it. What is expected
 * leaves at the end, through a call that the case does not trace itself.
 */
#ifndef CASE_H
#define CASE_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The name of a call where the two ABIs differ. */
#ifdef __i386__
#define NAME(x86_64, i386) i386
#define NR(x86_64, i386) SYS_##i386
#else
#define NAME(x86_64, i386) x86_64
#define NR(x86_64, i386) SYS_##x86_64
#endif

static char case_text[1 << 16];
static size_t case_len;

__attribute__((format(printf, 1, 2))) static inline void case_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	case_len += vsnprintf(case_text + case_len, sizeof(case_text) - case_len, fmt, ap);
	va_end(ap);
}

/* A line: thread, call, and from column 40 on its result. */
static inline void case_line(pid_t tid, const char *result, const char *fmt, va_list ap)
{
	size_t start = case_len;

	case_print("%-5d ", tid);
	case_len += vsnprintf(case_text + case_len, sizeof(case_text) - case_len, fmt, ap);
	do
		case_print(" ");
	while (case_len - start < 40);
	case_print("= %s\n", result);
}

static inline const char *case_result(long ret, int error)
{
	static char text[200];

	if (ret == -1)
		snprintf(text, sizeof(text), "-1 %s (%s)", strerrorname_np(error), strerror(error));
	else
		snprintf(text, sizeof(text), "%ld", ret);
	return text;
}

/* The call gave ret, as libc has it (with errno). */
__attribute__((format(printf, 2, 3))) static inline void gave(long ret, const char *fmt, ...)
{
	const char *result = case_result(ret, errno);
	va_list ap;

	va_start(ap, fmt);
	case_line(getpid(), result, fmt, ap);
	va_end(ap);
}

/* The same with a result that strace explains. */
__attribute__((format(printf, 2, 3))) static inline void gave_as(const char *result, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	case_line(getpid(), result, fmt, ap);
	va_end(ap);
}

/* An address as its result. */
__attribute__((format(printf, 2, 3))) static inline void gave_address(const void *p, const char *fmt, ...)
{
	char text[30];
	va_list ap;

	snprintf(text, sizeof(text), "%#lx", (unsigned long)p);
	va_start(ap, fmt);
	case_line(getpid(), text, fmt, ap);
	va_end(ap);
}

/* What the case needs, but does not test. */
static inline long need(long ret)
{
	if (ret < 0) {
		fprintf(stderr, "case: %s\n", strerror(errno));
		_exit(99);
	}
	return ret;
}

__attribute__((noreturn, format(printf, 1, 2))) static inline void case_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	_exit(77);
}

__attribute__((destructor)) static inline void case_leave(void)
{
	struct iovec v = { case_text, case_len };

	if (case_len && syscall(SYS_writev, 1, &v, 1) != (long)case_len)
		_exit(98);
	case_len = 0;
}

#endif
