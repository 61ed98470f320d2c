// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Opens the eBPF engine: checks what it needs of machine and kernel, takes the options, and fills in the stream's
 * header.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "engine/bpf/bpf.h"
#include "engine/canary.h"
#include "engine/bpf/info.h"
#include "engine/header.h"
#include "engine/live.h"

#define BTF "/sys/kernel/btf/vmlinux"
/* Inode number of the initial pid namespace: PROC_PID_INIT_INO of the kernel. */
#define INITIAL_PID_NS 0xeffffffcu
#define CPUS_MAX 4096u

/* Returns the number of possible CPUs: one more than the last number of a list such as "0-7" or "0". */
static unsigned int possible_cpus(void)
{
	char line[64] = "";
	FILE *f = fopen("/sys/devices/system/cpu/possible", "re");
	const char *last = line;
	unsigned long n;

	if (f) {
		if (!fgets(line, sizeof(line), f))
			line[0] = '\0';
		fclose(f);
	}
	for (const char *c = line; *c; c++) /* as "0-3,8" */
		if (*c == '-' || *c == ',')
			last = c + 1;
	n = strtoul(last, NULL, 10) + 1;
	return n < CPUS_MAX ? (unsigned int)n : CPUS_MAX;
}

/* ---- privileges and kernel features -------------------------------------------------------------------- */

/* Returns the effective capabilities of this thread, a bit each; all, if the kernel does not say. */
static uint64_t own_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3];

	return syscall(SYS_capget, &head, has) ? UINT64_MAX : has[0].effective | (uint64_t)has[1].effective << 32;
}

bool linx_bpf_is_admin(void)
{
	return own_capabilities() & 1ull << CAP_SYS_ADMIN;
}

/*
 * Checks the capabilities without which there is no recording, and names a missing one. The kernel would refuse as well,
 * but with one error for all of them. CAP_SYS_ADMIN includes them.
 */
static int check_rights(struct linx_error *err)
{
	static const struct {
		unsigned int number;
		const char *name, *gone;
	} rights[] = {
		{ CAP_BPF, "CAP_BPF", "no eBPF program can be loaded" },
		{ CAP_PERFMON, "CAP_PERFMON", "no eBPF program can see calls or read memory" },
	};
	const uint64_t has = own_capabilities();

	for (size_t i = 0; i < sizeof(rights) / sizeof(*rights); i++)
		if (!(has & (1ull << rights[i].number | 1ull << CAP_SYS_ADMIN)))
			return linx_fail(err, -EPERM,
					 "engine bpf: no permission: without %s %s; run as root, or with CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE",
					 rights[i].name, rights[i].gone);
	return 0;
}

static int check_machine(struct linx_error *err)
{
	struct stat st = { .st_ino = 0 };
	size_t len;

	if (!linx_bpf_object(false, &len))
		return linx_fail(err, -EOPNOTSUPP, "engine bpf: this library was built without its programs");
	if (sizeof(long) != 8)
		return linx_fail(err, -EOPNOTSUPP, "engine bpf: a 32-bit program cannot use it; use the 64-bit one");
	if (access(BTF, F_OK))
		return linx_fail(err, -EOPNOTSUPP,
				 "engine bpf: the kernel shows no types (%s): it needs CONFIG_DEBUG_INFO_BTF", BTF);
	if (!stat("/proc/self/ns/pid", &st) && st.st_ino != INITIAL_PID_NS)
		return linx_fail(
			err, -EOPNOTSUPP,
			"engine bpf: it runs in the initial pid namespace alone; let the container share the host's (hostPID)");
	return check_rights(err);
}

/* ---- options -------------------------------------------------------------------------- */

/* Returns why an option cannot be used with this engine, as a part of an error text; NULL: all options can. */
static const char *refused(const struct linx_live_opts *o)
{
	if (o->mode == LINX_THROTTLE)
		return "it can make no task wait (throttle)";
	return NULL;
}

/*
 * Chooses the object file. bpf_loop() came with Linux 5.17; on older kernels the programs have short loops of
 * their own.
 */
static void choose_object(struct linx_engine_bpf *b)
{
	b->reduced = !b->lib.libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_loop, NULL);
	b->seen_words = b->reduced ? 8 : 1;
}

/*
 * Returns how this kernel describes an eventfd in /proc/PID/fdinfo: LINX_BPF_EVENTFD or LINX_BPF_EVENTFD_SEMAPHORE; 0:
 * in another form.
 */
static uint32_t form_of_eventfd(void)
{
	int fd = eventfd(5, EFD_CLOEXEC | EFD_SEMAPHORE), own, id = 0;
	char path[64], text[1024], want[128];
	const char *at;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	own = open(path, O_RDONLY | O_CLOEXEC);
	n = own < 0 ? 0 : read(own, text, sizeof(text) - 1);
	close(own);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	at = strstr(text, "eventfd-count:");
	if (!at || sscanf(at, "eventfd-count: %*x eventfd-id: %d", &id) != 1)
		return 0;
	n = snprintf(want, sizeof(want), "eventfd-count: %16x\neventfd-id: %d\neventfd-semaphore: 1\n", 5, id);
	if (!strcmp(at, want))
		return LINX_BPF_EVENTFD_SEMAPHORE;
	want[n - (ssize_t)strlen("eventfd-semaphore: 1\n")] = '\0';
	return strcmp(at, want) ? 0 : LINX_BPF_EVENTFD;
}

/*
 * Checks the size of a ring. In a flight recorder it is the size of both rings (halves) of a CPU together, each of
 * which may be as large as a ring in other modes.
 */
static int check_ring(const struct linx_live_opts *o, struct linx_error *err)
{
	const uint64_t halves = o->mode == LINX_RECORDER ? 2 : 1, least = halves * LINX_BPF_LEAST_RING, most = halves << 30;
	const uint64_t size = o->ring_size;

	if (!size || (!(size & (size - 1)) && size >= least && size <= most))
		return 0;
	return linx_fail(err, -EINVAL, "buffer size %llu: not a power of two between %llu and %llu", (unsigned long long)size,
			 (unsigned long long)least, (unsigned long long)most);
}

static int check_opts(const struct linx_live_opts *o, struct linx_error *err)
{
	const char *what = refused(o);

	if (what)
		return linx_fail(err, -EOPNOTSUPP, "engine bpf: %s", what);
	if (o->watermark_percent > 99)
		return linx_fail(err, -EINVAL, "watermark %u%%: not between 1 and 99", o->watermark_percent);
	if (o->count && o->mode == LINX_RECORDER)
		return linx_fail(err, -EINVAL, "a flight recorder does not count alone");
	if (o->delay_ms > LINX_LIVE_DELAY_MS_MAX)
		return linx_fail(err, -EINVAL, "delay %u ms: the longest is %d ms", o->delay_ms, LINX_LIVE_DELAY_MS_MAX);
	return check_ring(o, err);
}

/*
 * Sets b->config by the options. The reduced programs cannot recognise HTTP headers. They therefore record more bytes
 * of every buffer instead. They record neither descriptor tables nor snapshots.
 */
static int take_opts(struct linx_engine_bpf *b, const struct linx_live_opts *o, struct linx_error *err)
{
	const struct linx_live_means means = { .longest = LINX_REC_USER_MAX, .headers = !b->reduced };
	uint32_t bytes, str;
	int rc;

	b->delay_ms = o->delay_ms ? o->delay_ms : LINX_LIVE_DELAY_MS;
	b->config.watermark = o->watermark_percent;
	b->halves = o->mode == LINX_RECORDER ? 2 : 1;
	b->config.owner = o->include_self ? 0 : (uint32_t)getpid();
	b->config.flags = (o->envp ? LINX_BPF_ENVP : 0) | (o->pointers ? LINX_BPF_POINTER : 0) |
			  (o->signals ? LINX_BPF_SIGNALS : 0) |
			  (o->entry_time || o->cpu_time ? LINX_BPF_TIMES : 0) | (o->cpu_time ? LINX_BPF_CPU_TIMES : 0) |
			  (o->no_resolved ? 0 : LINX_BPF_RESOLVED) | (o->files ? LINX_BPF_FILES : 0) |
			  (o->http_bytes ? LINX_BPF_HTTP : 0) | (o->no_snapshot ? 0 : LINX_BPF_SNAPSHOT) | (o->fds & LINX_FDS_PATHS ? LINX_BPF_FD_PATHS : 0) |
			  (o->fds & LINX_FDS_DETAILS ? LINX_BPF_FD_DETAILS | form_of_eventfd() : 0);
	b->config.flags |= linx_live_has_compat_move_pages() ? LINX_BPF_COMPAT_MOVE_PAGES : 0;
	b->config.flags |= o->io_uring && b->reads_uring ? LINX_BPF_URING : 0;
	b->config.flags |= o->mode == LINX_RECORDER ? LINX_BPF_RECORDER : 0;
	if (o->count)
		b->config.flags = LINX_BPF_COUNT | (b->config.flags & LINX_BPF_COMPAT_MOVE_PAGES);
	b->config.entries = b->config.flags & LINX_BPF_TIMES ? LINX_BPF_ENTRIES : 1;
	if (getrandom(b->config.secret, sizeof(b->config.secret), 0) != sizeof(b->config.secret))
		return linx_fail(err, -errno, "engine bpf: no random numbers: %s", strerror(errno));
	b->config.flags |= linx_bpf_how_held(b);
	if (b->reduced)
		b->config.flags &= ~(LINX_BPF_MORE | LINX_BPF_SNAPSHOT);
	rc = linx_live_snap(o, means, &bytes, &str, err);
	b->config.snap_bytes = bytes;
	b->config.snap_str = str;
	b->config.http_bytes = o->http_bytes;
	b->config.cpus = b->ncpus;
	b->config.page_size = (uint32_t)sysconf(_SC_PAGESIZE);
	b->snapshots = b->config.flags & LINX_BPF_SNAPSHOT;
	return rc;
}

/* ---- the header ------------------------------------------------------------------------- */

static int fill_header(struct linx_engine_bpf *b, struct linx_error *err)
{
	struct linx_header *h = &b->header;
	int rc = linx_live_take_table(h, err);

	if (rc)
		return rc;
	linx_live_describe(h, linx_engine_type_bpf.info.name, CLOCK_MONOTONIC);
	h->info.cpus = b->ncpus;
	h->info.reduced = b->reduced;
	h->info.pid_ns = INITIAL_PID_NS;
	h->info.files = !b->reduced;
	h->info.counts = b->config.flags & LINX_BPF_COUNT;
	h->info.io_uring = b->reads_uring;
	linx_header_link(h);
	return 0;
}

/* ---- all together ------------------------------------------------------------------------ */

static int no_output(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static int ignore_sample(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)data;
	(void)size;
	return 0;
}

static int reserve_memory(struct linx_engine_bpf *b, struct linx_error *err)
{
	b->ncpus = possible_cpus();
	b->rows = linx_rows_new();
	b->ring_fds = calloc(b->ncpus, 2 * sizeof(*b->ring_fds));
	b->rings = calloc(b->ncpus, sizeof(*b->rings));
	b->counters = calloc(b->ncpus, sizeof(*b->counters));
	b->calls = calloc(LINX_NCALLS, sizeof(*b->calls));
	b->missed = calloc(b->ncpus, sizeof(*b->missed));
	b->unread = calloc(b->ncpus, sizeof(*b->unread));
	b->skipped = calloc(b->ncpus, sizeof(*b->skipped));
	b->sampled = calloc(b->ncpus, sizeof(*b->sampled));
	b->sampled_calls = calloc(LINX_NCALLS, sizeof(*b->sampled_calls));
	b->every = calloc(LINX_NCALLS, sizeof(*b->every));
	if (!b->rows || !b->ring_fds || !b->rings || !b->counters || !b->calls || !b->missed || !b->unread || !b->skipped || !b->sampled ||
	    !b->sampled_calls || !b->every)
		return linx_fail(err, -ENOMEM, "out of memory");
	for (unsigned int i = 0; i < 2 * b->ncpus; i++)
		b->ring_fds[i] = -1;
	return 0;
}

static int set_up(struct linx_engine_bpf *b, const struct linx_live_opts *o, struct linx_error *err)
{
	int rc = reserve_memory(b, err);

	if (!rc)
		rc = check_opts(o, err);
	if (!rc)
		rc = check_machine(err);
	if (!rc)
		rc = linx_libbpf_open(&b->lib, err);
	if (rc)
		return rc;
	b->lib.libbpf_set_print(no_output);
	choose_object(b);
	linx_bpf_uring_ask(b);
	rc = take_opts(b, o, err);
	if (!rc)
		rc = linx_bpf_load(b, o->count ? LINX_BPF_LEAST_RING : o->ring_size, err);
	if (rc)
		return rc;
	b->control->filter = LINX_BPF_STOPPED;
	b->wake = b->lib.ring_buffer__new(b->lib.bpf_map__fd(b->lib.bpf_object__find_map_by_name(linx_bpf_base(b), "wake")),
					  ignore_sample, NULL, NULL);
	if (!b->wake)
		return linx_fail(err, -errno, "engine bpf: cannot set up waking: %s", strerror(errno));
	linx_bpf_relate_clocks(b);
	if (o->canary && !o->include_self && !o->count && linx_canary_new(b->ncpus, &b->e.canary))
		return linx_fail(err, -ENOMEM, "out of memory");
	for (unsigned int i = 0; i < b->ncpus; i++)
		if (b->rings[i].prod)
			linx_canary_set_page(b->e.canary, i, b->rings[i].prod);
	rc = fill_header(b, err);
	linx_live_name(&b->header, o);
	return rc;
}

static int bpf_open(const struct linx_engine_opts *opts, struct linx_engine **out, struct linx_error *err)
{
	struct linx_engine_bpf *b = calloc(1, sizeof(*b));
	int rc;

	if (!b)
		return linx_fail(err, -ENOMEM, "out of memory");
	b->e.ops = &linx_bpf_ops;
	b->clock_fd = b->timer_fd = b->epoll_fd = -1;
	rc = set_up(b, opts->live, err);
	if (rc) {
		linx_bpf_ops.close(&b->e);
		return rc;
	}
	*out = &b->e;
	return 0;
}

const struct linx_engine_type linx_engine_type_bpf = {
	.info = LINX_BPF_INFO,
	.open = bpf_open,
};
