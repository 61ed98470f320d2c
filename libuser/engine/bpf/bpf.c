// SPDX-License-Identifier: LGPL-2.1-or-later
/* The running eBPF engine: reading its rings, waiting for records, and the account. See engine/bpf/bpf.h. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline.h"
#include "engine/bpf/bpf.h"
#include "engine/canary.h"
#include "engine/header.h"
#include "engine/live.h"

/* Limit of the checks whether a program is still at work on a CPU; floor_of() then stops waiting for that program. */
#define LOOKS_MAX 1000

uint64_t linx_bpf_now(void)
{
	return linx_clock_ns(CLOCK_MONOTONIC);
}

void linx_bpf_relate_clocks(struct linx_engine_bpf *b)
{
	linx_live_relate_clocks(&b->clock, linx_bpf_now());
	b->e.clock_gen++;
}

void linx_bpf_watch_clock(struct linx_engine_bpf *b)
{
	/* The timer never expires: it is cancelled when the clock is set or the machine resumes. */
	const struct itimerspec never = { .it_value.tv_sec = INT64_MAX / 1000000000 };

	if (b->clock_fd < 0)
		b->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (b->clock_fd >= 0)
		timerfd_settime(b->clock_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

static void bpf_close(struct linx_engine *e)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	const int fds[] = { b->clock_fd, b->timer_fd, b->epoll_fd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (b->wake)
		b->lib.ring_buffer__free(b->wake);
	linx_bpf_snapshot_end(b);
	linx_aside_free(&b->aside);
	linx_snap_free_data(&b->e.snap);
	linx_snap_free_data(&b->e.tampers);
	linx_canary_free(e->canary); /* frees the canaries before the pages in which they are counted are unmapped */
	linx_bpf_probes_free(b);
	linx_protos_free(&e->protos);
	linx_bpf_unload(b);
	linx_libbpf_close(&b->lib);
	linx_rows_free(b->rows);
	linx_header_free(&b->header);
	free(b->ring_fds);
	free(b->rings);
	free(b->counters);
	free(b->calls);
	free(b->missed);
	free(b->unread);
	free(b->skipped);
	free(b->sampled);
	free(b->sampled_calls);
	free(b->every);
	free(b);
}

static const struct linx_header *bpf_header(struct linx_engine *e)
{
	return &linx_to_bpf(e)->header;
}

static const struct linx_clock *bpf_clock(struct linx_engine *e)
{
	return &linx_to_bpf(e)->clock;
}

static unsigned int bpf_nlanes(struct linx_engine *e)
{
	return linx_to_bpf(e)->ncpus;
}

/* ---- reading ---------------------------------------------------------------------- */

static int bpf_peek(struct linx_engine *e, unsigned int lane, struct linx_chunk *c)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	struct linx_ring_reader *r = &b->rings[lane];
	int rc;

	*c = (struct linx_chunk){ .len = 0 };
	if (!r->prod)
		return 0;
	rc = linx_bpf_records_over(b) ? linx_ring_peek_frozen(r, c) : linx_ring_peek(r, c);
	return rc ? linx_fail(&e->err, rc, "CPU %u: the positions of its ring make no sense", lane) : 0;
}

static void bpf_advance(struct linx_engine *e, unsigned int lane, size_t len)
{
	linx_ring_advance(&linx_to_bpf(e)->rings[lane], len);
	linx_canary_wake(e->canary);
}

/*
 * Returns a lower bound for the times of a CPU's future records: now, or, if a program is at work there and does not
 * end soon, the time of the CPU's last record.
 */
static uint64_t floor_of(const struct linx_bpf_cpu *c, uint64_t now)
{
	uint64_t begun = __atomic_load_n(&c->begun, __ATOMIC_SEQ_CST);

	for (unsigned int i = 0; begun & LINX_BPF_AT_WORK && i < LOOKS_MAX; i++) {
		if (linx_bpf_have_ended(begun, __atomic_load_n(&c->begun, __ATOMIC_SEQ_CST)))
			return now;
		sched_yield();
	}
	return begun & LINX_BPF_AT_WORK ? c->prod.last_time : now;
}

static int bpf_floor(struct linx_engine *e, uint64_t *floor)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	uint64_t now, one;

	*floor = UINT64_MAX;
	if (b->stopped || linx_bpf_records_over(b))
		return 0;
	now = linx_bpf_now();
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i < b->ncpus; i++) {
		one = floor_of(linx_bpf_cpu(b, i), now);
		*floor = one < *floor ? one : *floor;
	}
	return 0;
}

static bool anything_left(const struct linx_engine_bpf *b)
{
	const struct linx_ring_reader *r;
	uint64_t head;

	for (unsigned int i = 0; i < b->ncpus; i++) {
		r = &b->rings[i];
		if (!r->prod)
			continue;
		head = linx_bpf_records_over(b) ? r->now.head : linx_pos_load(&r->prod->half[0].head);
		if (head != r->now.tail)
			return true;
	}
	return false;
}

/* ---- waiting ---------------------------------------------------------------------- */

static void clock_was_set(struct linx_engine_bpf *b)
{
	uint64_t ticks;

	if (b->clock_fd >= 0 && (read(b->clock_fd, &ticks, sizeof(ticks)) >= 0 || errno == ECANCELED)) {
		linx_bpf_watch_clock(b);
		linx_bpf_relate_clocks(b);
	}
}

/*
 * Repairs the states of tasks after context records, which describe tasks, were lost: takes a snapshot of the tasks, or
 * makes each task get a new context record with its next event.
 */
static int look_for_loss(struct linx_engine_bpf *b)
{
	uint64_t lost = 0;

	for (unsigned int i = 0; i < b->ncpus; i++)
		lost += __atomic_load_n(&linx_bpf_cpu(b, i)->lost_context, __ATOMIC_RELAXED) +
			__atomic_load_n(&linx_bpf_cpu(b, i)->missed_context, __ATOMIC_RELAXED);
	if (lost == b->lost_context || linx_bpf_records_over(b))
		return 0;
	b->lost_context = lost;
	if (b->snapshots)
		return linx_bpf_snapshot(b, 0);
	for (size_t i = 0; i < linx_bpf_seen_size(b) / sizeof(*b->seen); i++)
		if (i % (2 * b->seen_words) < b->seen_words)
			__atomic_store_n(&b->seen[i], 0, __ATOMIC_RELAXED);
	return 0;
}

static void arm(const struct linx_engine_bpf *b)
{
	for (unsigned int i = 0; i < b->ncpus; i++)
		__atomic_store_n(&linx_bpf_reader(b, i)->armed, 1, __ATOMIC_SEQ_CST);
}

static bool past_watermark(const struct linx_engine_bpf *b)
{
	for (unsigned int i = 0; i < b->ncpus; i++)
		if (b->rings[i].prod && linx_pos_load(&b->rings[i].prod->half[0].head) - b->rings[i].now.tail >=
						b->config.watermark)
			return true;
	return false;
}

/* Sleeps until a ring is filled to the watermark, or "ms" milliseconds have passed. 0 or -EINTR. */
static int sleep_for_wake(struct linx_engine_bpf *b, int ms)
{
	struct pollfd p[3] = {
		{ .fd = b->lib.ring_buffer__epoll_fd(b->wake), .events = POLLIN },
		{ .fd = b->clock_fd, .events = POLLIN },
		{ .fd = linx_canary_fd(b->e.canary), .events = POLLIN },
	};

	if (!linx_bpf_records_over(b)) {
		arm(b);
		if (past_watermark(b))
			return 0;
	}
	if (poll(p, 3, ms) < 0)
		return -EINTR;
	if (p[0].revents)
		b->lib.ring_buffer__consume(b->wake);
	if (p[1].revents)
		clock_was_set(b);
	return 0;
}

/*
 * True if the list of processes to record has become empty, but only in the first two calls: after the first, wait
 * returns 1, so that all present records are read; after the second, it returns 0.
 */
static bool nobody_listed(struct linx_engine_bpf *b)
{
	if (!b->lists || !b->started || b->reported == 2 || __atomic_load_n(&b->control->listed, __ATOMIC_ACQUIRE) > 0)
		return false;
	b->reported++;
	return true;
}

/*
 * Returns the result of wait after the stop. If a flight recorder was stopped while a dump was being read, the other
 * half (ring) of each CPU is read next.
 */
static int stopped_result(struct linx_engine_bpf *b)
{
	if (anything_left(b))
		return 1;
	for (unsigned int i = 0; linx_bpf_records_over(b) && i < b->ncpus; i++)
		linx_ring_reader_yield(&b->rings[i]);
	return anything_left(b) ? 1 : -ENODATA;
}

/*
 * Returns the milliseconds of one sleep. A flight recorder has no records to read before a dump: it wakes up only to
 * check the list of processes and unfinished HTTP headers.
 */
static int slice_of(const struct linx_engine_bpf *b, int left)
{
	if (linx_bpf_records_over(b) && !b->lists && !(b->config.flags & LINX_BPF_HTTP))
		return left;
	return left < 0 || left > (int)b->delay_ms ? (int)b->delay_ms : left;
}

static int bpf_wait(struct linx_engine *e, int timeout_ms)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	struct linx_deadline d = { .timeout_ms = timeout_ms };
	uint64_t ticks;
	int left, rc;

	for (unsigned int i = 0; i < b->ncpus; i++)
		linx_ring_publish(&b->rings[i]);
	if (b->timer_fd >= 0 && read(b->timer_fd, &ticks, sizeof(ticks)) < 0)
		ticks = 0;
	if (b->stopped)
		return stopped_result(b);
	/* A signal that arrived during a step of a snapshot was not noticed by the step: the caller checks for it. */
	if (e->worked)
		return -EAGAIN;
	rc = b->snapshot ? linx_bpf_snapshot_step(b) : look_for_loss(b);
	if (rc)
		return rc;
	if (e->worked || (linx_bpf_records_over(b) && anything_left(b)))
		return 1;
	linx_bpf_http_sweep(b);
	for (;;) {
		/*
		 * Sleeps even with no time left: this checks the clock, and arms the wake-up for a caller that polls
		 * linx_fd().
		 */
		left = linx_deadline_left(&d);
		rc = sleep_for_wake(b, slice_of(b, left));
		if (linx_canary_has_news(e->canary))
			return -EAGAIN;
		if (!left)
			return anything_left(b);
		if (nobody_listed(b))
			return b->reported == 1;
		if (anything_left(b))
			return 1;
		if (rc)
			return rc;
	}
}

/* Returns the descriptor for poll(). A timer makes it readable for records that wait for the watermark. */
static int bpf_fd(struct linx_engine *e)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	const struct timespec delay = { b->delay_ms / 1000, b->delay_ms % 1000 * 1000000L };
	const struct itimerspec often = { .it_interval = delay, .it_value = delay };
	struct epoll_event ev = { .events = EPOLLIN };

	if (b->epoll_fd >= 0)
		return b->epoll_fd;
	if (b->timer_fd < 0)
		b->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	b->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (b->timer_fd < 0 || b->epoll_fd < 0)
		return -errno;
	timerfd_settime(b->timer_fd, 0, &often, NULL);
	epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, b->timer_fd, &ev);
	epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, b->lib.ring_buffer__epoll_fd(b->wake), &ev);
	if (b->clock_fd >= 0)
		epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, b->clock_fd, &ev);
	if (e->canary)
		epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, linx_canary_fd(e->canary), &ev);
	return b->epoll_fd;
}

/* ---- the account -------------------------------------------------------------------- */

static void count_cpu(const struct linx_engine_bpf *b, unsigned int cpu)
{
	const struct linx_bpf_cpu *c = linx_bpf_cpu(b, cpu);
	struct linx_cpu_counters *to = &b->counters[cpu];
	/* records that nested programs lost and that have no sequence numbers yet */
	uint64_t nested = c->nested - c->nested_folded;

	*to = (struct linx_cpu_counters){
		.filtered = c->filtered,
		.selected = c->selected + nested,
		.committed = c->committed + c->plain,
		.overwritten = c->overwritten,
		.lost_context = c->lost_context + c->missed_context,
		.next_seq = c->selected + nested,
		.bytes = c->prod.half[0].head + c->prod.half[1].head - c->gap_bytes,
		.wakeups = c->wakeups,
		.flags = b->rings[cpu].prod ? LINX_CPU_RING : 0,
	};
	memcpy(to->lost, c->lost, sizeof(to->lost));
	to->lost[LINX_LOST_NESTED] += nested;
	b->unread[cpu] = b->missed[cpu] + linx_ring_count(&b->rings[cpu], linx_bpf_records_over(b));
}

static void count_calls(const struct linx_engine_bpf *b)
{
	memset(b->calls, 0, LINX_NCALLS * sizeof(*b->calls));
	for (unsigned int cpu = 0; cpu < b->ncpus; cpu++) {
		const struct linx_bpf_count *n = b->counts + (size_t)cpu * LINX_NCALLS;

		for (unsigned int i = 0; i < LINX_NCALLS; i++) {
			b->calls[i].selected += n[i].selected;
			b->calls[i].lost += n[i].lost;
			b->calls[i].committed += n[i].selected - n[i].lost;
		}
	}
}

/*
 * Returns how many returns of a call a CPU has counted without a record, since they were sampled out or the session
 * only counts.
 */
static uint64_t counted_only(const struct linx_engine_bpf *b, unsigned int cpu, unsigned int key)
{
	if (!b->tallies)
		return b->rates[(size_t)cpu * LINX_NCALLS + key].sampled;
	return cpu < LINX_BPF_TALLY_ROWS ? __atomic_load_n(&b->tallies[linx_bpf_tally_at(cpu, key)], __ATOMIC_RELAXED) : 0;
}

/*
 * Sums up the events for which no record was to be made: by call in b->sampled_calls, by CPU in b->sampled. Returns
 * b->sampled; NULL: there are no such events. CPUs that share a row of tallies are counted as the first of them.
 */
static uint64_t *count_sampled(const struct linx_engine_bpf *b)
{
	uint64_t all = 0, n;

	memset(b->sampled_calls, 0, LINX_NCALLS * sizeof(*b->sampled_calls));
	for (unsigned int cpu = 0; cpu < b->ncpus; cpu++) {
		b->sampled[cpu] = 0;
		for (unsigned int key = 0; key < LINX_NCALLS; key++) {
			n = counted_only(b, cpu, key);
			b->sampled[cpu] += n;
			b->sampled_calls[key] += n;
		}
		all += b->sampled[cpu];
	}
	return all ? b->sampled : NULL;
}

/*
 * Returns how many program runs the kernel skipped because a preempted run of the same program had not ended. The
 * kernel counts them, but not by CPU or call.
 */
static uint64_t count_skipped(const struct linx_engine_bpf *b)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < LINX_BPF_PROGRAMS; i++) {
		struct bpf_prog_info info = { .type = 0 };
		__u32 len = sizeof(info);

		if (b->programs[i] && !b->lib.bpf_obj_get_info_by_fd(b->lib.bpf_program__fd(b->programs[i]), &info, &len))
			sum += info.recursion_misses;
	}
	return sum;
}

static int bpf_account(struct linx_engine *e, bool all, struct linx_account *a)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);

	for (unsigned int i = 0; i < b->ncpus; i++)
		count_cpu(b, i);
	if (all)
		count_calls(b);
	b->skipped[0] = all ? count_skipped(b) : 0;
	*a = (struct linx_account){
		.known = true,
		.ncpus = b->ncpus,
		.cpus = b->counters,
		.calls = all ? b->calls : NULL,
		.unread = b->unread,
		.skipped = b->skipped[0] ? b->skipped : NULL,
		.sampled = all ? count_sampled(b) : NULL,
		.sampled_calls = all ? b->sampled_calls : NULL,
		.start_ns = b->start_ns,
		.stop_ns = b->stop_ns,
		.http_dropped = b->control->http_dropped,
	};
	return 0;
}

static int bpf_now(struct linx_engine *e, uint64_t *now)
{
	(void)e;
	*now = linx_bpf_now();
	return 0;
}

const struct linx_engine_ops linx_bpf_ops = {
	.close = bpf_close,
	.header = bpf_header,
	.clock = bpf_clock,
	.nlanes = bpf_nlanes,
	.peek = bpf_peek,
	.advance = bpf_advance,
	.floor = bpf_floor,
	.wait = bpf_wait,
	.fd = bpf_fd,
	.account = bpf_account,
	.now = bpf_now,
	.select = linx_bpf_select,
	.filter = linx_bpf_filter,
	.sample = linx_bpf_sample,
	.budget = linx_bpf_budget,
	.priority = linx_bpf_priority,
	.pids = linx_bpf_pids,
	.inherit = linx_bpf_inherit,
	.listed = linx_bpf_listed,
	.start = linx_bpf_start,
	.stop = linx_bpf_stop,
	.dump = linx_bpf_dump,
	.probe = linx_bpf_probe,
	.probe_counts = linx_bpf_probe_counts,
};
