// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opens a session of the kernel module: translates options to settings, and errors to texts that name a remedy. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "engine/canary.h"
#include "engine/kmod/kmod.h"
#include "engine/header.h"
#include "engine/live.h"

#define LEAST_DEFAULT_RING (256u << 10)

int linx_kmod_ioctl(int fd, unsigned long request, void *arg)
{
	int ret;

	do
		ret = ioctl(fd, request, arg);
	while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : ret;
}

static int fail_open(int code, struct linx_error *err)
{
	switch (code) {
	case -ENOENT:
		return linx_fail(err, code,
				 LINX_DEVICE
				 ": the module is not loaded; load it with: modprobe linx");
	case -EACCES:
	case -EPERM:
		return linx_fail(
			err, code,
			LINX_DEVICE
			": no permission; run as root, or with CAP_PERFMON and CAP_SYS_PTRACE");
	case -EBUSY:
		return linx_fail(
			err, code,
			LINX_DEVICE
			": busy: as many captures run as the module allows; end one of them");
	case -ENODEV:
	case -ENXIO:
		return linx_fail(err, code,
				 LINX_DEVICE ": no module behind it; load it with: modprobe linx");
	default:
		return linx_fail(err, code, LINX_DEVICE ": cannot open: %s", strerror(-code));
	}
}

static int read_info(struct linx_engine_kmod *k, struct linx_error *err)
{
	struct linx_info *info = &k->info;
	int ret;

	info->size = sizeof(*info);
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_INFO, info);
	if (ret == -EPERM || ret == -EACCES)
		return fail_open(ret, err);
	if (ret < 0)
		return linx_fail(err, -EPROTO,
				 LINX_DEVICE
				 ": the module does not speak this library's language (%s); "
				 "install module and library of one version",
				 strerror(-ret));
	info->version[sizeof(info->version) - 1] = '\0';
	if (info->abi_version != LINX_ABI_VERSION)
		return linx_fail(err, -EPROTO,
				 LINX_DEVICE
				 ": module %s has interface version %u, this library %d; "
				 "install module and library of one version",
				 info->version, info->abi_version, LINX_ABI_VERSION);
	if (info->format_major != LINX_FORMAT_MAJOR)
		return linx_fail(err, -EPROTO,
				 LINX_DEVICE
				 ": module %s writes record format %u.%u, this library reads %d.x",
				 info->version, info->format_major, info->format_minor,
				 LINX_FORMAT_MAJOR);
	if (!info->cpus || info->cpus > LINX_CAP_CPUS_MAX || !info->page_size ||
	    info->table_size > LINX_CAP_TABLE_MAX)
		return linx_fail(err, -EPROTO, LINX_DEVICE ": the module's answers make no sense");
	return 0;
}

/* ---- ring size ------------------------------------------------------------------ */

static uint64_t ncpus_online(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (uint64_t)n : 1;
}

/* Returns the default ring size, halved until the rings of all online CPUs fit into the module's limits. */
static uint64_t default_ring(const struct linx_info *info, unsigned int areas)
{
	uint64_t size = LINX_RING_SIZE_DEFAULT, least = 2ull * info->page_size;

	while (size > least &&
	       (size > info->ring_max || size * areas * ncpus_online() > info->memory_max))
		size /= 2;
	return size;
}

static int check_ring(const struct linx_info *info, uint64_t wish, unsigned int areas,
		      struct linx_error *err)
{
	uint64_t least = 2ull * areas * info->page_size;

	if (wish & (wish - 1))
		return linx_fail(err, -EINVAL, "buffer size %llu: not a power of two",
				 (unsigned long long)wish);
	if (wish < least)
		return linx_fail(err, -EINVAL,
				 "buffer size %llu: too small; the least is %llu bytes",
				 (unsigned long long)wish, (unsigned long long)least);
	if (wish / areas > info->ring_max)
		return linx_fail(
			err, -EINVAL, "buffer size %llu: too large; the most is %llu bytes per CPU",
			(unsigned long long)wish, (unsigned long long)info->ring_max * areas);
	if (wish > info->memory_max / ncpus_online())
		return linx_fail(
			err, -EINVAL,
			"buffer size %llu: too large; the module grants %llu bytes to all %llu CPUs together",
			(unsigned long long)wish, (unsigned long long)info->memory_max,
			(unsigned long long)ncpus_online());
	return 0;
}

/* ---- setup ---------------------------------------------------------------------- */

/* Checks and fills the settings of throttle mode; refuses them in other modes. */
static int fill_throttle(struct linx_engine_kmod *k, const struct linx_live_opts *o, struct linx_error *err)
{
	struct linx_setup *s = &k->setup;

	if (o->mode != LINX_THROTTLE && (o->exempt_group || o->throttle_cap_ms || o->nexempt))
		return linx_fail(err, -EINVAL, "only throttle mode has a cap and exempts anybody");
	if (o->throttle_cap_ms > 1000)
		return linx_fail(err, -EINVAL, "throttle cap %u ms: the longest is 1000 ms in a second",
				 o->throttle_cap_ms);
	if (o->nexempt > LINX_EXEMPT_MAX)
		return linx_fail(err, -EINVAL, "%u exempt cgroups: at most %d", o->nexempt, LINX_EXEMPT_MAX);
	if (o->mode == LINX_THROTTLE && !(k->info.features & LINX_FEAT_THROTTLE))
		return linx_fail(err, -EOPNOTSUPP, "the module cannot throttle on this kernel");
	s->flags |= o->exempt_group ? LINX_SETUP_EXEMPT_GROUP : 0;
	s->throttle_cap_ns = o->throttle_cap_ms * 1000000ull;
	s->exempt = (uintptr_t)o->exempt;
	s->exempt_count = o->nexempt;
	return 0;
}

static int fill_setup(struct linx_engine_kmod *k, const struct linx_live_opts *o,
		      struct linx_error *err)
{
	struct linx_setup *s = &k->setup;
	unsigned int areas = k->recorder ? 2 : 1;
	int ret;

	k->counts = o->count && k->info.features & LINX_FEAT_COUNT;
	s->size = sizeof(*s);
	s->mode = o->mode == LINX_THROTTLE ? LINX_MODE_THROTTLE : k->recorder ? LINX_MODE_RECORDER : LINX_MODE_DISCARD;
	s->flags = (o->entry_time || o->cpu_time ? LINX_SETUP_ENTRY_TIME : 0) |
		   (o->cpu_time ? LINX_SETUP_CPU_TIME : 0) |
		   (o->pointers ? LINX_SETUP_POINTER : 0) |
		   (o->include_self ? LINX_SETUP_INCLUDE_SELF : 0) |
		   (o->envp ? LINX_SETUP_ENVP : 0) |
		   (o->fds & LINX_FDS_PATHS ? LINX_SETUP_FD_PATHS : 0) |
		   (o->fds & LINX_FDS_DETAILS ? LINX_SETUP_FD_DETAILS : 0) |
		   (o->signals && k->info.features & LINX_FEAT_SIGNALS ? LINX_SETUP_SIGNALS : 0);
	s->flags |= (o->files ? LINX_SETUP_FILES : 0) |
		    (o->io_uring && k->info.features & LINX_FEAT_URING ? LINX_SETUP_URING : 0);
	s->flags |= !o->no_resolved && k->info.features & LINX_FEAT_RESOLVED ? LINX_SETUP_RESOLVED : 0;
	s->flags |= o->canary && !o->include_self && k->info.features & LINX_FEAT_TAMPER ? LINX_SETUP_TAMPER : 0;
	if (o->files && !(k->info.features & LINX_FEAT_FILES))
		return linx_fail(err, -EOPNOTSUPP, "the module cannot record how descriptors change; update the module");
	k->snapshots = !o->no_snapshot && !k->counts;
	s->watermark_percent = o->watermark_percent;
	if (s->watermark_percent > 99)
		return linx_fail(err, -EINVAL, "watermark %u%%: not between 1 and 99",
				 s->watermark_percent);
	if (o->fds && !(k->info.features & LINX_FEAT_FDS))
		return linx_fail(err, -EOPNOTSUPP, "the module cannot describe descriptors; update the module");
	if (o->delay_ms > LINX_LIVE_DELAY_MS_MAX)
		return linx_fail(err, -EINVAL, "delay %u ms: the longest is %d ms", o->delay_ms,
				 LINX_LIVE_DELAY_MS_MAX);
	s->delay_ns = (uint64_t)(o->delay_ms ? o->delay_ms : LINX_LIVE_DELAY_MS) * 1000000;
	ret = linx_live_snap(o,
			     (struct linx_live_means){
				     .longest = k->info.features & LINX_FEAT_LONG_BUFFERS ? LINX_PIECES_MAX : LINX_REC_USER_MAX,
				     .headers = k->info.features & LINX_FEAT_HTTP,
			     },
			     &s->snap_bytes, &s->snap_str, err);
	if (o->http_bytes && k->info.features & LINX_FEAT_HTTP) {
		s->flags |= LINX_SETUP_HTTP;
		s->http_bytes = (uint32_t)o->http_bytes;
	}
	if (!ret && o->ring_size)
		ret = check_ring(&k->info, o->ring_size, areas, err);
	if (!ret)
		ret = fill_throttle(k, o, err);
	if (!ret && k->counts && s->mode != LINX_MODE_DISCARD)
		ret = linx_fail(err, -EINVAL, "only mode LINX_DISCARD counts alone");
	if (k->counts) {
		s->flags = LINX_SETUP_COUNT | (o->include_self ? LINX_SETUP_INCLUDE_SELF : 0);
		s->http_bytes = 0;
	}
	s->ring_size = k->counts ? 2 * k->info.page_size : o->ring_size ? o->ring_size / areas : default_ring(&k->info, areas);
	return ret;
}

static int fail_setup(const struct linx_engine_kmod *k, int code, struct linx_error *err)
{
	unsigned long long size = k->setup.ring_size;

	switch (code) {
	case -ENOMEM:
		return linx_fail(
			err, code,
			"no memory for rings of %llu bytes per CPU; ask for less with a smaller buffer size",
			size);
	case -E2BIG:
		return linx_fail(
			err, code,
			"the module is older than this library and lacks an option; update the module");
	case -EOPNOTSUPP:
		return linx_fail(err, code, "the module cannot do this mode");
	case -EPERM:
	case -EACCES:
		return fail_open(code, err);
	default:
		return linx_fail(err, code,
				 LINX_DEVICE ": the module refuses rings of %llu bytes: %s", size,
				 strerror(-code));
	}
}

/* ---- the header ------------------------------------------------------------------ */

static int read_table(struct linx_engine_kmod *k, struct linx_error *err)
{
	struct linx_header *h = &k->header;
	struct linx_table_buf t = { .size = sizeof(t), .buf_size = k->info.table_size };
	int ret;

	h->table = malloc(k->info.table_size + 1);
	if (!h->table)
		return linx_fail(err, -ENOMEM, "out of memory");
	t.buf = (uintptr_t)h->table;
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_TABLE, &t);
	if (ret < 0)
		return linx_fail(err, ret, LINX_DEVICE ": cannot read the module's table: %s",
				 strerror(-ret));
	h->table[k->info.table_size] = '\0';
	h->table_len = k->info.table_size;
	h->table_hash = k->info.table_hash;
	if (linx_table_hash(h->table, h->table_len) != h->table_hash)
		return linx_fail(err, -EPROTO,
				 LINX_DEVICE
				 ": the module's table does not have the hash that it reports");
	return 0;
}

static void read_facts(struct linx_engine_kmod *k)
{
	struct linx_header *h = &k->header;

	linx_live_describe(h, linx_engine_type_kmod.info.name, k->info.clock_id);
	memcpy(h->module_version, k->info.version, sizeof(h->module_version));
	h->info.format_major = k->info.format_major;
	h->info.format_minor = k->info.format_minor;
	h->info.page_size = k->info.page_size;
	h->info.cpus = k->info.cpus;
	h->info.pid_ns = k->info.pid_ns;
	h->info.io_uring = k->info.features & LINX_FEAT_URING;
	h->info.files = k->info.features & LINX_FEAT_FILES;
	h->info.no_paths = !(k->info.features & LINX_FEAT_PATHS);
	h->info.counts = k->counts;
	linx_header_link(h);
}

int linx_kmod_setup(struct linx_engine_kmod *k, const struct linx_live_opts *opts,
		    struct linx_error *err)
{
	int ret;

	if (sizeof(long) != 8)
		return linx_fail(err, -EOPNOTSUPP,
				 "a 32-bit program cannot read the module; use the 64-bit one");
	k->fd = open(LINX_DEVICE, O_RDWR | O_CLOEXEC);
	if (k->fd < 0)
		return fail_open(-errno, err);
	k->recorder = opts->mode == LINX_RECORDER;
	ret = read_info(k, err);
	if (!ret)
		ret = fill_setup(k, opts, err);
	if (!ret)
		ret = read_table(k, err);
	if (ret)
		return ret;
	read_facts(k);
	linx_live_name(&k->header, opts);
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_SETUP, &k->setup);
	/* Other captures may hold most of the memory: without an explicit size, take smaller rings. */
	while (ret == -ENOMEM && !opts->ring_size && k->setup.ring_size > LEAST_DEFAULT_RING) {
		k->setup.ring_size /= 2;
		ret = linx_kmod_ioctl(k->fd, LINX_IOC_SETUP, &k->setup);
	}
	return ret < 0 ? fail_setup(k, ret, err) : 0;
}

int linx_kmod_map_rings(struct linx_engine_kmod *k, struct linx_error *err)
{
	int ret = 0;

	for (unsigned int cpu = 0; cpu < k->nlanes; cpu++) {
		if (k->rings[cpu].prod)
			continue;
		ret = linx_ring_map(&k->rings[cpu], k->fd, cpu, k->info.page_size,
				    k->setup.ring_size, k->recorder);
		if (!ret) {
			k->nrings++;
			linx_canary_set_page(k->e.canary, cpu, k->rings[cpu].prod);
		} else if (ret != -ENXIO && ret != -EINVAL) { /* neither "no ring" nor "no such CPU" */
			break;
		}
		ret = 0;
	}
	k->unmapped = ret != 0;
	if (!ret && !k->nrings)
		ret = -ENXIO;
	if (ret)
		return linx_fail(err, ret, LINX_DEVICE ": cannot map the rings: %s",
				 strerror(-ret));
	return 0;
}

/* ---- the clock -------------------------------------------------------------------- */

int linx_kmod_ask_clock(struct linx_engine_kmod *k, struct linx_clock *clock)
{
	struct linx_clock_now now = { .size = sizeof(now) };
	int ret = linx_kmod_ioctl(k->fd, LINX_IOC_CLOCK, &now);

	if (ret < 0)
		return linx_fail(&k->e.err, ret, LINX_DEVICE ": cannot read its clock: %s",
				 strerror(-ret));
	*clock = now.clock;
	return 0;
}

int linx_kmod_read_clock(struct linx_engine_kmod *k)
{
	int ret = linx_kmod_ask_clock(k, &k->clock);

	if (!ret)
		k->e.clock_gen++;
	return ret;
}

int linx_kmod_watch_clock(struct linx_engine_kmod *k)
{
	/* The timer never expires: it is cancelled when the clock is set or the machine resumes. */
	const struct itimerspec never = { .it_value.tv_sec = INT64_MAX / 1000000000 };

	if (k->clock_fd < 0)
		k->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (k->clock_fd < 0)
		return -errno;
	return timerfd_settime(k->clock_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never,
			       NULL) ?
		       -errno :
		       0;
}
