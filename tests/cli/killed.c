/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A library for LD_PRELOAD that counts the calls of the functions below, by which files are made. It kills its process
 * by SIGKILL at call number KILL_AT. If that call is a write, half of its bytes are written before; any other call is
 * not made. A test that counts KILL_AT up from 1 makes the process die at each of these calls once.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static _Atomic unsigned int calls;

static int is_last(void)
{
	const char *at = getenv("KILL_AT");

	return at && ++calls == (unsigned int)atoi(at);
}

static void die_if_last(void)
{
	if (is_last())
		raise(SIGKILL);
}

#define WRAPPED(ret, name, args, ...)                                \
	ret name args                                                \
	{                                                            \
		ret(*real) args = (ret(*) args)dlsym(RTLD_NEXT, #name); \
		die_if_last();                                       \
		return real(__VA_ARGS__);                            \
	}

WRAPPED(int, ftruncate, (int fd, off_t len), fd, len)
WRAPPED(int, ftruncate64, (int fd, off_t len), fd, len)
WRAPPED(int, fsync, (int fd), fd)
WRAPPED(int, fdatasync, (int fd), fd)
WRAPPED(int, syncfs, (int fd), fd)
WRAPPED(int, renameat, (int from, const char *a, int to, const char *b), from, a, to, b)
WRAPPED(int, unlinkat, (int dir, const char *name, int flags), dir, name, flags)
WRAPPED(ssize_t, copy_file_range, (int in, off_t *a, int out, off_t *b, size_t n, unsigned int flags), in, a, out, b, n, flags)

static ssize_t write_at(const char *name, int fd, const void *data, size_t n, off_t at)
{
	ssize_t (*real)(int, const void *, size_t, off_t) = (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, name);

	if (!is_last())
		return real(fd, data, n, at);
	real(fd, data, n / 2, at);
	raise(SIGKILL);
	return -1;
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
	return write_at("pwrite", fd, data, n, at);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off_t at)
{
	return write_at("pwrite64", fd, data, n, at);
}
