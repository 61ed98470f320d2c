// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The event loop. It moves events in batches, and flushes before it waits for more. Between two batches it checks
 * signals, the command, limits and losses.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include <linx/probe.h>

#include "trace/loop.h"
#include "base/notify.h"

/* Limit of empty waits in a row after linx_stop(): when it is reached, the end of the events will not come any more. */
#define DRAIN_WAITS 50
#define DRAIN_WAIT_MS 100
/*
 * Times for an engine that stops tasks: longest wait of a read for further events before the output is flushed, and
 * longest time without a flush.
 */
#define LINGER_MS 10
#define FLUSH_NS 50000000u
/* Longest wait if only processes on a list are recorded, after which linx_listed() checks them. See time_to_wait(). */
#define LOOK_NS 1000000000u

/* True if a signal interrupted a read (EINTR). The same error of a destination's write is a failure. */
static bool interrupted(const struct loop *p, int error)
{
	return error == -EINTR && !sink_broken(p->sink);
}

static enum end fail(struct loop *p, int error)
{
	if (error == -ENODATA && !sink_broken(p->sink))
		return END_DATA;
	if (sink_broken(p->sink) && error == -EPIPE)
		return END_PIPE;
	sink_explain(p->sink, error);
	return END_FAILURE;
}

static void look_at_signals(struct loop *p)
{
	if (!signals_take_news(p->signals) || !p->child)
		return;
	child_reap(p->child);
	if (signals_take_dump() && linx_dump(p->l))
		say("%s", linx_error_text(p->l));
}

/*
 * True if only the processes on the source's list are traced, and all of them have ended. The list can be empty before
 * the command is reaped, and the command can end before its descendants. Therefore the list and the command are both
 * checked.
 */
static bool all_ended(const struct loop *p)
{
	return p->lists && (!p->child->pid || p->child->ended) && linx_listed(p->l) == 0;
}

static int ms_until(uint64_t when, uint64_t now)
{
	uint64_t ms = when > now ? (when - now + 999999) / 1000000 : 0;

	return ms > 3600000 ? 3600000 : (int)ms;
}

/*
 * Returns the time to wait in ms: the wait, or the time until "when" if that is shorter. wait -1, when UINT64_MAX: no
 * limit.
 */
static int sooner(int wait, uint64_t when, uint64_t now)
{
	int until = when == UINT64_MAX ? -1 : ms_until(when, now);

	return until >= 0 && (wait < 0 || until < wait) ? until : wait;
}

static int time_to_wait(const struct loop *p, uint64_t now)
{
	int wait = sooner(-1, p->deadline_ns ? p->deadline_ns : UINT64_MAX, now);

	if (p->child && p->losses.dirty)
		wait = sooner(wait, p->losses.due_ns, now);
	wait = sooner(wait, p->beat_ns ? p->beat_due : UINT64_MAX, now);
	wait = sooner(wait, sink_due(p->sink), now);
	if (p->lists) /* a listed process can end without an event: linx_listed() finds that out */
		wait = sooner(wait, now + LOOK_NS, now);
	return sooner(wait, p->rotation ? rotation_due(p->rotation) : UINT64_MAX, now);
}

static void beat(struct loop *p, uint64_t now)
{
	if (!p->beat_ns || now < p->beat_due)
		return;
	p->beat_due = now + p->beat_ns;
	notify_say("WATCHDOG=1");
}

/*
 * Returns END_ROTATION if the next file is due, or END_LISTED if all processes have ended by then. Returns END_FAILURE
 * if there is no room for files.
 */
static enum end look_at_files(struct loop *p, uint64_t now)
{
	switch (rotation_look(p->rotation, p->sink, now)) {
	case ROTATION_STEP: /* the trace ends if all processes have ended: idle() checks that, but may not run again */
		return all_ended(p) ? END_LISTED : END_ROTATION;
	case ROTATION_STOP:
		return END_FAILURE;
	default:
		return END_NONE;
	}
}

/* Counts what probes have missed. */
static void count_missed(struct linx *l, struct metrics_more *to)
{
	struct linx_probe_account a;

	for (int i = linx_next_probe(l, 0); i >= 0; i = linx_next_probe(l, (uint32_t)i + 1)) {
		if (linx_get_probe_account(l, (uint32_t)i, &a) || !a.known)
			continue;
		to->missed += a.missed;
		to->at_least += a.at_least;
	}
}

void loop_publish(struct loop *p)
{
	struct metrics_more more = { .bytes = 0 };
	struct linx_counts now;

	if (!p->metrics)
		return;
	if (!linx_get_counts(p->l, &now))
		p->counts = now;
	more.bytes = sink_bytes(p->sink);
	more.tampers = linx_get_tampers(p->l);
	count_missed(p->l, &more);
	metrics_publish(p->metrics, &p->counts, &more);
}

static enum end idle(struct loop *p, uint64_t now)
{
	struct pollfd fds[2] = { { .fd = p->signals->fd, .events = POLLIN },
				 { .fd = p->fd, .events = POLLIN } };
	int rc = sink_flush(p->sink);

	if (rc)
		return fail(p, rc);
	/*
	 * While an engine that stops tasks waits for them, it can consume the SIGCHLD that reports the command's end.
	 * Therefore the loop also checks here whether the command has ended.
	 */
	if (p->tracer && p->child)
		child_reap(p->child);
	if (all_ended(p))
		return END_LISTED;
	/*
	 * poll(2) must not wait if signals came during the flush, which has emptied the descriptor of signals. It must
	 * not wait either if events are pending: while a dump is read, and the condition hides most of its events, the
	 * source's descriptor may not be readable.
	 */
	if (p->signals->news || linx_pending(p->l))
		return END_NONE;
	metrics_rest(p->metrics);
	if (poll(fds, 2, time_to_wait(p, now)) < 0 && errno != EINTR)
		return fail(p, -errno);
	return END_NONE;
}

/*
 * Flushes the output if the last flush is too long ago: events from an engine that stops tasks may never pause long
 * enough for idle(). Returns n, or -errno.
 */
static int flush_in_time(struct loop *p, int n, uint64_t now)
{
	int rc;

	if (!p->eager && now < p->flush_due)
		return n;
	p->flush_due = now + FLUSH_NS;
	rc = sink_flush(p->sink);
	return rc ? rc : n;
}

static enum end step(struct loop *p)
{
	uint64_t now = report_clock_ns();
	enum end end;
	int rc;

	look_at_signals(p);
	beat(p, now);
	if (metrics_step(p->metrics, now))
		loop_publish(p);
	if (signals_stopping())
		return END_SIGNAL;
	if (p->deadline_ns && now >= p->deadline_ns)
		return END_TIME;
	end = p->rotation ? look_at_files(p, now) : END_NONE;
	if (end != END_NONE)
		return end;
	rc = sink_step(p->sink, p->tracer ? LINGER_MS : 0);
	if (interrupted(p, rc))
		return END_NONE;
	if (rc > 0 && p->tracer)
		rc = flush_in_time(p, rc, now);
	if (rc < 0)
		return fail(p, rc);
	if (rc)
		p->losses.dirty = true;
	metrics_count_events(p->metrics, (unsigned int)rc);
	progress_look(p->progress, (unsigned int)rc, now);
	if (p->child && p->losses.dirty)
		losses_look(&p->losses, p->l, now);
	if (p->child)
		losses_look_for_tampers(&p->losses, p->l);
	if (sink_full(p->sink))
		return END_COUNT;
	return rc ? END_NONE : idle(p, now);
}

enum end loop_run(struct loop *p)
{
	enum end end;

	/* poll(2) would ignore a negative descriptor, and the loop would never wake up */
	if (p->fd < 0) {
		say("cannot wait for events: %s", strerror(-p->fd));
		return END_FAILURE;
	}
	/*
	 * SIGCHLD reports each stop of a task that is traced by ptrace. Its handler is not needed: the library takes
	 * the signal, and poll(2) sees it by the source's descriptor.
	 */
	if (p->tracer)
		signals_block(SIGCHLD);
	do
		end = step(p);
	while (end == END_NONE);
	if (p->tracer)
		signals_unblock(SIGCHLD);
	return end;
}

enum end loop_drain(struct loop *p)
{
	int rc, waits = 0;

	do {
		/* the service manager is informed in each step: writing full rings to a slow disk can take minutes */
		beat(p, report_clock_ns());
		if (metrics_step(p->metrics, report_clock_ns()))
			loop_publish(p);
		rc = sink_step(p->sink, DRAIN_WAIT_MS);
		metrics_count_events(p->metrics, rc > 0 ? (unsigned int)rc : 0);
		if (rc > 0 || linx_pending(p->l))
			waits = 0;
		else if (!rc && ++waits > DRAIN_WAITS)
			rc = -ETIMEDOUT;
		if (sink_full(p->sink))
			return END_COUNT;
	} while ((rc >= 0 || interrupted(p, rc)) && !signals_giving_up());
	return rc >= 0 || interrupted(p, rc) ? END_SIGNAL : fail(p, rc);
}
