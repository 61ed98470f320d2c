/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Functions for cases. Each call is made with syscall(2), so that it is exactly that call, and then passed to gave()
 * with the text that strace has for it. The expected text is printed at the end, by a call that the case does not
 * trace: writev, or write after #define LEAVE_BY_WRITE.
 */
#ifndef CASE_H
#define CASE_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* NAME selects the name, NR the number, of a call that has different names on 64-bit and on 32-bit ABIs. */
#if defined(__i386__) || defined(__arm__)
#define NAME(x86_64, i386) i386
#define NR(x86_64, i386) SYS_##i386
#else
#define NAME(x86_64, i386) x86_64
#define NR(x86_64, i386) SYS_##x86_64
#endif

/*
 * Numbers of calls that many C libraries do not know, because the calls are newer. The numbers are the same on every
 * ABI.
 */
#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#define SYS_map_shadow_stack 453
#endif
#ifndef SYS_futex_wake
#define SYS_futex_wake 454
#define SYS_futex_wait 455
#define SYS_futex_requeue 456
#endif
#ifndef SYS_statmount
#define SYS_statmount 457
#define SYS_listmount 458
#define SYS_lsm_get_self_attr 459
#define SYS_lsm_set_self_attr 460
#define SYS_lsm_list_modules 461
#endif
#ifndef SYS_mseal
#define SYS_mseal 462
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#define SYS_getxattrat 464
#define SYS_listxattrat 465
#define SYS_removexattrat 466
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#ifndef SYS_file_getattr
#define SYS_file_getattr 468
#define SYS_file_setattr 469
#endif
#ifndef SYS_listns
#define SYS_listns 470
#endif
#ifndef SYS_rseq_slice_yield
#define SYS_rseq_slice_yield 471
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

/*
 * Writes an expected line: a number in place of the thread id, which is not compared, then the call, and from column 40
 * on its result.
 */
static inline void case_line(const char *result, const char *fmt, va_list ap)
{
	size_t start = case_len;

	case_print("%-5d ", 0);
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

/* Expects the line of a call that returned ret, as libc returns it (with errno). */
__attribute__((format(printf, 2, 3))) static inline void gave(long ret, const char *fmt, ...)
{
	const char *result = case_result(ret, errno);
	va_list ap;

	va_start(ap, fmt);
	case_line(result, fmt, ap);
	va_end(ap);
}

/* Expects the line of a call whose result strace explains by a text. */
__attribute__((format(printf, 2, 3))) static inline void gave_as(const char *result, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	case_line(result, fmt, ap);
	va_end(ap);
}

/*
 * run() makes a call and stores its result, before the text of the arguments is made from memory that the call wrote.
 * shows() then writes the expected line.
 */
static long case_ret;
static int case_error;
#define run(call) (case_ret = (call), case_error = errno)

__attribute__((format(printf, 1, 2))) static inline void shows(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	case_line(case_result(case_ret, case_error), fmt, ap);
	va_end(ap);
}

/* Makes a call with a reserved number, which fails with ENOSYS on every kernel. */
#define gave_nothing(name, args, ...) gave(syscall(SYS_##name, ##__VA_ARGS__), #name args)

/* Expects the line of a call that returned an address. */
__attribute__((format(printf, 2, 3))) static inline void gave_address(const void *p, const char *fmt, ...)
{
	char text[30];
	va_list ap;

	snprintf(text, sizeof(text), "%#lx", (unsigned long)p);
	va_start(ap, fmt);
	case_line(text, fmt, ap);
	va_end(ap);
}

/* Formats a time as strace does in its comments. */
static inline const char *case_time(time_t t)
{
	static char text[4][40];
	static unsigned int next;
	char *s = text[next++ % 4];

	strftime(s, sizeof(text[0]), "%Y-%m-%dT%H:%M:%S%z", localtime(&t));
	return s;
}

/* Takes the result of a call that the case needs but does not test, and ends the program if the call failed. */
static inline long need(long ret)
{
	if (ret < 0) {
		fprintf(stderr, "case: %s\n", strerror(errno));
		_exit(99);
	}
	return ret;
}

/*
 * Waits until a child sleeps in the call with the number nr. A sleep in an earlier call, such as its fork, in which a
 * tracer can hold the child, does not count. The function makes only the calls open, read, close and sched_yield.
 */
static inline void case_sleeps(int pid, long nr)
{
	char path[40], text[80] = "";
	long now = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	while (now != nr) {
		sched_yield();
		fd = need(open(path, O_RDONLY));
		text[need(read(fd, text, sizeof(text) - 1))] = '\0';
		close(fd);
		if (sscanf(text, "%ld", &now) != 1) /* the file has the word "running" */
			now = -1;
	}
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

#ifdef LEAVE_BY_WRITE
	long n = syscall(SYS_write, 1, v.iov_base, v.iov_len);
#else
	long n = syscall(SYS_writev, 1, &v, 1);
#endif

	if (n != (long)case_len)
		_exit(98);
	case_len = 0;
}

#endif
