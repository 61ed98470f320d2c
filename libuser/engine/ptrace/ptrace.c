// SPDX-License-Identifier: LGPL-2.1-or-later
/* Settings, account and operations of the engine that traces with ptrace(2): see engine/ptrace/ptrace.h. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/deadline.h"
#include "engine/header.h"
#include "engine/live.h"
#include "engine/ptrace/filter.h"
#include "engine/ptrace/overruled.h"
#include "engine/ptrace/ptrace.h"
#include "engine/ring.h"

/* Longest sleep, in ms. A tracee may end unseen, and another thread of the caller may take the signal of a stop. */
#define LOOK_MS 200
/*
 * Longest sleep, in ms, if there are no tracees: no stop can come, and the caller may learn elsewhere that the command
 * has ended.
 */
#define NOBODY_MS 1

void linx_ptrace_relate_clocks(struct linx_engine_ptrace *p)
{
	linx_live_relate_clocks(&p->clock, linx_emit_now(p));
	p->e.clock_gen++;
}

/* ---- reading ------------------------------------------------------------------------- */

static void ptrace_close(struct linx_engine *e)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);

	linx_tracer_release(p);
	linx_rows_free(p->rows);
	linx_header_free(&p->header);
	linx_lane_free(&p->lane);
	linx_pending_free(&p->pending);
	linx_outside_free(&p->outside);
	linx_aside_free(&p->aside);
	linx_snap_free_data(&p->e.tampers);
	if (p->signal_fd >= 0)
		close(p->signal_fd);
	free(p->dying.tids);
	free(p->leaders.tids);
	free(p->unmet.children);
	free(p->calls);
	free(p);
}

static const struct linx_header *ptrace_header(struct linx_engine *e)
{
	return &linx_to_ptrace(e)->header;
}

static const struct linx_clock *ptrace_clock(struct linx_engine *e)
{
	return &linx_to_ptrace(e)->clock;
}

static unsigned int ptrace_nlanes(struct linx_engine *e)
{
	(void)e;
	return 1;
}

static int ptrace_peek(struct linx_engine *e, unsigned int lane, struct linx_chunk *c)
{
	static const uint64_t nothing;
	struct linx_engine_ptrace *p = linx_to_ptrace(e);

	*c = (struct linx_chunk){ .len = 0 };
	if (lane)
		return 0;
	c->data = linx_lane_front(&p->lane, &c->len);
	if (!c->len)
		c->data = (const uint8_t *)&nothing;
	return 0;
}

static void ptrace_advance(struct linx_engine *e, unsigned int lane, size_t len)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);
	size_t there;
	const uint8_t *data = linx_lane_front(&p->lane, &there);

	if (lane || !len)
		return;
	p->consumed += linx_count_records(data, len);
	linx_lane_consume(&p->lane, len);
}

static int ptrace_floor(struct linx_engine *e, uint64_t *floor)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);

	*floor = p->stopped ? UINT64_MAX : linx_emit_now(p);
	return 0;
}

static bool has_data(const struct linx_engine_ptrace *p)
{
	size_t len;

	linx_lane_front(&p->lane, &len);
	return len > 0;
}

/* True if the reader is to be woken: enough records have gathered, or the oldest one has waited long enough. */
static bool is_due(struct linx_engine_ptrace *p)
{
	size_t len;
	const uint8_t *data = linx_lane_front(&p->lane, &len);

	return len && (len >= p->e.gather || linx_emit_now(p) - ((const struct linx_rec *)data)->time >= LINX_GATHER_NS);
}

/* Empties the signalfd that is readable when a tracee has stopped. false: it was empty. */
static bool drain_signal_fd(const struct linx_engine_ptrace *p)
{
	struct signalfd_siginfo info[4];
	bool ready = false;
	ssize_t n;

	if (p->signal_fd < 0)
		return false;
	do {
		n = read(p->signal_fd, info, sizeof(info));
		ready |= n > 0;
	} while (n == sizeof(info));
	return ready;
}

/*
 * Handles all present stops. The descriptor is emptied only when there is no stop left, and the stops are
 * checked again afterwards: a stop in between would not wake a caller that polls the descriptor.
 */
static void look_for_stops(struct linx_engine_ptrace *p)
{
	while (!linx_tracer_step(p) && drain_signal_fd(p))
		;
}

/*
 * Signal masks of a wait, with SIGCHLD blocked: no handler for it runs, and its arrival reports a stop. old: the
 * caller's own mask.
 */
struct wait {
	sigset_t set, old;
	bool takes; /* the wait consumes the signal, so the caller does not handle it */
};

static void wait_begin(struct wait *w)
{
	struct sigaction act;

	sigemptyset(&w->set);
	sigaddset(&w->set, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &w->set, &w->old);
	w->takes = sigismember(&w->old, SIGCHLD);
	if (!w->takes)
		w->takes = !sigaction(SIGCHLD, NULL, &act) && act.sa_handler == SIG_DFL;
}

static void wait_end(const struct wait *w)
{
	if (!sigismember(&w->old, SIGCHLD))
		pthread_sigmask(SIG_SETMASK, &w->old, NULL);
}

/* Sleeps until a tracee stops, another signal arrives, or "ms" milliseconds have passed. 0: check again; -EINTR. */
static int sleep_for_stop(const struct wait *w, int ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	if (w->takes)
		return sigtimedwait(&w->set, NULL, &ts) < 0 && errno == EINTR ? -EINTR : 0;
	return ppoll(NULL, 0, &ts, &w->old) < 0 ? -EINTR : 0;
}

/*
 * True if a stop is likely within microseconds: the caller polls again instead of sleeping. The function has then let a
 * fraction of a microsecond pass.
 */
static bool looks_again(struct linx_engine_ptrace *p, struct linx_deadline *d)
{
	if (!p->ntracees || !linx_deadline_left(d) || !linx_spin_again(&p->spin, linx_clock_ns(CLOCK_MONOTONIC)))
		return false;
	linx_spin_idle();
	return true;
}

/*
 * Handles stops until records are due. Without tracees no more records will come, so those that have gathered are
 * due at once.
 */
static int wait_for_data(struct linx_engine_ptrace *p, const struct wait *w, struct linx_deadline *d)
{
	bool slept = false;
	unsigned int n;
	int left, rc = 0;

	for (;;) {
		n = linx_tracer_step(p);
		if (n)
			linx_spin_end(&p->spin, linx_clock_ns(CLOCK_MONOTONIC));
		if (p->e.tampers.len)
			return -EAGAIN;
		if (is_due(p) || (!p->ntracees && has_data(p)))
			return 1;
		if (rc && !n)
			return rc;
		if (!n && looks_again(p, d))
			continue;
		if (!n && slept)
			linx_tracer_scan(p);
		left = linx_deadline_left(d);
		if (!left || is_due(p))
			return has_data(p);
		slept = !n;
		if (!n && !p->ntracees && left > 0)
			return sleep_for_stop(w, NOBODY_MS);
		rc = n ? 0 : sleep_for_stop(w, left < 0 || left > LOOK_MS ? LOOK_MS : left);
	}
}

static int ptrace_wait(struct linx_engine *e, int timeout_ms)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);
	struct linx_deadline d = { .timeout_ms = timeout_ms };
	struct wait w;
	int rc;

	if (p->stopped)
		return has_data(p) ? 1 : -ENODATA;
	if (!timeout_ms) {
		look_for_stops(p);
		return has_data(p);
	}
	wait_begin(&w);
	rc = wait_for_data(p, &w, &d);
	wait_end(&w);
	return rc;
}

static int ptrace_command(struct linx_engine *e, struct sock_filter *filter, unsigned int room)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);
	int n;

	/*
	 * Children of the command inherit the filter: if they are not traced, calls at which the filter stops would
	 * fail.
	 */
	if (p->stopped || !(p->filter.flags & LINX_FILTER_FOLLOW) || linx_overruled_from_start())
		return 0;
	n = linx_ptrace_filter(p, filter, room);
	p->filter_made |= n > 0;
	return n;
}

static int ptrace_fd(struct linx_engine *e)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);
	sigset_t set;

	if (p->signal_fd >= 0)
		return p->signal_fd;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	p->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return p->signal_fd < 0 ? -errno : p->signal_fd;
}

static int ptrace_account(struct linx_engine *e, bool all, struct linx_account *a)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);

	p->counters.next_seq = p->seq;
	p->counters.flags = LINX_CPU_RING;
	p->unread = p->counters.committed - p->consumed;
	*a = (struct linx_account){
		.known = true,
		.disorder = p->unreported,
		.ncpus = 1,
		.cpus = &p->counters,
		.calls = all ? p->calls : NULL,
		.unread = &p->unread,
		.start_ns = p->start_ns,
		.stop_ns = p->stop_ns,
		.uring_missed = p->header.info.uring_missed,
	};
	return 0;
}

/* ---- settings ------------------------------------------------------------------------ */

static int ptrace_now(struct linx_engine *e, uint64_t *now)
{
	*now = linx_emit_now(linx_to_ptrace(e));
	return 0;
}

/* True if sel is a subset of all. */
static bool is_part(const struct linx_select *sel, const struct linx_select *all)
{
	for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++)
		for (unsigned int w = 0; w < LINX_NR_WORDS; w++)
			if (sel->enter[abi][w] & ~all->enter[abi][w] || sel->exit[abi][w] & ~all->exit[abi][w])
				return false;
	return true;
}

/* Changes the selection. A starting command stops only at the calls that its filter was made for. */
static int ptrace_select(struct linx_engine *e, const struct linx_select *sel)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);

	if (!p->nfiltered)
		p->stops = *sel;
	else if (!is_part(sel, &p->stops))
		return linx_fail(&e->err, -EBUSY, "engine ptrace: the command's filter stands: calls are selected before it starts");
	p->select = *sel;
	return 0;
}

/*
 * Sets the filter. This engine does not evaluate a condition that is a classic BPF program: the library evaluates it
 * for each event.
 */
static int ptrace_filter(struct linx_engine *e, const struct linx_filter *f)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);

	p->filter = *f;
	p->filter.flags &= ~(uint32_t)(LINX_FILTER_PREDICATE | LINX_FILTER_CGROUPS);
	return 0;
}

static int ptrace_pids(struct linx_engine *e, const int *pids, unsigned int n, bool remove)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);
	int rc = 0;

	for (unsigned int i = 0; !rc && i < n; i++) {
		if (remove)
			linx_tracer_detach(p, pids[i]);
		else
			rc = linx_tracer_attach(p, pids[i]);
	}
	return rc;
}

/* Takes over all tracees of another engine: a task can have one tracer only. */
static int ptrace_inherit(struct linx_engine *e, const struct linx_engine *from)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e), *other = linx_to_ptrace((struct linx_engine *)from);

	if (p->ntracees)
		return linx_fail(&e->err, -EBUSY, "engine ptrace: it has tracees of its own already");
	linx_tracer_inherit(p, other);
	return 0;
}

static int ptrace_listed(struct linx_engine *e)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);

	linx_tracer_step(p);
	linx_tracer_scan(p);
	return (int)linx_tracer_count(p);
}

static int ptrace_start(struct linx_engine *e)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);

	if (p->stopped)
		return linx_fail(&e->err, -EINVAL, "stopped: to record again, open another source");
	if (p->started)
		return linx_fail(&e->err, -EALREADY, "already started");
	if (!(p->filter.flags & LINX_FILTER_PIDS))
		return linx_fail(
			&e->err, -EOPNOTSUPP,
			"engine ptrace: it traces commands (-- CMD) and processes (-p PID); the whole machine needs the module or engine bpf");
	linx_ptrace_relate_clocks(p);
	p->start_ns = p->clock.realtime;
	p->started = true;
	return linx_tracer_interrupt(p);
}

static int ptrace_stop(struct linx_engine *e)
{
	struct linx_engine_ptrace *p = linx_to_ptrace(e);

	if (p->stopped)
		return 0;
	p->stopped = true;
	linx_tracer_release(p);
	linx_ptrace_relate_clocks(p);
	if (p->started)
		p->stop_ns = p->clock.realtime;
	return 0;
}

const struct linx_engine_ops linx_ptrace_ops = {
	.close = ptrace_close,
	.header = ptrace_header,
	.clock = ptrace_clock,
	.nlanes = ptrace_nlanes,
	.peek = ptrace_peek,
	.advance = ptrace_advance,
	.floor = ptrace_floor,
	.wait = ptrace_wait,
	.fd = ptrace_fd,
	.account = ptrace_account,
	.now = ptrace_now,
	.command = ptrace_command,
	.select = ptrace_select,
	.filter = ptrace_filter,
	.pids = ptrace_pids,
	.inherit = ptrace_inherit,
	.listed = ptrace_listed,
	.start = ptrace_start,
	.stop = ptrace_stop,
};
