// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening the engine: the kernel is asked, the options are checked, the header is filled in. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "engine/header.h"
#include "engine/ptrace/ptrace.h"
#include "table/table.h"

#ifdef __aarch64__
#define MACHINE "aarch64"
#else
#define MACHINE "x86_64"
#endif

#define DEFAULT_SNAP_BYTES 80
#define DEFAULT_SNAP_STR 4096

static void read_line(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

static int fill_header(struct linx_engine_ptrace *p, struct linx_error *err)
{
	struct linx_header *h = &p->header;
	struct utsname u = { 0 };
	struct stat st = { .st_ino = 0 };
	const char *text = linx_table_builtin_text(&h->table_len);

	h->table = malloc(h->table_len + 1);
	if (!h->table)
		return linx_fail(err, -ENOMEM, "out of memory");
	memcpy(h->table, text, h->table_len);
	h->table[h->table_len] = '\0';
	h->table_hash = linx_table_hash(h->table, h->table_len);
	uname(&u);
	stat("/proc/self/ns/pid", &st);
	snprintf(h->release, sizeof(h->release), "%.64s", u.release);
	snprintf(h->node, sizeof(h->node), "%.64s", u.nodename);
	snprintf(h->machine, sizeof(h->machine), MACHINE);
	read_line("/proc/sys/kernel/random/boot_id", h->boot_id, sizeof(h->boot_id));
	snprintf(h->engine, sizeof(h->engine), "%s", linx_engine_type_ptrace.info.name);
	linx_header_set_clock(h, CLOCK_MONOTONIC);
	h->info.format_major = LINX_FORMAT_MAJOR;
	h->info.format_minor = LINX_FORMAT_MINOR;
	h->info.page_size = (uint32_t)sysconf(_SC_PAGESIZE);
	h->info.word_size = sizeof(long);
	h->info.cpus = 1;
	h->info.pid_ns = (uint32_t)st.st_ino;
	h->info.live = true;
	linx_header_link(h);
	return 0;
}

static int check_limit(const char *what, uint32_t n, struct linx_error *err)
{
	if (n <= LINX_REC_USER_MAX)
		return 0;
	return linx_fail(err, -EINVAL, "%s limit %u: the most that is captured is %u bytes", what, n,
			 LINX_REC_USER_MAX);
}

static int take_opts(struct linx_engine_ptrace *p, const struct linx_live_opts *o, struct linx_error *err)
{
	int rc;

	if (o->mode != LINX_DISCARD)
		return linx_fail(err, -EOPNOTSUPP,
				 "engine ptrace: it has no modes; tracees wait for the reader as it is");
	p->entry_time = o->entry_time || o->cpu_time;
	p->cpu_time = o->cpu_time;
	p->signals = o->signals;
	p->resolved = !o->no_resolved;
	p->fds = o->fds;
	p->walk.envp = o->envp;
	p->walk.pointers = o->pointers;
	p->walk.snap_bytes = o->snap_bytes == UINT32_MAX ? 0 : o->snap_bytes ? o->snap_bytes : DEFAULT_SNAP_BYTES;
	p->walk.snap_str = o->snap_str ? o->snap_str : DEFAULT_SNAP_STR;
	rc = check_limit("buffer", p->walk.snap_bytes, err);
	return rc ? rc : check_limit("string", p->walk.snap_str, err);
}

/* PTRACE_GET_SYSCALL_INFO is there since Linux 5.3; of a process that is no tracee the answer is ESRCH, not EIO. */
static int check_kernel(struct linx_error *err)
{
	char room[128];

	if (ptrace(PTRACE_GET_SYSCALL_INFO, getpid(), sizeof(room), room) < 0 && errno != ESRCH)
		return linx_fail(
			err, -EOPNOTSUPP, "engine ptrace: %s",
			errno == EPERM ?
				"this container allows no ptrace(2): let it have CAP_SYS_PTRACE, or a seccomp profile that allows it" :
				"it needs Linux 5.3 or later");
	return 0;
}

static int ptrace_open(const struct linx_engine_opts *opts, struct linx_engine **out, struct linx_error *err)
{
	struct linx_engine_ptrace *p = calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return linx_fail(err, -ENOMEM, "out of memory");
	p->e.ops = &linx_ptrace_ops;
	p->signal_fd = -1;
	p->thread = gettid();
	p->rows = linx_rows_new();
	p->calls = calloc(LINX_NCALLS, sizeof(*p->calls));
	rc = p->rows && p->calls ? check_kernel(err) : linx_fail(err, -ENOMEM, "out of memory");
	if (!rc)
		rc = take_opts(p, opts->live, err);
	if (!rc)
		rc = fill_header(p, err);
	if (rc) {
		linx_ptrace_ops.close(&p->e);
		return rc;
	}
	memset(p->select.enter, 0, sizeof(p->select.enter));
	linx_ptrace_relate_clocks(p);
	*out = &p->e;
	return 0;
}

const struct linx_engine_type linx_engine_type_ptrace = {
	.info = { .name = "ptrace", .text = "ptrace(2), for commands and processes", .live = true },
	.open = ptrace_open,
};
