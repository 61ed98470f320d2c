// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The engine that reads from the kernel module. A lane is a CPU's ring, read where it is mapped. In recorder mode a CPU
 * has two areas (halves): a lane is the half that the last dump froze, and there is nothing to read before the first
 * dump.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "base/deadline.h"
#include "engine/canary.h"
#include "engine/kmod/deny.h"
#include "engine/kmod/kmod.h"
#include "probe/compile.h"
#include "probe/refusal.h"
#include "engine/header.h"

/* Interval of checks for CPUs that came online, while some possible CPU has no ring. */
#define NEW_CPUS_MS 1000

/* Time limits of a snapshot before the rings are read for the first time, and of one during a dump. */
#define SNAP_BEFORE_MS 1000
#define SNAP_OF_DUMP_MS 10000

static struct linx_engine_kmod *to_kmod(struct linx_engine *e)
{
	return (struct linx_engine_kmod *)e;
}

static int fail_ioctl(struct linx_engine_kmod *k, int code, const char *what)
{
	return linx_fail(&k->e.err, code, LINX_DEVICE ": cannot %s: %s", what, strerror(-code));
}

static void kmod_close(struct linx_engine *e)
{
	struct linx_engine_kmod *k = to_kmod(e);

	linx_canary_free(e->canary);
	for (unsigned int i = 0; k->rings && i < k->nlanes; i++)
		linx_ring_unmap(&k->rings[i]);
	if (k->epoll_fd >= 0)
		close(k->epoll_fd);
	if (k->clock_fd >= 0)
		close(k->clock_fd);
	if (k->more_fd >= 0)
		close(k->more_fd);
	if (k->fd >= 0)
		close(k->fd);
	linx_header_free(&k->header);
	linx_snap_free_data(&k->e.snap);
	linx_snap_free_data(&k->e.tampers);
	linx_protos_free(&k->e.protos);
	linx_rule_names_free(&k->e.rule_names);
	free(k->rings);
	free(k->missed);
	free(k->cpus);
	free(k->calls);
	free(k->sampled);
	free(k->sampled_calls);
	free(k->unread);
	free(k);
}

static const struct linx_header *kmod_header(struct linx_engine *e)
{
	return &to_kmod(e)->header;
}

static const struct linx_clock *kmod_clock(struct linx_engine *e)
{
	return &to_kmod(e)->clock;
}

static unsigned int kmod_nlanes(struct linx_engine *e)
{
	return to_kmod(e)->nlanes;
}

/* ---- reading ---------------------------------------------------------------------- */

static int kmod_peek(struct linx_engine *e, unsigned int lane, struct linx_chunk *c)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_ring_reader *r = &k->rings[lane];
	int ret;

	c->data = NULL;
	c->len = 0;
	if (!r->prod)
		return 0;
	ret = k->recorder ? linx_ring_peek_frozen(r, c) : linx_ring_peek(r, c);
	if (ret)
		return linx_fail(&e->err, ret, "CPU %u: the positions of its ring make no sense",
				 lane);
	return 0;
}

static void kmod_advance(struct linx_engine *e, unsigned int lane, size_t len)
{
	linx_ring_advance(&to_kmod(e)->rings[lane], len);
	linx_canary_wake(e->canary);
}

static int kmod_floor(struct linx_engine *e, uint64_t *floor)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_floor f = { .size = sizeof(f) };
	int ret;

	*floor = UINT64_MAX;
	if (k->stopped || k->recorder)
		return 0;
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_FLOOR, &f);
	if (ret < 0)
		return fail_ioctl(k, ret, "ask for the time that quiet CPUs have reached");
	*floor = f.time;
	return 0;
}

static bool anything_left(struct linx_engine_kmod *k)
{
	struct linx_chunk c;

	for (unsigned int i = 0; i < k->nlanes; i++)
		if (kmod_peek(&k->e, i, &c) || c.len)
			return true;
	return false;
}

/* ---- waiting ---------------------------------------------------------------------- */

static void look_for_cpus(struct linx_engine_kmod *k)
{
	uint64_t now = linx_now_ms();
	unsigned int before;

	if (k->nrings == k->nlanes || k->stopped || now - k->cpus_checked_ms < NEW_CPUS_MS)
		return;
	k->cpus_checked_ms = now;
	before = k->nrings;
	/*
	 * Failures are retried at the next check; the kernel counts the losses of a CPU
	 * without a ring meanwhile.
	 */
	if (linx_kmod_ioctl(k->fd, LINX_IOC_ADD_CPUS, NULL) > 0 || k->unmapped)
		linx_kmod_map_rings(k, NULL);
	/*
	 * The ring's own counter lacks the losses before the ring existed. This value makes look_for_loss() read the
	 * session's counters.
	 */
	if (k->nrings != before)
		k->lost = UINT64_MAX;
}

static void clock_was_set(struct linx_engine_kmod *k)
{
	uint64_t ticks;

	/* ECANCELED means that the clock was set; the timer must be armed again in either case. */
	if (read(k->clock_fd, &ticks, sizeof(ticks)) >= 0 || errno == ECANCELED) {
		linx_kmod_watch_clock(k);
		linx_kmod_read_clock(k);
	}
}

static int epoll_watch(struct linx_engine_kmod *k, int op)
{
	struct epoll_event ev = { .events = EPOLLIN };

	if (k->epoll_fd < 0)
		return 0;
	if (k->listed != LINX_LISTED_REPORTED)
		ev.events |= EPOLLPRI;
	return epoll_ctl(k->epoll_fd, op, k->fd, &ev) ? -errno : 0;
}

/*
 * Returns the result of wait after the session was stopped. A recorder that was stopped while a dump was being read
 * has another half, which is read next. 1: there is more; -ENODATA: all is read.
 */
static int stopped_result(struct linx_engine_kmod *k)
{
	linx_canary_stop(k->e.canary);
	k->stopped = true;
	if (anything_left(k))
		return 1;
	for (unsigned int i = 0; i < k->nlanes; i++)
		linx_ring_reader_yield(&k->rings[i]);
	return anything_left(k) ? 1 : -ENODATA;
}

/*
 * Handles POLLPRI: no process of the list of processes to record is alive. The first call returns 1, so that the last
 * records are delivered; the second returns 0, so that the caller asks linx_listed().
 */
static int nobody_listed(struct linx_engine_kmod *k)
{
	if (k->listed == LINX_LISTED_SOME) {
		k->listed = LINX_LISTED_NONE;
		return 1;
	}
	k->listed = LINX_LISTED_REPORTED;
	epoll_watch(k, EPOLL_CTL_MOD);
	return 0;
}

/*
 * Polls once. 1: records may be there; 0: timeout_ms has passed, or the caller should ask linx_listed(); -EAGAIN: poll
 * again; -errno.
 */
static int poll_once(struct linx_engine_kmod *k, int timeout_ms)
{
	struct pollfd p[3] = {
		{ .fd = k->fd, .events = POLLIN },
		{ .fd = k->clock_fd, .events = POLLIN },
		{ .fd = linx_canary_fd(k->e.canary), .events = POLLIN },
	};
	int ret;

	if (k->listed != LINX_LISTED_REPORTED)
		p[0].events |= POLLPRI;
	ret = poll(p, 3, timeout_ms);
	if (ret < 0)
		return errno == EINTR ? -EINTR : fail_ioctl(k, -errno, "wait");
	if (p[1].revents)
		clock_was_set(k);
	if (p[0].revents & POLLHUP)
		return stopped_result(k);
	if (p[0].revents & (POLLERR | POLLNVAL))
		return fail_ioctl(k, -EIO, "wait");
	if (p[0].revents & POLLIN || p[2].revents)
		return 1; /* if a canary was missed, the next wait yields, so that it is reported */
	if (p[0].revents & POLLPRI)
		return nobody_listed(k);
	return ret ? -EAGAIN : 0;
}

static int poll_slice(const struct linx_engine_kmod *k, int left)
{
	if (k->nrings == k->nlanes || !k->started)
		return left;
	return left < 0 || left > NEW_CPUS_MS ? NEW_CPUS_MS : left;
}

/*
 * Begins a snapshot if context records were lost: until it is read, what the library knows of processes may be out of
 * date.
 */
static int look_for_loss(struct linx_engine_kmod *k)
{
	struct linx_account a;
	uint64_t lost = 0;
	int ret;

	for (unsigned int i = 0; i < k->nlanes; i++)
		lost += k->rings[i].prod ? __atomic_load_n(&k->rings[i].prod->lost, __ATOMIC_RELAXED) : 0;
	if (lost == k->lost || !k->snapshots || k->recorder || k->stopped)
		return 0;
	k->lost = lost;
	ret = k->e.ops->account(&k->e, false, &a);
	for (lost = 0; !ret && a.ncpus; a.ncpus--)
		lost += a.cpus[a.ncpus - 1].lost_context;
	if (ret || lost == k->lost_context)
		return ret;
	k->lost_context = lost;
	return linx_kmod_snapshot(k, 0);
}

/*
 * Continues a snapshot in progress, or begins one after a loss. Only one runs at a time,
 * so that each is completed.
 */
static int look_for_snapshot(struct linx_engine_kmod *k)
{
	return linx_kmod_snapshot_goes_on(k) ? linx_kmod_snapshot_step(k) : look_for_loss(k);
}

/*
 * Polls without waiting, after a step of a snapshot. Returns 1, so that the rings are peeked at, unless poll_once()
 * reports the end, an error, or that the list of processes has become empty.
 */
static int after_step(struct linx_engine_kmod *k)
{
	enum linx_listed_state listed = k->listed;
	int ret = poll_once(k, 0);

	look_for_cpus(k);
	return ret == -EAGAIN || (!ret && k->listed == listed) ? 1 : ret;
}

static int kmod_wait(struct linx_engine *e, int timeout_ms)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_deadline d = { .timeout_ms = timeout_ms };
	int ret, left, slice;

	for (unsigned int i = 0; i < k->nlanes; i++)
		linx_ring_publish(&k->rings[i]);
	if (k->stopped)
		return stopped_result(k);
	if (linx_canary_has_news(e->canary))
		return -EAGAIN;
	/*
	 * A signal that arrived during a step was not seen by poll(): yield, so that the
	 * caller can check for it.
	 */
	if (e->worked)
		return -EAGAIN;
	ret = look_for_snapshot(k);
	if (ret)
		return ret;
	if (k->recorder && anything_left(k))
		return 1;
	if (e->worked)
		return after_step(k);
	do {
		left = linx_deadline_left(&d);
		slice = poll_slice(k, left);
		ret = poll_once(k, slice);
		look_for_cpus(k);
	} while (ret == -EAGAIN || (ret == 0 && slice != left && k->listed != LINX_LISTED_REPORTED));
	return ret;
}

static int kmod_fd(struct linx_engine *e)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct epoll_event ev = { .events = EPOLLIN };
	int ret;

	if (k->epoll_fd >= 0)
		return k->epoll_fd;
	k->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (k->epoll_fd < 0)
		return -errno;
	ret = epoll_watch(k, EPOLL_CTL_ADD);
	if (ret) {
		close(k->epoll_fd);
		k->epoll_fd = -1;
		return ret;
	}
	if (k->clock_fd >= 0)
		epoll_ctl(k->epoll_fd, EPOLL_CTL_ADD, k->clock_fd, &ev);
	if (e->canary)
		epoll_ctl(k->epoll_fd, EPOLL_CTL_ADD, linx_canary_fd(e->canary), &ev);
	linx_kmod_watch_more(k);
	return k->epoll_fd;
}

/* ---- the account -------------------------------------------------------------------- */

/* Reads the kernel's counters into *c and the arrays of k; all false: those of CPUs alone. */
static int read_counters(struct linx_engine_kmod *k, bool all, struct linx_counters *c)
{
	int ret;

	*c = (struct linx_counters){
		.size = sizeof(*c),
		.cpus = (uintptr_t)k->cpus,
		.cpus_count = k->nlanes,
		.calls = all ? (uintptr_t)k->calls : 0,
		.sampled = all ? (uintptr_t)k->sampled : 0,
		.sampled_calls = all ? (uintptr_t)k->sampled_calls : 0,
	};
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_COUNTERS, c);
	return ret < 0 ? fail_ioctl(k, ret, "read the counters") : 0;
}

static int kmod_account(struct linx_engine *e, bool all, struct linx_account *a)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_counters c;
	int ret = read_counters(k, all, &c);

	if (ret)
		return ret;
	for (unsigned int i = 0; i < k->nlanes; i++)
		k->unread[i] = k->missed[i] + linx_ring_count(&k->rings[i], k->recorder);
	*a = (struct linx_account){
		.known = true,
		.ncpus = k->nlanes,
		.cpus = k->cpus,
		.calls = all ? k->calls : NULL,
		.unread = k->unread,
		.sampled = all ? k->sampled : NULL,
		.sampled_calls = all ? k->sampled_calls : NULL,
		.start_ns = k->start_ns,
		.stop_ns = k->stop_ns,
		.throttled = c.throttled,
		.throttled_ns = c.throttled_ns,
		.http_dropped = c.http_dropped,
	};
	return 0;
}

/* ---- control -------------------------------------------------------------------------- */

static int kmod_now(struct linx_engine *e, uint64_t *now)
{
	struct linx_clock c;
	int ret = linx_kmod_ask_clock(to_kmod(e), &c);

	if (!ret)
		*now = c.stream;
	return ret;
}

static int kmod_select(struct linx_engine *e, const struct linx_select *sel)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_select s = *sel;
	int ret;

	s.size = sizeof(s);
	if (k->counts)
		memset(s.enter, 0, sizeof(s.enter));
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_SELECT, &s);
	return ret < 0 ? fail_ioctl(k, ret, "select the calls") : 0;
}

static int kmod_filter(struct linx_engine *e, const struct linx_filter *filter)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_filter f = *filter;
	int ret;

	f.size = sizeof(f);
	/*
	 * An older module cannot evaluate conditions that are BPF programs, or match cgroups: the library evaluates
	 * the whole condition.
	 */
	if (!(k->info.features & LINX_FEAT_PREDICATE)) {
		f.flags &= ~(uint32_t)LINX_FILTER_PREDICATE;
		f.program = f.program_len = 0;
	}
	if (!(k->info.features & LINX_FEAT_CGROUPS)) {
		f.flags &= ~(uint32_t)LINX_FILTER_CGROUPS;
		f.cgroups = f.cgroups_len = 0;
	}
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_FILTER, &f);
	return ret < 0 ? fail_ioctl(k, ret, "set the filter") : 0;
}

static int rate_unknown(struct linx_engine_kmod *k)
{
	return linx_fail(&k->e.err, -EOPNOTSUPP, "the module knows no sampling and no budget; update the module");
}

/* Allocates the counters of left-out events, which read_counters() fills from now on. */
static int make_sampled(struct linx_engine_kmod *k, struct linx_error *err)
{
	if (!k->sampled)
		k->sampled = calloc(k->nlanes, sizeof(*k->sampled));
	if (!k->sampled_calls)
		k->sampled_calls = calloc(LINX_NCALLS, sizeof(*k->sampled_calls));
	return k->sampled && k->sampled_calls ? 0 : linx_fail(err, -ENOMEM, "out of memory");
}

static int kmod_sample(struct linx_engine *e, const uint16_t *every)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_sample s = { .size = sizeof(s), .every = (uintptr_t)every };
	int ret;

	if (!(k->info.features & LINX_FEAT_RATE))
		return rate_unknown(k);
	ret = make_sampled(k, &e->err);
	if (ret)
		return ret;
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_SAMPLE, &s);
	return ret < 0 ? fail_ioctl(k, ret, "sample calls") : 0;
}

static int kmod_budget(struct linx_engine *e, uint64_t per_second)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_budget b = { .size = sizeof(b), .per_second = per_second };
	int ret;

	if (!(k->info.features & LINX_FEAT_RATE))
		return rate_unknown(k);
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_BUDGET, &b);
	if (ret == -EINVAL)
		return linx_fail(&e->err, ret, "a budget of %llu events per second: the least is %u, the most 8589934584",
				 (unsigned long long)per_second, LINX_BUDGET_MIN);
	return ret < 0 ? fail_ioctl(k, ret, "set the budget") : 0;
}

static int kmod_priority(struct linx_engine *e, const struct linx_priority *p)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_priority u = *p;
	int ret;

	if (!(k->info.features & LINX_FEAT_PRIORITY))
		return linx_fail(&e->err, -EOPNOTSUPP, "the module has priority calls of its own alone; update the module");
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_PRIORITY, &u);
	return ret < 0 ? fail_ioctl(k, ret, "set the priority calls") : 0;
}

static int kmod_pids(struct linx_engine *e, const int *pids, unsigned int n, bool remove)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_pids p = {
		.size = sizeof(p),
		.flags = remove ? LINX_PID_REMOVE : 0,
		.pids = (uintptr_t)pids,
		.count = n,
	};
	int ret = linx_kmod_ioctl(k->fd, LINX_IOC_PIDS, &p);

	if (ret < 0)
		return fail_ioctl(k, ret,
				  remove ? "take a process off the list" : "list a process");
	k->listed = LINX_LISTED_SOME;
	epoll_watch(k, EPOLL_CTL_MOD);
	return 0;
}

static int kmod_inherit(struct linx_engine *e, const struct linx_engine *from)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_inherit u = {
		.size = sizeof(u),
		.session = ((const struct linx_engine_kmod *)from)->fd,
	};
	int ret;

	if (!(k->info.features & LINX_FEAT_INHERIT))
		return linx_fail(&e->err, -EOPNOTSUPP, "the module cannot take over a list of processes; update the module");
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_INHERIT, &u);
	if (ret < 0)
		return fail_ioctl(k, ret, "take over a list of processes");
	k->listed = LINX_LISTED_SOME;
	epoll_watch(k, EPOLL_CTL_MOD);
	return 0;
}

static int kmod_listed(struct linx_engine *e)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_counters c = { .size = sizeof(c) };
	int ret = linx_kmod_ioctl(k->fd, LINX_IOC_COUNTERS, &c);

	return ret < 0 ? fail_ioctl(k, ret, "read the counters") : (int)c.listed;
}

/*
 * Recorder: freezes the half (one of the two areas of each ring) that is being written, and reads it next; keep: reads
 * it after the half that is being read.
 */
static int flush(struct linx_engine_kmod *k, bool keep)
{
	struct linx_flush f = { .size = sizeof(f) };
	struct linx_counters c;
	int ret;

	for (unsigned int i = 0; !keep && i < k->nlanes; i++)
		k->missed[i] += linx_ring_count(&k->rings[i], true);
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_FLUSH, &f);
	if (ret < 0)
		return fail_ioctl(k, ret, "dump");
	ret = read_counters(k, false, &c);
	if (ret)
		return ret;
	for (unsigned int i = 0; i < k->nlanes; i++) {
		ret = k->rings[i].prod ? linx_ring_take(&k->rings[i], f.half, k->cpus[i].next_seq, keep) : 0;
		if (ret)
			return linx_fail(&k->e.err, ret,
					 "CPU %u: the positions of its ring make no sense", i);
	}
	return 0;
}

static int kmod_dump(struct linx_engine *e)
{
	struct linx_engine_kmod *k = to_kmod(e);
	int ret;

	if (!k->recorder)
		return linx_fail(&e->err, -EOPNOTSUPP, "only a flight recorder can be dumped");
	if (k->stopped)
		return 0;
	ret = flush(k, false);
	return ret || !k->snapshots ? ret : linx_kmod_snapshot(k, SNAP_OF_DUMP_MS);
}

static int kmod_stop(struct linx_engine *e)
{
	struct linx_engine_kmod *k = to_kmod(e);
	int ret;

	if ((k->stopped && k->stop_ns) || !k->started) {
		k->stopped = true;
		return 0;
	}
	linx_canary_stop(e->canary);
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_STOP, NULL);
	if (ret < 0 && !k->stopped)
		return fail_ioctl(k, ret, "stop");
	k->stopped = true;
	if (!linx_kmod_read_clock(k))
		k->stop_ns = k->clock.realtime;
	/*
	 * A stopped session writes nothing: the half of an earlier dump stays readable, and the other half is stored
	 * to be read after it.
	 */
	return k->recorder ? flush(k, true) : 0;
}

/* Stops a session whose start failed in its last step. Returns code and keeps its error text. */
static int not_started(struct linx_engine_kmod *k, int code)
{
	struct linx_error err = k->e.err;

	kmod_stop(&k->e);
	k->e.err = err;
	return code;
}

static int kmod_start(struct linx_engine *e)
{
	struct linx_engine_kmod *k = to_kmod(e);
	int ret;

	if (k->stopped)
		return linx_fail(&e->err, -EINVAL, "stopped: to record again, open another source");
	if (k->started)
		return linx_fail(&e->err, -EALREADY, "already started");
	ret = linx_kmod_read_clock(k);
	if (ret < 0)
		return ret;
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_START, NULL);
	if (ret == -EPERM || ret == -EACCES)
		return linx_fail(
			&e->err, ret,
			LINX_DEVICE
			": no permission to start; run as root, or with CAP_PERFMON and CAP_SYS_PTRACE");
	if (ret < 0)
		return fail_ioctl(k, ret, e->protos.n ? "start with these probes" : "start");
	k->started = true;
	k->start_ns = k->clock.realtime;
	/* A flight recorder takes a snapshot at each dump instead. */
	ret = k->snapshots && !k->recorder ? linx_kmod_snapshot(k, SNAP_BEFORE_MS) : 0;
	if (!ret && linx_canary_start(e->canary))
		ret = linx_fail(&e->err, -EAGAIN, "cannot start a thread for canaries");
	return ret ? not_started(k, ret) : 0;
}

static int kmod_seal(struct linx_engine *e)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_seal u = { .size = sizeof(u), .flags = k->snapshots ? LINX_SEAL_SNAPSHOT : 0 };
	int ret;

	if (!(k->info.features & LINX_FEAT_SEAL))
		return linx_fail(&k->e.err, -EOPNOTSUPP, "the module cannot seal a session; update the module");
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_SEAL, &u);
	return ret < 0 ? fail_ioctl(k, ret, "seal the session") : 0;
}

/* Sets the error for a probe that the module refused. */
static int probe_refused(struct linx_engine_kmod *k, const struct linx_probe_plan *plan, int code)
{
	if (plan->kind == LINX_PROBE_TRACEPOINT && (code == -ENOSYS || code == -EOPNOTSUPP))
		return linx_fail(&k->e.err, code, "probe %s: the module cannot record a tracepoint's fields: use rawtp:NAME, with its arguments",
				 plan->proto->spec);
	return linx_probe_refused(plan->proto->spec, code, &k->e.err);
}

static int kmod_probe(struct linx_engine *e, const struct linx_probe_plan *plan, const struct linx_probe_opts *opts)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_probe u = {
		.size = sizeof(u),
		.flags = (opts->priority ? LINX_PROBE_PRIORITY : 0) | (plan->one ? LINX_PROBE_ONE : 0),
		.kind = plan->kind,
		.number = plan->proto->number,
		.name = (uintptr_t)plan->name,
		.name_len = (uint32_t)strlen(plan->name),
		.nsteps = plan->nsteps,
		.offset = plan->kind == LINX_PROBE_TRACEPOINT ? plan->tp_id : plan->offset,
		.steps = (uintptr_t)plan->steps,
		.sample = opts->sample,
		.program = plan->nprogram ? (uintptr_t)plan->program : 0,
		.program_len = plan->nprogram,
	};
	int ret;

	if (!(k->info.features & LINX_FEAT_PROBES))
		return linx_fail(&e->err, -EOPNOTSUPP, "probe %s: this module has no probes; update the module", plan->proto->spec);
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_PROBE, &u);
	return ret < 0 ? probe_refused(k, plan, ret) : 0;
}

static int kmod_probe_counts(struct linx_engine *e, uint32_t first, uint32_t n, struct linx_probe_counters *to)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_probe_counts u = { .size = sizeof(u), .first = first, .count = n, .counters = (uintptr_t)to };
	int ret;

	memset(to, 0, n * sizeof(*to));
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_PROBE_COUNTERS, &u);
	return ret < 0 ? fail_ioctl(k, ret, "read the counters of probes") : 0;
}

static int kmod_deny(struct linx_engine *e, const struct linx_deny *set)
{
	struct linx_engine_kmod *k = to_kmod(e);

	if (!(k->info.features & LINX_FEAT_DENY))
		return linx_fail(&e->err, -EOPNOTSUPP, "this module cannot refuse; update the module");
	return linx_kmod_deny(k->fd, set, &e->err);
}

static int kmod_deny_counts(struct linx_engine *e, bool before, uint32_t first, uint32_t n, struct linx_deny_counters *to)
{
	struct linx_engine_kmod *k = to_kmod(e);
	struct linx_deny_counts u = { .size = sizeof(u), .first = first, .count = n, .counters = (uintptr_t)to };
	int ret;

	u.flags = before ? LINX_DENY_COUNTS_BEFORE : 0;
	memset(to, 0, n * sizeof(*to));
	ret = linx_kmod_ioctl(k->fd, LINX_IOC_DENY_COUNTERS, &u);
	return ret < 0 ? fail_ioctl(k, ret, "read the counters of rules") : 0;
}

static int kmod_deny_list(struct linx_engine *e, struct linx_denied *to)
{
	return linx_kmod_deny_list(to_kmod(e)->fd, LINX_DENY_LIST_OWN, 0, to, &e->err);
}

static int kmod_deny_fd(struct linx_engine *e)
{
	return to_kmod(e)->fd;
}

static const struct linx_engine_ops kmod_ops = {
	.close = kmod_close,
	.header = kmod_header,
	.clock = kmod_clock,
	.nlanes = kmod_nlanes,
	.peek = kmod_peek,
	.advance = kmod_advance,
	.floor = kmod_floor,
	.wait = kmod_wait,
	.fd = kmod_fd,
	.account = kmod_account,
	.now = kmod_now,
	.select = kmod_select,
	.filter = kmod_filter,
	.sample = kmod_sample,
	.budget = kmod_budget,
	.priority = kmod_priority,
	.pids = kmod_pids,
	.inherit = kmod_inherit,
	.listed = kmod_listed,
	.start = kmod_start,
	.stop = kmod_stop,
	.dump = kmod_dump,
	.seal = kmod_seal,
	.probe = kmod_probe,
	.probe_counts = kmod_probe_counts,
	.deny = kmod_deny,
	.deny_counts = kmod_deny_counts,
	.deny_list = kmod_deny_list,
	.deny_fd = kmod_deny_fd,
};

static int alloc_lanes(struct linx_engine_kmod *k, struct linx_error *err)
{
	k->nlanes = k->info.cpus;
	k->rings = calloc(k->nlanes, sizeof(*k->rings));
	k->missed = calloc(k->nlanes, sizeof(*k->missed));
	k->unread = calloc(k->nlanes, sizeof(*k->unread));
	k->cpus = calloc(k->nlanes, sizeof(*k->cpus));
	k->calls = calloc(LINX_NCALLS, sizeof(*k->calls));
	if (!k->rings || !k->missed || !k->unread || !k->cpus || !k->calls)
		return linx_fail(err, -ENOMEM, "out of memory");
	return 0;
}

/*
 * Makes the state of canaries, which are calls that must be counted, if the caller wants canaries. Sessions that record
 * the reader or only count have none, and an older module does not count them.
 */
static int make_canary(struct linx_engine_kmod *k, const struct linx_live_opts *o, struct linx_error *err)
{
	if (!o->canary || o->include_self || k->counts || !(k->info.features & LINX_FEAT_CANARY))
		return 0;
	return linx_canary_new(k->nlanes, &k->e.canary) ? linx_fail(err, -ENOMEM, "out of memory") : 0;
}

static int kmod_open(const struct linx_engine_opts *opts, struct linx_engine **out, struct linx_error *err)
{
	struct linx_engine_kmod *k = calloc(1, sizeof(*k));
	int ret;

	if (!k)
		return linx_fail(err, -ENOMEM, "out of memory");
	k->e.ops = &kmod_ops;
	k->fd = k->clock_fd = k->epoll_fd = k->more_fd = -1;
	ret = linx_kmod_setup(k, opts->live, err);
	if (!ret)
		ret = alloc_lanes(k, err);
	if (!ret)
		ret = make_canary(k, opts->live, err);
	if (!ret && k->counts)
		ret = make_sampled(k, err);
	if (!ret)
		ret = linx_kmod_map_rings(k, err);
	if (!ret) {
		ret = linx_kmod_read_clock(k);
		if (ret && err)
			*err = k->e.err;
	}
	if (ret) {
		kmod_close(&k->e);
		return ret;
	}
	linx_kmod_watch_clock(k);
	*out = &k->e;
	return 0;
}

const struct linx_engine_type linx_engine_type_kmod = {
	.info = { .name = "kmod", .text = "the kernel module linx", .live = true },
	.open = kmod_open,
};
