// SPDX-License-Identifier: LGPL-2.1-or-later
/* Compares what was recorded of calls with /proc: see hung/watching.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "hung/watching.h"
#include "trace/source.h"

#define RESTART "restart_syscall"

uint64_t watching_wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Finds a call by its number in the table of the source. False: the table does not have it. */
static bool find_call(const struct watching *w, const struct task_call *t, struct linx_call_info *info)
{
	const struct linx_table *table = linx_borrow_table(w->l);
	const char *machine = linx_get_stream_info(w->l)->machine;
	const bool arm = !strcmp(machine, "aarch64"), narrow = tasks_is_32_bit(t->tid);
	const char *abi = arm ? (narrow ? "arm" : "arm64") : narrow ? "i386" : "x86_64";

	for (unsigned int i = 0; !linx_table_get_call(table, i, info); i++)
		if (info->nr == t->nr && !strcmp(linx_abi_name(info->abi), abi))
			return true;
	return false;
}

/* Writes the call with its arguments as numbers, and with what its first descriptor refers to. */
static void put_call(struct watching *w, const struct linx_call_info *info, const struct task_call *t, struct hung_call *c)
{
	size_t n = (size_t)snprintf(c->text, sizeof(c->text), "%s(", info->name);

	for (unsigned int i = 0; i < info->nargs && n < sizeof(c->text); i++) {
		const char *comma = i ? ", " : "";

		if (strcmp(info->args[i].type, "fd") != 0) {
			n += (size_t)snprintf(c->text + n, sizeof(c->text) - n, "%s%#" PRIx64, comma, t->args[i]);
			continue;
		}
		n += (size_t)snprintf(c->text + n, sizeof(c->text) - n, "%s%d", comma, (int)t->args[i]);
		if (c->fd >= 0)
			continue;
		c->fd = (int)t->args[i];
		tasks_read_fd(t->tid, c->fd, &w->sockets, c->file, sizeof(c->file));
		if (*c->file && n < sizeof(c->text))
			n += (size_t)snprintf(c->text + n, sizeof(c->text) - n, "<%s>", c->file);
	}
}

/* Finds the futexes of a call that /proc showed. Those of futex_waitv(2) are read from the task's memory. */
static void find_futexes(const struct task_call *t, struct hung_call *c)
{
	struct hung_futex futexes[HUNG_FUTEXES_MAX];
	uint32_t n = (uint32_t)t->args[1];

	if (!hung_find_futex(c) && n <= HUNG_FUTEXES_MAX && tasks_read_memory(t->tid, t->args[0], futexes, n * sizeof(*futexes)))
		hung_take_futexes(c, futexes, n * sizeof(*futexes));
}

static int add_older(struct watching *w, const struct task_call *t)
{
	struct linx_call_info info = { .name = "?" };
	struct hung_call *c = hung_add(&w->result->calls);
	bool known = find_call(w, t, &info);

	if (!c)
		return say_status(STATUS_FAILURE, "out of memory");
	c->pid = t->pid;
	c->tid = t->tid;
	c->before_ns = w->looked_ns;
	tasks_read_comm(t->tid, c->comm);
	memcpy(c->args, t->args, sizeof(c->args));
	c->nargs = 6;
	if (known)
		snprintf(c->name, sizeof(c->name), "%s", info.name);
	else
		snprintf(c->name, sizeof(c->name), "syscall_%ld", t->nr);
	find_futexes(t, c);
	hung_find_time(w->result, c);
	/* only for shown calls: put_call() searches /proc for sockets, which takes long if there are many */
	if (known && hung_shows(w->settings, c))
		put_call(w, &info, t, c);
	else
		snprintf(c->text, sizeof(c->text), "%s(", c->name);
	return STATUS_OK;
}

/*
 * True if the task was inside this call before the engine stopped the task. An engine that stops a task interrupts its
 * call, and the kernel then begins the call again. Therefore the entry record is later than the call's real beginning.
 */
static bool is_begun_again(const struct watching *w, const struct hung_call *c)
{
	const struct task_call *before = tasks_find(&w->before, c->tid);

	return source_stops_tasks(w->l) && before && !(w->seen[c->tid] & WATCHING_RETURNED) &&
	       (!strcmp(c->name, RESTART) || !memcmp(c->args, before->args, c->nargs * sizeof(*c->args)));
}

/*
 * True if /proc shows that the task has left the call, whose return record was then lost. A task that runs now can
 * still be inside the call: it counts as having left only if records were lost or the account is not complete.
 */
static bool has_left(const struct watching *w, const struct hung_call *c)
{
	const struct task_call *now = tasks_find(&w->after, c->tid);
	struct linx_call_info info;

	if (!now)
		return (w->result->lost || w->result->doubtful) && tasks_is_running(&w->after, c->tid);
	return find_call(w, now, &info) && strcmp(info.name, c->name) != 0 && strcmp(info.name, RESTART) != 0 &&
	       strcmp(c->name, RESTART) != 0;
}

/*
 * Drops two kinds of recorded calls: those that the task has left, and those that the kernel began again because the
 * engine interrupted them. watching_compare() then adds the calls of the second kind, as /proc showed them before the
 * recording.
 */
static void drop_left(struct watching *w)
{
	struct hung_calls *calls = &w->result->calls;
	size_t kept = 0;

	for (size_t i = 0; i < calls->n; i++) {
		uint32_t tid = calls->at[i].tid;

		if (is_begun_again(w, &calls->at[i]))
			w->seen[tid] = 0;
		else if (!has_left(w, &calls->at[i]))
			calls->at[kept++] = calls->at[i];
	}
	calls->n = kept;
}

/*
 * True if a task has stayed inside one call between two readings of /proc. A call that an engine interrupted can
 * continue as restart_syscall, with another number and the same registers.
 */
static bool has_stayed(const struct watching *w, const struct task_call *before, const struct task_call *now)
{
	return before && tasks_same_registers(before, now) && (before->nr == now->nr || source_stops_tasks(w->l));
}

int watching_compare(struct watching *w)
{
	int status = STATUS_OK;

	drop_left(w);
	for (size_t i = 0; status == STATUS_OK && i < w->after.n; i++) {
		const struct task_call *now = &w->after.at[i], *before = tasks_find(&w->before, now->tid);

		if (!w->seen[now->tid] && has_stayed(w, before, now))
			status = add_older(w, before);
	}
	w->result->unknown = w->after.refused;
	return status;
}
