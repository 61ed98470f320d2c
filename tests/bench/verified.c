// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A library for LD_PRELOAD: makes the kernel count the instructions that it verifies in each eBPF program, and appends
 * "NAME NUMBER" to the file that VERIFIED names. libbpf calls bpf(2) through syscall(), and the dynamic linker finds
 * the function of this library first. Other calls are passed on unchanged. The reason for a refused program goes to
 * standard error.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define BPF_LOG_STATS 4 /* from linux/bpf_verifier.h: the log has only the statistics; since Linux 5.2 */

typedef long syscall_fn(long nr, ...);

/* Takes the number from the verifier's line "processed 81255 insns (limit 1000000) ..." and writes it to the file. */
static void note(const char *name, const char *log)
{
	const char *file = getenv("VERIFIED"), *at = strstr(log, "processed ");
	FILE *f = file && at ? fopen(file, "ae") : NULL;

	if (!f)
		return;
	fprintf(f, "%.*s %lu\n", BPF_OBJ_NAME_LEN, name, strtoul(at + strlen("processed "), NULL, 10));
	fclose(f);
}

static long load(syscall_fn *real, const union bpf_attr *from, size_t size)
{
	union bpf_attr attr;
	char log[4096] = "";
	long fd;
	int err;

	memset(&attr, 0, sizeof(attr));
	memcpy(&attr, from, size);
	attr.log_level = BPF_LOG_STATS;
	attr.log_buf = (__u64)(unsigned long)log;
	attr.log_size = sizeof(log);
	fd = real(SYS_bpf, BPF_PROG_LOAD, &attr, size);
	err = errno;
	if (fd >= 0)
		note(attr.prog_name, log);
	else
		fprintf(stderr, "%s: %s\n%s", attr.prog_name, strerror(err), log);
	errno = err;
	return fd;
}

long syscall(long nr, ...)
{
	syscall_fn *real = (syscall_fn *)dlsym(RTLD_NEXT, "syscall");
	const union bpf_attr *attr;
	long a[6];
	va_list ap;

	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	attr = (const union bpf_attr *)a[1];
	if (nr == SYS_bpf && a[0] == BPF_PROG_LOAD && (size_t)a[2] <= sizeof(*attr) && !attr->log_level &&
	    !strncmp(attr->prog_name, "linx_", 5))
		return load(real, attr, (size_t)a[2]);
	return real(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}
