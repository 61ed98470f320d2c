// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the calls that tasks are inside, from a recording: live for a while, or of a file. See hung/hung.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hung/hung.h"
#include "hung/watching.h"
#include "output/report.h"
#include "trace/source.h"
#include "trace/window.h"

/* The kernel's PID_MAX_LIMIT on 64-bit machines: all ids of tasks are lower. */
#define TIDS_MAX 4194304u
/* Longest wait for an event. After it the loop checks whether a signal asked to stop. */
#define WAIT_MS 100
#define NS_PER_MS 1000000u
/* Number of events of a file after which the shown progress is brought up to date. */
#define EVENTS_A_LOOK 1024u
/* Most further readings of /proc, WAIT_MS apart, while a task that the engine interrupted runs (see look_after()). */
#define LOOKS_MAX 20u

struct hung_call *hung_add(struct hung_calls *calls)
{
	size_t room = calls->room ? calls->room * 2 : 64;
	struct hung_call *at = calls->at;

	if (calls->n == calls->room) {
		at = reallocarray(at, room, sizeof(*at));
		if (!at)
			return NULL;
		calls->at = at;
		calls->room = room;
	}
	at[calls->n] = (struct hung_call){ .fd = -1 };
	return &at[calls->n++];
}

void hung_result_free(struct hung_result *r)
{
	free(r->calls.at);
	free(r->waiting);
	*r = (struct hung_result){ .now_ns = 0 };
}

/* ---- events ------------------------------------------------------------------------------------ */

/* Gets what the table of calls says about the event's call. False: the table does not have it. */
static bool get_info(const struct watching *w, const struct linx_event *ev, struct linx_call_info *info)
{
	const struct linx_table *t = linx_borrow_table(w->l);

	for (unsigned int i = 0; !linx_table_get_call(t, i, info); i++)
		if (info->nr == linx_event_get_nr(ev) && info->abi == linx_event_get_abi(ev))
			return true;
	return false;
}

/* True if every recording has entry records of this call, by its classes, or if the table does not have the call. */
static bool always_has_entry(const struct watching *w, const struct linx_event *ev)
{
	struct linx_call_info info;

	return !get_info(w, ev, &info) || strstr(info.classes, "ENTRY") || strstr(info.classes, "NORETURN");
}

/* Returns the length of a call in strace's format without its result: up to the last " = ". */
static size_t without_result(const char *text, size_t len)
{
	for (size_t i = len; i >= 3; i--)
		if (!memcmp(text + i - 3, " = ", 3))
			return i - 3;
	return len;
}

/*
 * Writes the call as strace does, up to its last known argument: without the result, and for an unfinished call without
 * the ") = ?" and the blanks that strace writes after it.
 */
static int put_text(struct watching *w, const struct linx_event *ev, char *to, size_t size)
{
	const char *text;
	size_t len;
	int rc = linx_print(w->printer, ev, &text, &len);

	if (rc < 0)
		return rc;
	len = without_result(text, len);
	while (len && strchr(" \n?=", text[len - 1]))
		len--;
	len -= len && text[len - 1] == ')';
	snprintf(to, size, "%.*s", (int)len, text);
	return 0;
}

/* Sets c->fd to the call's first argument that is a descriptor. */
static void find_number(const struct watching *w, const struct linx_event *ev, struct hung_call *c)
{
	struct linx_call_info info;

	if (!get_info(w, ev, &info))
		return;
	for (unsigned int i = 0; i < c->nargs && c->fd < 0; i++)
		if (!strcmp(info.args[i].type, "fd"))
			c->fd = (int32_t)c->args[i];
}

/* Sets c->file to what the call's first descriptor refers to, if that was recorded. */
static void find_file(const struct watching *w, const struct linx_event *ev, struct hung_call *c)
{
	struct linx_descriptor d;
	char path[4096];

	find_number(w, ev, c);
	for (unsigned int i = 0; !linx_event_get_fd(ev, i, &d); i++) {
		if (d.fd < 0 || (c->fd >= 0 && d.fd != c->fd))
			continue;
		c->fd = d.fd;
		if (d.has_sock)
			watching_put_socket(&d, c->file, sizeof(c->file));
		if (*c->file || !d.path)
			return;
		snprintf(path, sizeof(path), "%.*s", (int)d.path_len, d.path);
		linx_escape(c->file, sizeof(c->file), path);
		return;
	}
}

static void find_futexes(const struct linx_event *ev, struct hung_call *c)
{
	struct linx_value v;

	if (!hung_find_futex(c) && !linx_event_get_value(ev, 0, &v) && v.state == LINX_WHOLE)
		hung_take_futexes(c, v.data, v.size);
}

/* Adds a call that a task is inside, since the given time. */
static int take_inside(struct watching *w, const struct linx_event *ev, uint64_t since_ns)
{
	struct hung_call *c = hung_add(&w->result->calls);
	const char *comm = linx_event_get_comm(ev);

	if (!c)
		return -ENOMEM;
	c->pid = linx_event_get_pid(ev);
	c->tid = linx_event_get_tid(ev);
	c->since_ns = since_ns;
	snprintf(c->comm, sizeof(c->comm), "%s", comm ? comm : "?");
	snprintf(c->name, sizeof(c->name), "%s", linx_event_get_name(ev));
	while (c->nargs < 6 && !linx_event_get_arg(ev, c->nargs, &c->args[c->nargs]))
		c->nargs++;
	find_file(w, ev, c);
	find_futexes(ev, c);
	return put_text(w, ev, c->text, sizeof(c->text));
}

/* True if the call was interrupted, and the kernel begins it again: ERESTARTSYS and its like. */
static bool is_restarted(const struct linx_event *ev)
{
	int64_t ret;

	return !linx_event_get_ret(ev, &ret) && ret <= -512 && ret >= -516 && ret != -515;
}

static void note(struct watching *w, const struct linx_event *ev)
{
	uint32_t tid = linx_event_get_tid(ev);
	bool entry = linx_event_is_entry(ev);

	if (tid < TIDS_MAX && !is_restarted(ev))
		/* the task is alive: WATCHING_GONE was about an earlier task with the same tid */
		w->seen[tid] = (uint8_t)((w->seen[tid] & ~WATCHING_GONE) | (entry ? WATCHING_ENTERED : WATCHING_RETURNED));
	if (entry && !w->entries)
		w->entries = !always_has_entry(w, ev);
}

static void forget(struct watching *w, uint32_t tid)
{
	if (tid < TIDS_MAX)
		w->seen[tid] = WATCHING_GONE;
}

/*
 * Takes an event that is later than the moment of --to. For each task only the first call that ends after the moment
 * counts: if it began before the moment, the task was inside it then.
 */
static int take_after(struct watching *w, const struct linx_event *ev)
{
	uint64_t ns = linx_event_get_time_ns(ev), lasted;
	uint32_t tid = linx_event_get_tid(ev);
	bool decided = tid < TIDS_MAX && w->seen[tid] & WATCHING_GONE;
	unsigned int flags = linx_event_get_flags(ev);

	if (linx_event_get_kind(ev) != LINX_EVENT_SYSCALL || flags & (LINX_EVENT_IO_URING | LINX_EVENT_UNFINISHED) || linx_event_is_entry(ev) || decided)
		return 0;
	if (linx_event_get_duration_ns(ev, &lasted)) {
		w->result->unknown += tid < TIDS_MAX && w->seen[tid] & WATCHING_RETURNED;
		forget(w, tid);
		return 0;
	}
	forget(w, tid);
	return ns - lasted < w->to_ns ? take_inside(w, ev, ns - lasted) : 0;
}

/* Drops all calls of a task: it ended before the moment of --to, inside these calls. */
static void drop_calls(struct watching *w, uint32_t tid)
{
	struct hung_calls *calls = &w->result->calls;

	for (size_t i = calls->n; i-- > 0;)
		if (calls->at[i].tid == tid)
			calls->at[i] = calls->at[--calls->n];
}

static int take(struct watching *w, const struct linx_event *ev)
{
	unsigned int flags = linx_event_get_flags(ev);
	struct linx_counts gap = { 0 };

	if (linx_event_get_kind(ev) != LINX_EVENT_CERTIFICATE && !(flags & LINX_EVENT_CUT) && linx_event_get_time_ns(ev) > w->result->now_ns)
		w->result->now_ns = linx_event_get_time_ns(ev);
	if (w->to_ns && linx_event_get_time_ns(ev) >= w->to_ns && linx_event_get_kind(ev) != LINX_EVENT_GAP)
		return take_after(w, ev);
	switch (linx_event_get_kind(ev)) {
	case LINX_EVENT_SYSCALL:
		if (flags & LINX_EVENT_IO_URING)
			return 0;
		/*
		 * The event of a call inside which its task ended has the time at which the call began. The event for
		 * the end of the task comes later, and drop_calls() then drops this call.
		 */
		if (flags & LINX_EVENT_CUT || (w->to_ns && flags & LINX_EVENT_UNFINISHED))
			return take_inside(w, ev, linx_event_get_time_ns(ev));
		if (!(flags & LINX_EVENT_UNFINISHED))
			note(w, ev);
		return 0;
	case LINX_EVENT_EXIT:
		if (w->to_ns)
			drop_calls(w, linx_event_get_tid(ev));
		forget(w, linx_event_get_tid(ev));
		return 0;
	case LINX_EVENT_GAP:
		if (!linx_event_get_lost(ev, gap.lost))
			w->result->lost += report_lost(&gap);
		return 0;
	default:
		return 0;
	}
}

/*
 * Reads events until report_clock_ns() reaches until_ns (UINT64_MAX: until the source ends), or stop() returns true. 0
 * or -errno.
 */
static int read_events(struct watching *w, uint64_t until_ns, bool (*stop)(void))
{
	const struct linx_event *ev;
	uint64_t now = report_clock_ns();
	unsigned int read = 0;
	int rc = 0;

	while (rc >= 0 && now < until_ns && !stop()) {
		uint64_t left = (until_ns - now + NS_PER_MS - 1) / NS_PER_MS;

		rc = linx_next(w->l, &ev, left < WAIT_MS ? (int)left : WAIT_MS);
		if (!rc || ++read == EVENTS_A_LOOK) {
			progress_look(w->progress, read, w->progress ? report_clock_ns() : 0);
			read = 0;
		}
		if (rc == 1)
			rc = take(w, ev);
		else if (rc == -EINTR)
			rc = 0;
		if (until_ns != UINT64_MAX)
			now = report_clock_ns();
	}
	return rc == -ENODATA ? 0 : rc;
}

/* ---- the two sources ----------------------------------------------------------------------------- */

static int failed(const struct watching *w, int error)
{
	const char *text = linx_error_text(w->l);

	return say_status(STATUS_FAILURE, "%s", *text ? text : strerror(-error));
}

static int begin(struct watching *w)
{
	const struct linx_print_opts opts = { .size = sizeof(opts), .fds = LINX_SHOW_FD_ALL };

	w->seen = calloc(TIDS_MAX, sizeof(*w->seen));
	if (!w->seen || linx_printer_new(LINX_FORMAT_STRACE, &opts, &w->printer))
		return say_status(STATUS_FAILURE, "out of memory");
	if (signals_catch(&w->signals, false, false))
		return say_status(STATUS_FAILURE, "out of file descriptors");
	return STATUS_OK;
}

/*
 * Counts, in a recording without entry records, the tasks that are alive at its end and have no known call: each can be
 * inside a call.
 */
static void count_unknown(struct watching *w)
{
	struct hung_calls *calls = &w->result->calls;

	if (w->entries)
		return;
	for (size_t i = 0; i < calls->n; i++)
		forget(w, calls->at[i].tid);
	for (uint32_t tid = 0; tid < TIDS_MAX; tid++)
		w->result->unknown += !!(w->seen[tid] & WATCHING_RETURNED);
}

static void take_account(struct hung_result *r, const struct linx_certificate *c)
{
	r->lost = report_lost(&c->total);
	r->skipped = c->skipped;
	r->doubtful = !c->complete;
}

static int read_file(struct watching *w)
{
	const struct linx_certificate *c;
	struct progress progress = { .fd = -1 };
	int rc;

	progress_begin(&progress, w->fd, report_clock_ns());
	w->progress = &progress;
	rc = read_events(w, UINT64_MAX, signals_stopping);
	w->progress = NULL;
	progress_end(&progress);
	if (rc < 0)
		return failed(w, rc);
	if (signals_stopping())
		return say_status(STATUS_FAILURE, "interrupted: %s: it was not read to its end", source_name(&w->settings->trace));
	if (linx_get_certificate(w->l, &c) || c->cut_off) {
		w->result->cut_off = true;
	} else {
		take_account(w->result, c);
		if (!w->to_ns && c->stop_ns > w->result->now_ns)
			w->result->now_ns = c->stop_ns;
	}
	count_unknown(w);
	w->result->now_ns = w->to_ns ? w->to_ns : w->result->now_ns;
	return STATUS_OK;
}

static int open_file(struct watching *w)
{
	const char *path = w->settings->trace.where.read_path;
	struct problem why;
	struct window window;
	int status;

	w->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : dup(STDIN_FILENO);
	if (w->fd < 0)
		return say_status(STATUS_FAILURE, "cannot read: %s: %s", path, strerror(errno));
	if (window_find(&w->settings->trace, w->fd, &window, &why))
		return say_status(STATUS_USAGE, "%s", why.text);
	w->to_ns = window.to_ns;
	status = source_open_file(&w->settings->trace, w->fd, &w->l);
	return status == STATUS_OK ? begin(w) : status;
}

/*
 * Reads from /proc the calls that tasks are inside, and then the clock: all of these calls began before that time. 0 or
 * -errno.
 */
static int look_before(struct watching *w)
{
	int rc;

	tasks_free(&w->before);
	rc = tasks_read(&w->settings->trace.what.attach, &w->before);
	w->looked_ns = watching_wall_clock();
	return rc;
}

/*
 * True if a task that was inside a call can run now and has no record since. The engine interrupted its call, and the
 * task still waits for a CPU on which it begins the call again.
 */
static bool has_yet_to_go_on(const struct watching *w)
{
	for (size_t i = 0; i < w->before.n; i++)
		if (!w->seen[w->before.at[i].tid] && tasks_is_running(&w->after, w->before.at[i].tid))
			return true;
	return false;
}

/* Reads from /proc in which calls the tasks are now. 0 or -errno. */
static int look_after(struct watching *w)
{
	const struct pid_list *only = &w->settings->trace.what.attach;
	int rc = tasks_read(only, &w->after);

	for (unsigned int i = 0; rc >= 0 && i < LOOKS_MAX && source_stops_tasks(w->l) && has_yet_to_go_on(w); i++) {
		rc = read_events(w, report_clock_ns() + WAIT_MS * NS_PER_MS, signals_stopping);
		tasks_free(&w->after);
		if (rc >= 0)
			rc = tasks_read(only, &w->after);
	}
	w->result->now_ns = watching_wall_clock();
	return rc;
}

/* Watches the machine for the time of --for. /proc is read before and after it. */
static int watch(struct watching *w)
{
	const struct hung_settings *s = w->settings;
	const struct linx_certificate *c;
	int rc = linx_start(w->l);

	if (rc < 0)
		return failed(w, rc);
	/*
	 * /proc is read again, unless the engine stops tasks. Opening an engine can take minutes: meanwhile a task may
	 * have left a call and begun the same one again. The return of such a call is recorded from now on. An engine
	 * that stops tasks has interrupted their calls, so the reading from before it was opened is the right one.
	 */
	if (!source_stops_tasks(w->l))
		rc = look_before(w);
	if (rc >= 0)
		rc = read_events(w, report_clock_ns() + (s->for_ns ? s->for_ns : s->over_ns), signals_stopping);
	if (rc >= 0)
		rc = look_after(w);
	if (linx_stop(w->l) < 0)
		say("%s", linx_error_text(w->l));
	if (rc >= 0)
		rc = read_events(w, UINT64_MAX, signals_giving_up);
	if (rc < 0)
		return failed(w, rc);
	if (!linx_get_certificate(w->l, &c))
		take_account(w->result, c);
	return watching_compare(w);
}

static int look_live(struct watching *w)
{
	int status = STATUS_OK, rc = look_before(w);

	if (rc < 0)
		return say_status(STATUS_FAILURE, "cannot read: /proc: %s", strerror(-rc));
	status = source_open_live(&w->settings->trace, &w->l);
	if (status == STATUS_OK)
		status = begin(w);
	return status == STATUS_OK ? watch(w) : status;
}

static int longest_first(const void *a, const void *b)
{
	const struct hung_call *x = a, *y = b;

	if (x->inside_ns != y->inside_ns)
		return x->inside_ns < y->inside_ns ? 1 : -1;
	return (x->tid > y->tid) - (x->tid < y->tid);
}

void hung_find_time(const struct hung_result *r, struct hung_call *c)
{
	uint64_t from = c->since_ns ? c->since_ns : c->before_ns;

	c->inside_ns = r->now_ns > from ? r->now_ns - from : 0;
}

static int finish(struct hung_result *r)
{
	for (size_t i = 0; i < r->calls.n; i++)
		hung_find_time(r, &r->calls.at[i]);
	if (r->calls.n)
		qsort(r->calls.at, r->calls.n, sizeof(*r->calls.at), longest_first);
	return hung_group_waiters(r) ? say_status(STATUS_FAILURE, "out of memory") : STATUS_OK;
}

int hung_look(const struct hung_settings *s, struct hung_result *r)
{
	struct watching w = { .settings = s, .result = r, .fd = -1, .signals.fd = -1 };
	int status;

	*r = (struct hung_result){ .live = !s->trace.where.read_path };
	status = r->live ? look_live(&w) : open_file(&w);
	if (status == STATUS_OK && !r->live)
		status = read_file(&w);
	if (status == STATUS_OK) {
		snprintf(r->engine, sizeof(r->engine), "%s", linx_get_stream_info(w.l)->engine);
		status = finish(r);
	}
	signals_release(&w.signals);
	linx_printer_free(w.printer);
	linx_close(w.l);
	tasks_free(&w.before);
	tasks_free(&w.after);
	tasks_free_sockets(&w.sockets);
	free(w.seen);
	if (w.fd >= 0)
		close(w.fd);
	return status;
}
