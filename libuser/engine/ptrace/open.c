// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opens the ptrace engine: checks the kernel and the options, and fills in the stream's header. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/header.h"
#include "engine/live.h"
#include "engine/ptrace/ptrace.h"

static int fill_header(struct linx_engine_ptrace *p, struct linx_error *err)
{
	struct linx_header *h = &p->header;
	struct stat st = { .st_ino = 0 };
	int rc = linx_live_take_table(h, err);

	if (rc)
		return rc;
	linx_live_describe(h, linx_engine_type_ptrace.info.name, CLOCK_MONOTONIC);
	stat("/proc/self/ns/pid", &st);
	h->info.cpus = 1;
	h->info.pid_ns = (uint32_t)st.st_ino;
	linx_header_link(h);
	return 0;
}

static int take_opts(struct linx_engine_ptrace *p, const struct linx_live_opts *o, struct linx_error *err)
{
	if (o->mode != LINX_DISCARD)
		return linx_fail(err, -EOPNOTSUPP,
				 "engine ptrace: it has no modes; tracees wait for the reader as it is");
	p->entry_time = o->entry_time || o->cpu_time;
	p->cpu_time = o->cpu_time;
	p->signals = o->signals;
	p->resolved = !o->no_resolved;
	p->watches_rings = o->io_uring;
	p->fds = o->fds;
	p->outside.wanted = !o->no_snapshot;
	p->walk.envp = o->envp;
	p->walk.pointers = o->pointers;
	p->walk.page_size = (uint32_t)sysconf(_SC_PAGESIZE);
	p->walk.compat_move_pages = linx_live_has_compat_move_pages();
	return linx_live_snap(o, (struct linx_live_means){ .longest = LINX_PIECES_MAX }, &p->walk.snap_bytes,
			      &p->walk.snap_str, err);
}

/*
 * Checks for PTRACE_GET_SYSCALL_INFO, which came with Linux 5.3: for a process that is not a tracee this request fails
 * with ESRCH, not EIO.
 */
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
	if (getrandom(&p->stop_data, sizeof(p->stop_data), GRND_NONBLOCK) != sizeof(p->stop_data))
		p->stop_data = (uint16_t)linx_clock_ns(CLOCK_MONOTONIC);
	p->stop_data |= 0x8000; /* programs' own filters mostly use small numbers */
	linx_spin_init(&p->spin);
	p->rows = linx_rows_new();
	p->calls = calloc(LINX_NCALLS, sizeof(*p->calls));
	rc = p->rows && p->calls && linx_pending_reserve(&p->pending) ?
		     check_kernel(err) : linx_fail(err, -ENOMEM, "out of memory");
	if (!rc)
		rc = take_opts(p, opts->live, err);
	if (!rc)
		rc = fill_header(p, err);
	if (rc) {
		linx_ptrace_ops.close(&p->e);
		return rc;
	}
	linx_live_name(&p->header, opts->live);
	memset(p->select.enter, 0, sizeof(p->select.enter));
	linx_ptrace_relate_clocks(p);
	*out = &p->e;
	return 0;
}

const struct linx_engine_type linx_engine_type_ptrace = {
	.info = { .name = "ptrace", .text = "ptrace(2), for commands and processes", .live = true },
	.open = ptrace_open,
};
