// SPDX-License-Identifier: LGPL-2.1-or-later
/* Applies to a capture file the filters that the kernel applies during recording: see trace/chosen.h. */
#include <stdlib.h>
#include <linx/state.h>

#include "trace/chosen.h"
#include "trace/source.h"

/* The kernel's PID_MAX_LIMIT on 64-bit machines: all pids are lower. */
#define PIDS_MAX 4194304u
/* The kernel's MAX_ERRNO: results from -ERRNO_MAX to -1 are errors. */
#define ERRNO_MAX 4095

struct chosen {
	const struct settings *s;
	uint64_t *followed; /* bit n: process n descends from a process of -p, by forks in the file; NULL: without -f */
	struct linx_condition *condition; /* FILTER; NULL: the library evaluates it, or there is none */
	uint64_t timed, untimed; /* number of calls that returned, with and without a duration */
};

bool chosen_wanted(const struct settings *s)
{
	return s->where.read_path && (s->what.attach.n || s->what.by_uid || s->what.status || s->what.min_duration_ns);
}

/*
 * True if chosen_takes() evaluates FILTER, and not the library. The library would hide forks that fail FILTER, and the
 * children would not be followed.
 */
bool chosen_decides_filter(const struct settings *s)
{
	return s->where.read_path && s->what.attach.n && s->what.follow && s->what.condition && !s->where.rules.from.n;
}

struct chosen *chosen_new(const struct settings *s, struct problem *why)
{
	struct chosen *c = calloc(1, sizeof(*c));
	struct linx_error error = { "out of memory" };

	if (c)
		c->s = s;
	if (c && s->what.attach.n && s->what.follow)
		c->followed = calloc(PIDS_MAX / 64, sizeof(*c->followed));
	if (c && (!s->what.attach.n || !s->what.follow || c->followed) &&
	    (!chosen_decides_filter(s) || !linx_condition_new(s->what.condition, &c->condition, &error)))
		return c;
	problem_set(why, "%s", error.text);
	chosen_free(c);
	return NULL;
}

static bool is_named(const struct pid_list *list, uint32_t pid)
{
	for (size_t i = 0; i < list->n; i++)
		if ((uint32_t)list->pids[i] == pid)
			return true;
	return false;
}

static bool is_listed(const struct chosen *c, uint32_t pid)
{
	if (is_named(&c->s->what.attach, pid))
		return true;
	return c->followed && pid < PIDS_MAX && c->followed[pid / 64] >> pid % 64 & 1;
}

/*
 * Updates the set of followed processes at a fork: the child is followed if its parent is. If the parent is not
 * followed, the child's bit is cleared, since its pid may have belonged to a followed process before.
 */
static void follow(struct chosen *c, const struct linx_event *ev)
{
	uint64_t bit;
	uint32_t tid;

	if (linx_event_get_child(ev, &tid) || tid >= PIDS_MAX)
		return;
	bit = 1ull << tid % 64;
	if (is_listed(c, linx_event_get_pid(ev)))
		c->followed[tid / 64] |= bit;
	else
		c->followed[tid / 64] &= ~bit;
}

static bool is_of_user(const struct linx_event *ev, uint32_t uid)
{
	const struct linx_task *task = linx_event_borrow_task(ev);

	return task && task->uid == uid;
}

static bool lasted(struct chosen *c, const struct linx_event *ev)
{
	uint64_t ns;

	if (linx_event_get_duration_ns(ev, &ns)) {
		c->untimed++;
		return false;
	}
	c->timed++;
	return ns >= c->s->what.min_duration_ns;
}

/* Applies the filters on results (-e status=, --min-duration). A call without a result passes none of them. */
static bool result_passes(struct chosen *c, const struct linx_event *ev)
{
	const struct settings *s = c->s;
	int64_t ret;
	bool failed;

	if (!s->what.status && !s->what.min_duration_ns)
		return true;
	if (linx_event_get_ret(ev, &ret))
		return false;
	failed = ret < 0 && ret >= -ERRNO_MAX;
	if (s->what.status && failed != (s->what.status == LINX_STATUS_FAILED))
		return false;
	return !s->what.min_duration_ns || lasted(c, ev);
}

bool chosen_takes(struct chosen *c, const struct linx_event *ev)
{
	enum linx_event_kind kind = linx_event_get_kind(ev);

	if (kind == LINX_EVENT_GAP || kind == LINX_EVENT_BUDGET || kind == LINX_EVENT_TAMPER || kind == LINX_EVENT_CERTIFICATE)
		return true;
	if (c->followed && kind == LINX_EVENT_FORK)
		follow(c, ev);
	if (c->s->what.attach.n && !is_listed(c, linx_event_get_pid(ev)))
		return false;
	if (c->s->what.by_uid && !is_of_user(ev, c->s->what.uid))
		return false;
	if (kind == LINX_EVENT_SYSCALL && !result_passes(c, ev))
		return false;
	return !c->condition || linx_condition_match(c->condition, ev);
}

void chosen_report(const struct chosen *c)
{
	if (c && c->untimed)
		say_at(SAY_WARNING, "--min-duration: %llu of %llu calls in %s have no duration, and are left out: record with -T",
		       (unsigned long long)c->untimed, (unsigned long long)(c->timed + c->untimed), source_name(c->s));
}

void chosen_free(struct chosen *c)
{
	if (!c)
		return;
	linx_condition_free(c->condition);
	free(c->followed);
	free(c);
}
